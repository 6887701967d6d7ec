package dicom

import (
	"context"
	"io"
)

// File is one Part 10 object (PS3.10 7): meta information, data set, and where
// its pixel data lies. Pixel data stays in the file until a frame is asked for.
type File struct {
	Meta *DataSet
	*DataSet
	// TransferSyntax is that of the data set; never empty after a successful read.
	TransferSyntax UID
	// Repairs lists in plain words what had to be mended to read the file.
	Repairs []string
}

// Limits bound what outside data may ask of memory and time.
type Limits struct {
	Elements     int   // elements in the whole object, nested ones included
	Depth        int   // nesting of sequences
	ElementBytes int64 // bytes of one element other than pixel data
}

// DefaultLimits fit every real object seen and keep a hostile one under 512 MB.
func DefaultLimits() Limits { panic("stub") }

// Open reads the header of the Part 10 file at path; the frames stay on disk
// and are read by Frame. Errors: ErrNotDICOM, ErrCorrupt, ErrLimit,
// ErrUnsupported, or the file system's, wrapped with the path.
func Open(path string) (*File, error) { panic("stub") }

// Read reads a Part 10 object from r; frames are read from r later, so r must
// outlive the File.
func Read(r io.ReaderAt, size int64, limits Limits) (*File, error) { panic("stub") }

// Write writes f as a Part 10 file in its transfer syntax: little endian
// explicit or implicit, or encapsulated with the fragments as they are.
// Missing meta information is made from the data set.
func (f *File) Write(w io.Writer) error { panic("stub") }

// NumberOfFrames is (0028,0008) as far as the pixel data bears it out; 0
// without pixel data.
func (f *File) NumberOfFrames() int { panic("stub") }

// EncodedFrame is frame i (from 0) as stored: native bytes, or the joined fragments.
func (f *File) EncodedFrame(i int) ([]byte, error) { panic("stub") }

// Frame decodes frame i (from 0) to stored values. A syntax this build cannot
// decode is an *UnsupportedSyntaxError.
func (f *File) Frame(ctx context.Context, i int) (*Frame, error) { panic("stub") }

// SetPixelData makes frames native pixel data of f, which must already have
// its image pixel attributes (PS3.3 C.7.6.3).
func (f *File) SetPixelData(frames ...[]byte) { panic("stub") }
