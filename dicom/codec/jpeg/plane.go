package jpeg

import (
	"context"

	"eris/dicom/codec"
)

// plane is the samples of one component, whole blocks of them.
type plane[T uint8 | uint16] struct {
	component
	stride        int
	pix           []T
	wider, higher int // how many columns and rows of the picture a sample covers
	sums          []int32
	line          []T
}

func newPlanes[T uint8 | uint16](f *frame) []plane[T] {
	planes := make([]plane[T], len(f.components))
	for i, c := range f.components {
		stride := 8 * f.mcuColumns * c.across
		planes[i] = plane[T]{
			component: c, stride: stride, pix: make([]T, stride*8*f.mcuRows*c.down),
			wider: f.acrossMax / c.across, higher: f.downMax / c.down,
		}
	}
	return planes
}

// block is where the block in column x and row y of blocks lies.
func (p *plane[T]) block(x, y int) (out []T, stride int) {
	return p.pix[8*y*p.stride+8*x:], p.stride
}

// row is the samples of a row of the component.
func (p *plane[T]) row(y int) []T { return p.pix[y*p.stride:][:p.columns] }

// assembled puts the planes together.
func assembled[T uint8 | uint16](ctx context.Context, f *frame, planes []plane[T]) (*codec.Image, error) {
	n := len(planes)
	pix := make([]T, f.rows*f.columns*n)
	for y := range f.rows {
		if y%8 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		row := pix[y*f.columns*n:][:f.columns*n]
		for i := range planes {
			interleave(row[i:], planes[i].upsampled(y)[:f.columns], n)
		}
	}
	return pictureOf(f, pix), nil
}

// interleave puts samples into every step-th place.
func interleave[T uint8 | uint16](out, samples []T, step int) {
	if step == 1 {
		copy(out, samples)
		return
	}
	i := 0
	for _, v := range samples {
		out[i] = v
		i += step
	}
}
