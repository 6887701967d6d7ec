package render

import (
	"encoding/binary"
	"image"

	"eris/viewer/lut"
	"eris/viewer/pixel"
)

// Table holds the gray of every index an image can have.
type Table [1 << 16]uint8

// Fill computes the table for img: only the indices that occur, and padding as
// black. Color images take the window as brightness and contrast of 8 bits.
func (t *Table) Fill(img *pixel.Image, r lut.Recipe) {
	if img.Gray == nil {
		r.Rescale, r.Display = lut.Identity(), nil // colours are not grays of a standard
		r.Fill(t[:256], 0)
		return
	}
	if img.Low <= img.High {
		r.Rescale = img.Line()
		r.Fill(t[img.Low:int(img.High)+1], int(img.Low))
	}
	if first, end := img.PaddingIndices(); first < end {
		clear(t[first:end])
	}
}

// Paint writes s through the table into dst, opaque, black where there is no
// image. dst has its origin at (0,0).
func Paint(dst *image.RGBA, s *Samples, t *Table) {
	size := dst.Rect.Size()
	shared(size.Y, func(_, from, to int) {
		for y := from; y < to; y++ {
			line := dst.Pix[y*dst.Stride : y*dst.Stride+4*size.X]
			in := s.Inside
			if y < in.Min.Y || y >= in.Max.Y {
				black(line)
				continue
			}
			black(line[:4*in.Min.X])
			black(line[4*in.Max.X:])
			s.paintRow(line[4*in.Min.X:4*in.Max.X], y-in.Min.Y, t)
		}
	})
}

func (s *Samples) paintRow(line []uint8, y int, t *Table) {
	w := s.Inside.Dx()
	if len(s.RGB) > 0 {
		paintRGB(line, s.RGB[3*y*w:3*(y+1)*w], t)
		return
	}
	paintGray(line, s.Gray[y*w:(y+1)*w], t)
}

// opaque is alpha 255 in the fourth byte of a little endian word.
const opaque = 0xFF000000

func paintGray(line []uint8, values []uint16, t *Table) {
	for len(values) >= 2 && len(line) >= 8 {
		a, b := uint64(t[values[0]]), uint64(t[values[1]])
		binary.LittleEndian.PutUint64(line, (a|b<<32)*0x010101|opaque|opaque<<32)
		values, line = values[2:], line[8:]
	}
	for i, v := range values {
		binary.LittleEndian.PutUint32(line[4*i:], uint32(t[v])*0x010101|opaque)
	}
}

func paintRGB(line, values []uint8, t *Table) {
	for len(values) >= 3 && len(line) >= 4 {
		line[0], line[1], line[2], line[3] = t[values[0]], t[values[1]], t[values[2]], 255
		values, line = values[3:], line[4:]
	}
}

func black(line []uint8) {
	for len(line) >= 8 {
		binary.LittleEndian.PutUint64(line, opaque|opaque<<32)
		line = line[8:]
	}
	if len(line) >= 4 {
		binary.LittleEndian.PutUint32(line, opaque)
	}
}
