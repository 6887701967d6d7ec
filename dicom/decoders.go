package dicom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg"
	"eris/dicom/codec/rle"
)

// decoders holds, for each compressed transfer syntax this build can decode,
// the way from the joined fragments of one frame to its samples.
var decoders = map[UID]func(ctx context.Context, b []byte, m imageFormat) (*Frame, error){
	RLELossless:       decodeRLE,
	JPEGBaseline8Bit:  decodeJPEG,
	JPEGExtended12Bit: decodeJPEG,
	JPEGLossless:      decodeJPEG,
	JPEGLosslessSV1:   decodeJPEG,

	JPEGSpectralSelectionNonHierarchical68: decodeJPEG,
	JPEGFullProgressionNonHierarchical1012: decodeJPEG,
}

// DecodableSyntaxes lists the transfer syntaxes that Frame can decode, in
// ascending order: the table of the conformance statement.
func DecodableSyntaxes() []UID {
	return slices.Sorted(slices.Values(slices.Concat(nativeSyntaxes, slices.Collect(maps.Keys(decoders)))))
}

// Decodable reports whether Frame can decode the transfer syntax.
func Decodable(syntax UID) bool { return native(syntax) || decoders[syntax] != nil }

// decodeRLE decodes RLE Lossless (PS3.5 A.4.2, G).
func decodeRLE(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
	if m.allocated == 1 {
		return decodeBitsRLE(ctx, b, m)
	}
	image, err := rle.Decode(ctx, b, rle.Layout{Rows: m.rows, Columns: m.columns, Samples: m.samples, Bytes: m.allocated / 8})
	if err != nil {
		return nil, codecError(err)
	}
	f := m.decoded(image) // PS3.5 8.2.2: RLE segments are never subsampled
	f.BitsStored, f.HighBit = m.stored, m.highBit
	f.toRGB()
	return f, nil
}

// decodeBitsRLE decodes one-bit pixels, which are packed in bytes before those
// are encoded; each frame begins with a byte.
func decodeBitsRLE(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
	image, err := rle.Decode(ctx, b, rle.Layout{Rows: 1, Columns: (m.pixels()*m.samples + 7) / 8, Samples: 1, Bytes: 1})
	if err != nil {
		return nil, codecError(err)
	}
	return m.decodeBits(image.Pix8, 0)
}

// decodeJPEG decodes the JPEG processes (PS3.5 A.4.1). Colour that loses
// something comes out as RGB; lossless samples are what the data set says.
func decodeJPEG(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
	image, err := jpeg.Decode(ctx, b, m.params(), m.photometric == "RGB")
	if err != nil {
		return nil, codecError(err)
	}
	f := m.decoded(image)
	if jpeg.Lossless(b) {
		f.BitsStored = min(m.stored, image.Bits)
		f.HighBit = max(min(m.highBit, image.Bits-1), f.BitsStored-1)
		f.toRGB()
		return f, nil
	}
	switch {
	case image.Components == 3:
		f.PhotometricInterpretation = "RGB"
	case !strings.HasPrefix(m.photometric, "MONOCHROME"):
		f.PhotometricInterpretation = "MONOCHROME2"
	}
	return f, nil
}

// params is what a codec is told of a frame.
func (m imageFormat) params() codec.Params {
	return codec.Params{Rows: m.rows, Columns: m.columns, MaxBytes: maxFrameBytes}
}

// decoded is the frame of samples that a codec made. The stream knows best how
// many components and bits it has.
func (m imageFormat) decoded(image *codec.Image) *Frame {
	f := m.frame()
	f.SamplesPerPixel, f.Pix8, f.Pix16 = image.Components, image.Pix8, image.Pix16
	f.BitsAllocated, f.BitsStored, f.HighBit = 8*codec.SampleBytes(image.Bits), image.Bits, image.Bits-1
	switch {
	case image.Components == 1 && m.samples > 1:
		f.PhotometricInterpretation = "MONOCHROME2"
	case m.halved():
		f.PhotometricInterpretation = "YBR_FULL" // PS3.5 8.2.1: the codec has put the chrominance between
	case image.Components == 3 && m.samples == 1:
		f.PhotometricInterpretation = "RGB"
	}
	return f
}

// codecError gives the failure of a codec its kind here.
func codecError(err error) error {
	switch {
	case errors.Is(err, codec.ErrUnsupported):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	case errors.Is(err, codec.ErrLimit):
		return fmt.Errorf("%w: %w", ErrLimit, err)
	case errors.Is(err, codec.ErrCorrupt):
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err // canceled
}
