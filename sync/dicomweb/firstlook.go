package dicomweb

import (
	"context"
	"errors"
	"io"
	"math/bits"
	"net/http"

	"eris/dicom"
	"eris/dicom/codec/jpeg2000"
)

// Look is what the beginning of a frame shows.
type Look struct {
	*dicom.Frame       // smaller than the frame; always Truncated where the stream goes on, so that nobody takes it for the whole
	Bytes        int64 // of the codestream that were fetched
}

// Bounds of a first look, in bytes of codestream.
const (
	lookHeader = 4 << 10  // main header, tile headers, packet headers
	maxLook    = 16 << 20 // a radiograph at half its size
	lookFrame  = 2 << 10  // what stands around a frame in its multipart
)

// FirstLook fetches the beginning of a JPEG 2000 frame, numbered from 1, and
// decodes it to at least side pixels on its longer side. header is the
// instance's data set as Metadata gives it. Codestreams hold the lowest
// resolutions first where their progression is by resolution, or by layer with
// one layer (15444-1 B.12.1): as many bytes as the smaller picture has when it
// is not compressed hold it then, and no more are asked for. Where the archive
// does not know Range, the answer is closed after them. Errors: ErrUnsupported
// when the archive does not give the frame as JPEG 2000.
func (c *Client) FirstLook(ctx context.Context, header *dicom.DataSet, number, side int) (Look, error) {
	path := pathTo(header.UID(dicom.StudyInstanceUID), header.UID(dicom.SeriesInstanceUID), header.UID(dicom.SOPInstanceUID))
	reduce, want := lookAt(header, side)
	resp, err := c.askFrames(ctx, path, []int{number}, want+lookFrame)
	if err != nil {
		return Look{}, err
	}
	defer resp.Body.Close()
	var beginning Frame
	var stream []byte
	err = c.frames(resp, func(f Frame) error {
		beginning = f
		if !jpeg2000Syntax[f.TransferSyntax] {
			return c.fault(ErrUnsupported, errors.New("the frame is not JPEG 2000"))
		}
		stream, err = io.ReadAll(io.LimitReader(f, want))
		if err != nil && !(errors.Is(err, ErrPartial) && resp.StatusCode == http.StatusPartialContent) {
			return err
		}
		return errEnough
	})
	if err != errEnough {
		return Look{}, err
	}
	if len(stream) == 0 {
		return Look{}, c.fault(ErrPartial, nil)
	}
	frame, err := decodeLook(ctx, header, beginning.TransferSyntax, stream, reduce)
	if ctx.Err() != nil {
		return Look{}, context.Cause(ctx)
	}
	if err != nil {
		return Look{}, c.fault(ErrGarbled, err)
	}
	return Look{frame, int64(len(stream))}, nil
}

// lookAt is how often a picture of at least side pixels is halved, and how many
// bytes of its codestream are needed.
func lookAt(header *dicom.DataSet, side int) (reduce int, want int64) {
	rows, columns := header.IntOr(dicom.Rows, 0), header.IntOr(dicom.Columns, 0)
	reduce = max(bits.Len(uint(max(rows, columns)/max(side, 1)))-1, 0)
	half := 1 << min(reduce, 30)
	samples := int64((rows+half-1)/half) * int64((columns+half-1)/half) * int64(min(max(header.IntOr(dicom.SamplesPerPixel, 1), 1), 4))
	want = samples*int64((header.IntOr(dicom.BitsStored, 16)+7)/8) + lookHeader
	return reduce, min(max(want, lookHeader), maxLook)
}

var jpeg2000Syntax = map[dicom.UID]bool{dicom.JPEG2000Lossless: true, dicom.JPEG2000: true,
	dicom.HTJ2KLossless: true, dicom.HTJ2KLosslessRPCL: true, dicom.HTJ2K: true}

// decodeLook decodes the beginning of a codestream.
func decodeLook(ctx context.Context, header *dicom.DataSet, syntax dicom.UID, stream []byte, reduce int) (*dicom.Frame, error) {
	h, err := jpeg2000.ReadHeader(stream)
	if err != nil {
		return nil, errors.New("the frame is no JPEG 2000 codestream")
	}
	d := dicom.NewDataSet()
	d.CopyFrom(header, dicom.Rows, dicom.Columns, dicom.SamplesPerPixel, dicom.BitsAllocated, dicom.BitsStored,
		dicom.HighBit, dicom.PixelRepresentation, dicom.PhotometricInterpretation)
	f := &dicom.File{DataSet: d, TransferSyntax: syntax}
	f.SetEncodedFrames(stream)
	side := max(h.Rows, h.Columns) >> min(reduce, h.Levels)
	return f.Reduced(ctx, 0, max(side, 1))
}
