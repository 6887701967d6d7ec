package dicom

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
)

// outside names the transfer syntaxes of pixel data that this program does not
// decode, with the ending of files that other programs play: no library under
// a licence decodes them in Go.
var outside = map[UID]string{
	MPEG2MPML:                   "mpg",
	"1.2.840.10008.1.2.4.100.1": "mpg",
	"1.2.840.10008.1.2.4.101":   "mpg",
	"1.2.840.10008.1.2.4.101.1": "mpg",
	"1.2.840.10008.1.2.4.102":   "mp4",
	"1.2.840.10008.1.2.4.102.1": "mp4",
	"1.2.840.10008.1.2.4.103":   "mp4",
	"1.2.840.10008.1.2.4.103.1": "mp4",
	"1.2.840.10008.1.2.4.104":   "mp4",
	"1.2.840.10008.1.2.4.104.1": "mp4",
	"1.2.840.10008.1.2.4.105":   "mp4",
	"1.2.840.10008.1.2.4.105.1": "mp4",
	"1.2.840.10008.1.2.4.106":   "mp4",
	"1.2.840.10008.1.2.4.106.1": "mp4",
	"1.2.840.10008.1.2.4.107":   "mp4",
	"1.2.840.10008.1.2.4.108":   "mp4",
	JPEGXLLossless:              "jxl",
	JPEGXLJPEGRecompression:     "jxl",
	JPEGXL:                      "jxl",
}

// OutsideSyntaxes lists the transfer syntaxes whose pixel data only other
// programs show, in ascending order.
func OutsideSyntaxes() []UID { return slices.Sorted(maps.Keys(outside)) }

// StreamEnding is the file name ending for the pixel data as other programs
// open it; "" where this program decodes it itself or nobody is known to.
func (f *File) StreamEnding() string {
	if p := f.pixelData(); p == nil || !p.encapsulated {
		return ""
	}
	return outside[f.TransferSyntax]
}

// CopyStream writes the compressed pixel data without its DICOM wrapping, for
// another program.
func (f *File) CopyStream(w io.Writer) error {
	p := f.pixelData()
	if p == nil || !p.encapsulated {
		return fmt.Errorf("%w: pixel data without a stream", ErrUnsupported)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	err := p.src.use(func(r io.ReaderAt) error {
		for _, s := range p.fragments {
			if n, err := io.Copy(out, io.NewSectionReader(r, s.at, s.n)); err != nil || n < s.n {
				return fmt.Errorf("copy pixel data at offset %d: %w", s.at+n, orShort(err))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
