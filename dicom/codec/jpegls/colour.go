package jpegls

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// untransform turns the samples of three components back by the colour
// transform that HP's codec wrote, in arithmetic modulo the range of a sample.
func (d *decoder) untransform() error {
	if d.transform == 0 || len(d.ids) == 1 {
		return nil
	}
	if len(d.ids) != 3 || d.bits != 8 && d.bits != 16 {
		return fmt.Errorf("%w: colour transform of %d components of %d bits", codec.ErrUnsupported, len(d.ids), d.bits)
	}
	if d.image.Pix8 != nil {
		return untransform(d.ctx, d.image.Pix8, d.transform, 1<<8)
	}
	return untransform(d.ctx, d.image.Pix16, d.transform, 1<<16)
}

// untransform works on samples in pixel order; span is how many values they have.
func untransform[T uint8 | uint16](ctx context.Context, pix []T, transform, span int) error {
	inverse := [4]func(v1, v2, v3, span int) (r, g, b int){1: inverse1, 2: inverse2, 3: inverse3}[transform]
	const stretch = 3 << 16
	for len(pix) >= 3 {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := pix[:min(len(pix), stretch)]
		for ; len(part) >= 3; part = part[3:] {
			r, g, b := inverse(int(part[0]), int(part[1]), int(part[2]), span)
			part[0], part[1], part[2] = T(r), T(g), T(b)
		}
		pix = pix[min(len(pix), stretch):]
	}
	return nil
}

func inverse1(v1, v2, v3, span int) (r, g, b int) {
	return v1 + v2 - span/2, v2, v3 + v2 - span/2
}

func inverse2(v1, v2, v3, span int) (r, g, b int) {
	r = (v1 + v2 - span/2) & (span - 1)
	return r, v2, v3 + (r+v2)>>1 - span/2
}

func inverse3(v1, v2, v3, span int) (r, g, b int) {
	g = v1 - (v3+v2)>>2 + span/4
	return v3 + g - span/2, g, v2 + g - span/2
}
