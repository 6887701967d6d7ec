package dicom

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg"
	"eris/dicom/codec/jpegls"
	"eris/dicom/codec/rle"
)

// decoders holds, for each compressed transfer syntax this build can decode,
// the way from the joined fragments of one frame to its samples.
var decoders = map[UID]func(ctx context.Context, b []byte, m imageFormat) (*Frame, error){
	RLELossless:              decodeRLE,
	EncapsulatedUncompressed: decodeWrapped,
	DeflatedImageFrame:       decodeDeflated,
	JPEGBaseline8Bit:         decodedBy(jpeg.Decode),
	JPEGExtended12Bit:        decodedBy(jpeg.Decode),
	JPEGSpectralSelection:    decodedBy(jpeg.Decode),
	JPEGFullProgression:      decodedBy(jpeg.Decode),
	JPEGLossless:             decodedBy(jpeg.Decode),
	JPEGLosslessSV1:          decodedBy(jpeg.Decode),
	JPEGLSLossless:           decodedBy(jpegls.Decode),
	JPEGLSNearLossless:       decodedBy(jpegls.Decode),
	JPEG2000Lossless:         decodeJPEG2000,
	JPEG2000:                 decodeJPEG2000,
	JPEG2000MCLossless:       decodeJPEG2000,
	JPEG2000MC:               decodeJPEG2000,
	HTJ2KLossless:            decodeJPEG2000,
	HTJ2KLosslessRPCL:        decodeJPEG2000,
	HTJ2K:                    decodeJPEG2000,
}

// DecodableSyntaxes lists the transfer syntaxes that Frame can decode, in
// ascending order: the table of the conformance statement.
func DecodableSyntaxes() []UID {
	return slices.Sorted(slices.Values(slices.Concat(nativeSyntaxes, slices.Collect(maps.Keys(decoders)))))
}

// Decodable reports whether Frame can decode the transfer syntax.
func Decodable(syntax UID) bool { return native(syntax) || decoders[syntax] != nil }

// decodedBy makes a decoder of a codec.
func decodedBy(decode func(ctx context.Context, b []byte, want codec.Params) (*codec.Image, error)) func(context.Context, []byte, imageFormat) (*Frame, error) {
	return func(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
		img, err := decode(ctx, b, codec.Params{Rows: m.rows, Columns: m.columns, MaxBytes: maxFrameBytes})
		if err != nil {
			return nil, codecError(err)
		}
		return m.takeImage(img), nil
	}
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

// decodeRLE decodes RLE Lossless (PS3.5 A.4.2, G).
func decodeRLE(ctx context.Context, b []byte, m imageFormat) (*Frame, error) {
	layout := rle.Layout{Rows: m.rows, Columns: m.columns, Samples: m.samples, Bytes: m.allocated / 8}
	if m.packed() { // PS3.5 G.2: the bytes of packed pixels are one segment
		layout = rle.Layout{Rows: 1, Columns: int(m.bits()+7) / 8, Samples: 1, Bytes: 1}
	}
	img, err := rle.Decode(ctx, b, layout)
	if err != nil {
		return nil, codecError(err)
	}
	if m.packed() {
		return m.decodePacked(img.Pix8, 0)
	}
	return m.takeImage(img), nil
}

// decodeWrapped decodes native pixels in fragments (PS3.5 A.4.11).
func decodeWrapped(_ context.Context, b []byte, m imageFormat) (*Frame, error) {
	return decodeNative(b, m, false)
}

// decodeDeflated decodes a frame that was deflated on its own (PS3.5 A.4.13).
func decodeDeflated(_ context.Context, b []byte, m imageFormat) (*Frame, error) {
	plain := make([]byte, (m.bits()+7)/8)
	n, err := io.ReadFull(flate.NewReader(bytes.NewReader(b)), plain)
	if err != nil {
		return nil, fmt.Errorf("%w: deflated frame of %d bytes where %d are needed: %w", ErrCorrupt, n, len(plain), err)
	}
	return decodeNative(plain, m, false)
}
