package dicom

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"eris/dicom/codec/jpeg"
	"eris/dicom/codec/rle"
)

// decoders holds, for each compressed transfer syntax this build can decode,
// the way from the joined fragments of one frame to its samples.
var decoders = map[UID]func(b []byte, m imageFormat) (*Frame, error){
	RLELossless:              decodeRLE,
	JPEGBaseline8Bit:         decodeJPEG,
	EncapsulatedUncompressed: decodeWrapped,
	DeflatedImageFrame:       decodeDeflated,
}

// DecodableSyntaxes lists the transfer syntaxes that Frame can decode, in
// ascending order: the table of the conformance statement.
func DecodableSyntaxes() []UID {
	return slices.Sorted(slices.Values(slices.Concat(nativeSyntaxes, slices.Collect(maps.Keys(decoders)))))
}

// Decodable reports whether Frame can decode the transfer syntax.
func Decodable(syntax UID) bool { return native(syntax) || decoders[syntax] != nil }

// decodeRLE decodes RLE Lossless (PS3.5 A.4.2, G).
func decodeRLE(b []byte, m imageFormat) (*Frame, error) {
	layout := rle.Layout{Rows: m.rows, Columns: m.columns, Samples: m.samples, Bytes: (m.allocated + 7) / 8}
	if m.packed() { // PS3.5 G.2: the bytes of packed pixels are one segment
		layout = rle.Layout{Rows: 1, Columns: int(m.bits()+7) / 8, Samples: 1, Bytes: 1}
	}
	samples, err := rle.Decode(b, layout)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	m.planar = false // the codec has put the planes together
	if m.halved() {
		m.photometric = "YBR_FULL" // PS3.5 8.2.2: RLE segments are never subsampled
	}
	return decodeNative(samples, m, false)
}

// decodeJPEG decodes JPEG Baseline (PS3.5 A.4.1). Colour comes out as RGB.
func decodeJPEG(b []byte, m imageFormat) (*Frame, error) {
	image, err := jpeg.Decode(b, m.rows, m.columns, m.photometric == "RGB")
	switch {
	case errors.Is(err, jpeg.ErrUnsupported):
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	f := m.frame()
	f.SamplesPerPixel, f.Pix8 = image.Components, image.Pix
	f.BitsAllocated, f.BitsStored, f.HighBit = 8, 8, 7
	switch {
	case image.Components == 3:
		f.PhotometricInterpretation = "RGB"
	case m.samples == 3 || !strings.HasPrefix(m.photometric, "MONOCHROME"):
		f.PhotometricInterpretation = "MONOCHROME2" // the stream knows how many components it has
	}
	return f, nil
}

// decodeWrapped decodes native pixels in fragments (PS3.5 A.4.11).
func decodeWrapped(b []byte, m imageFormat) (*Frame, error) { return decodeNative(b, m, false) }

// decodeDeflated decodes a frame that was deflated on its own (PS3.5 A.4.13).
func decodeDeflated(b []byte, m imageFormat) (*Frame, error) {
	plain := make([]byte, (m.bits()+7)/8)
	n, err := io.ReadFull(flate.NewReader(bytes.NewReader(b)), plain)
	if err != nil {
		return nil, fmt.Errorf("%w: deflated frame of %d bytes where %d are needed: %w", ErrCorrupt, n, len(plain), err)
	}
	return decodeNative(plain, m, false)
}
