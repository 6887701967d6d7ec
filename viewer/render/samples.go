package render

import (
	"image"

	"eris/viewer/geom"
	"eris/viewer/pixel"
)

// Samples is an image brought to the size of a viewport. The zero value is
// ready; its buffers are used again by the next Resample.
type Samples struct {
	// Inside is the part of the viewport that shows the image.
	Inside image.Rectangle
	// Gray holds indices, RGB three bytes, for each pixel of Inside, rows from
	// the top; one of them is empty.
	Gray []uint16
	RGB  []uint8

	x, y    axis
	scratch [][]uint32 // one per part of the work
	turned  []uint16   // before quarter turns are done
	turned3 []uint8
}

// Resample fills s with img as seen through view (pixel → screen, made of
// quarter turns, flips, scales and shifts) in a viewport of the given size:
// blended linearly when magnified, averaged over the covered area when minified.
func (s *Samples) Resample(img *pixel.Image, view geom.Affine, size image.Point) {
	s.Gray, s.RGB, s.Inside = s.Gray[:0], s.RGB[:0], image.Rectangle{}
	inv, ok := view.Inverse()
	if !ok || size.X <= 0 || size.Y <= 0 {
		return
	}
	// A quarter turn makes columns run along y: then the picture is made lying
	// down, with the axes changed, and turned at the end.
	lying := inv.XX == 0
	if lying {
		s.x.reset(inv.XY, inv.X0, size.Y, img.Columns)
		s.y.reset(inv.YX, inv.Y0, size.X, img.Rows)
		s.Inside = image.Rect(s.y.start, s.x.start, s.y.start+s.y.length(), s.x.start+s.x.length())
	} else {
		s.x.reset(inv.XX, inv.X0, size.X, img.Columns)
		s.y.reset(inv.YY, inv.Y0, size.Y, img.Rows)
		s.Inside = image.Rect(s.x.start, s.y.start, s.x.start+s.x.length(), s.y.start+s.y.length())
	}
	if s.Inside.Empty() {
		s.Inside = image.Rectangle{}
		return
	}
	if img.RGB != nil {
		s.color(img, lying)
		return
	}
	s.gray(img, lying)
}

func (s *Samples) gray(img *pixel.Image, lying bool) {
	w, h := s.x.length(), s.y.length()
	s.Gray = sized(s.Gray, w*h)
	out := s.Gray
	if lying {
		s.turned = sized(s.turned, w*h)
		out = s.turned
	}
	s.prepare(2 * (s.x.end - s.x.least))
	first, end := img.PaddingIndices()
	g := gap{first, end}
	shared(h, func(part, from, to int) {
		n := s.x.end - s.x.least
		acc, share := s.scratch[part][:n], s.scratch[part][n:2*n]
		for y := from; y < to; y++ {
			row, weights := s.y.taps(y)
			line := out[y*w : (y+1)*w]
			if img.Padded {
				downPadded(acc, share, img.Gray, img.Columns, s.x.least, row, weights, g)
				acrossPadded(line, acc, share, &s.x, g)
				continue
			}
			down(acc, img.Gray, img.Columns, s.x.least, row, weights)
			across(line, acc, &s.x)
		}
	})
	if lying {
		turn(s.Gray, s.turned, w, h, 1)
	}
}

func (s *Samples) color(img *pixel.Image, lying bool) {
	w, h := s.x.length(), s.y.length()
	s.RGB = sized(s.RGB, 3*w*h)
	out := s.RGB
	if lying {
		s.turned3 = sized(s.turned3, 3*w*h)
		out = s.turned3
	}
	s.prepare(3 * (s.x.end - s.x.least))
	shared(h, func(part, from, to int) {
		acc := s.scratch[part]
		for y := from; y < to; y++ {
			row, weights := s.y.taps(y)
			down(acc, img.RGB, 3*img.Columns, 3*s.x.least, row, weights)
			acrossRGB(out[3*y*w:3*(y+1)*w], acc, &s.x)
		}
	})
	if lying {
		turn(s.RGB, s.turned3, w, h, 3)
	}
}

// prepare gives each part of the work its accumulators.
func (s *Samples) prepare(n int) {
	for len(s.scratch) < processors() {
		s.scratch = append(s.scratch, nil)
	}
	for i := range s.scratch {
		s.scratch[i] = sized(s.scratch[i], n)
	}
}

// sized is b with length n, its content of no matter.
func sized[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}

// turn changes rows and columns: src has h rows of w pixels of n samples, dst
// w rows of h. It goes in blocks that stay in the processor's nearest cache.
func turn[T sample](dst, src []T, w, h, n int) {
	const block = 32
	shared((w+block-1)/block, func(_, from, to int) {
		for x0 := from * block; x0 < min(to*block, w); x0 += block {
			for y0 := 0; y0 < h; y0 += block {
				turnBlock(dst, src, image.Rect(x0, y0, min(x0+block, w), min(y0+block, h)), w, h, n)
			}
		}
	})
}

func turnBlock[T sample](dst, src []T, b image.Rectangle, w, h, n int) {
	for x := b.Min.X; x < b.Max.X; x++ {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for i := range n {
				dst[(x*h+y)*n+i] = src[(y*w+x)*n+i]
			}
		}
	}
}
