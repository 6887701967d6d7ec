package dicom

import (
	"context"
	"errors"
	"math/bits"
	"runtime"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// manyPixels is how many pixels a frame has that is decoded by all processors: those
// of a radiograph. Smaller ones come in stacks, and are decoded side by side.
const manyPixels = 1 << 20

// decodeJPEG2000 decodes JPEG 2000 and its high-throughput kind (PS3.5 A.4.4).
func decodeJPEG2000(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
	return m.frameOfStream(ctx, b, 0, 0, 0)
}

// decodeStream decodes a JPEG 2000 stream without its highest resolutions. One
// that is cut short is decoded as far as it goes.
func (m imageFormat) decodeStream(ctx context.Context, b []byte, reduce int) (img *codec.Image, truncated bool, err error) {
	opts := jpeg2000.Options{Reduce: reduce, Strict: true}
	if m.pixels() >= manyPixels {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	want := codec.Params{Rows: m.rows, Columns: m.columns, MaxBytes: maxFrameBytes}
	img, err = jpeg2000.Decode(ctx, b, want, opts)
	truncated = errors.Is(err, codec.ErrCorrupt)
	if truncated {
		opts.Strict = false
		img, err = jpeg2000.Decode(ctx, b, want, opts)
	}
	if err != nil {
		return nil, false, codecError(err)
	}
	return img, truncated, nil
}

// Reduced decodes frame i to at least side pixels on its longer side, where
// the compression can leave out detail; other frames come whole.
func (f *File) Reduced(ctx context.Context, i, side int) (*Frame, error) {
	m, err := f.format()
	decoder := decoders[f.TransferSyntax]
	reduce := bits.Len(uint(max(m.rows, m.columns)/max(side, 1))) - 1
	if err != nil || decoder == nil || !f.Reducible() || reduce < 1 {
		return f.Frame(ctx, i)
	}
	b, err := f.EncodedFrame(i)
	if err != nil {
		return nil, err
	}
	header, err := jpeg2000.ReadHeader(b)
	if err != nil {
		return nil, codecError(err)
	}
	_, number, of := f.streamOf(f.pixelData(), i)
	return m.frameOfStream(ctx, b, min(reduce, header.Levels), number, of)
}

// Reducible says that frames can be decoded smaller than they are, in less time.
func (f *File) Reducible() bool { return reducible[f.TransferSyntax] }

// reducible are the syntaxes whose frames can be decoded smaller than they are.
var reducible = map[UID]bool{
	JPEG2000Lossless: true, JPEG2000: true, JPEG2000MCLossless: true, JPEG2000MC: true,
	HTJ2KLossless: true, HTJ2KLosslessRPCL: true, HTJ2K: true,
}
