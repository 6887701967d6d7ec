package jpeg2000_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// What 15444-2 adds and is not carried out is refused, in either header, not
// decoded to other values.
func TestExtensionsAreRefused(t *testing.T) {
	main, parts := takeApart(encode(t, synthetic(40, 50, 3, 8, false), jpeg2000.EncodeOptions{}))
	refused := func(name string, b []byte) {
		t.Helper()
		if _, err := jpeg2000.Decode(context.Background(), b, codec.Params{}, jpeg2000.Options{}); !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, v := range []byte{2, 3, 4, 6, 0xFF} {
		other := slices.Clone(main)
		other[sgMCT(3)] = v
		refused("SGcod", putTogether(other, parts))
	}
	for _, marker := range []byte{0x5A, 0x5B, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79} {
		s := segment(marker, 0, 0, 0, 0)
		switch marker {
		case 0x74, 0x75: // well made, but SGcod says no such thing
			s = segment(marker, 0, 0, 1, 0, 0, 0, 0)
		case 0x77:
			s = mco(1)
		case 0x78:
			s = cbd(3)
		}
		refused("main header", putTogether(slices.Concat(main, s), parts))
		refused("tile header", putTogether(main, []part{{slices.Concat(parts[0].header, s), parts[0].body}}))
	}
}
