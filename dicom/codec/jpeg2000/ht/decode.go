package ht

import (
	"fmt"

	"eris/dicom/codec"
)

const (
	// maxSide and maxSamples bound a code-block (ISO/IEC 15444-1 A.6.1).
	maxSide    = 1024
	maxSamples = 4096
	// maxPlanes is what 32 bits hold beside the sign, the midpoint and a bit
	// to spare.
	maxPlanes = 30
)

// Decoder decodes HT code-blocks; it keeps scratch memory, and is not for
// concurrent use. The zero Decoder is ready.
type Decoder struct {
	block
	mel     mel
	vlc     backward
	vlcBits bitsReady
	mag     forward
	magBits bitsReady
	// words are those of the quads of the row that is decoded and the row above,
	// in turn, with u in the bits from 16 on; quad 0 and those behind the last
	// are empty.
	words [2][maxSide/2 + 4]uint32
	// bottom holds the values of the lower samples of the row above, column x at
	// x+1: twice the magnitude less 1, and the sign.
	bottom [maxSide + 4]uint32
	spare  [2][maxSide + 2]int32 // rows that dst has no room for
	column [maxSide + 6]uint8    // of a stripe, see refine
}

// bitsReady are bits that are taken from a stream and not yet used.
type bitsReady struct {
	acc uint64
	n   uint
}

// block is what a call of Decode asks for.
type block struct {
	dst                   []int32
	width, height, stride int
	plane                 uint // the lowest that the cleanup pass decodes
	most                  uint // of U
	causal                bool
}

// Decode decodes a code-block of width × height samples into dst, the rows
// stride apart. planes are the magnitude bit-planes of the band, missing those
// that the packet header tells to be zero; causal forms the contexts of SigProp
// without the stripe below. dst gets twice the magnitude, the bit below the
// last plane decoded set as its midpoint, with the sign as two's complement.
func (d *Decoder) Decode(dst []int32, width, height, stride int, cleanup, refinement []byte, planes, missing, passes int, causal bool) error {
	switch {
	case planes > maxPlanes, passes > 3:
		return fmt.Errorf("%w: HT block of %d bit-planes and %d passes", codec.ErrUnsupported, planes, passes)
	case width < 1 || height < 1 || width > maxSide || height > maxSide || width*height > maxSamples,
		stride < width, len(dst) < (height-1)*stride+width:
		return fmt.Errorf("%w: HT block of %d × %d", codec.ErrCorrupt, width, height)
	case missing < 0 || missing >= planes || passes < 1:
		return fmt.Errorf("%w: HT block of %d bit-planes, %d of them zero, %d passes", codec.ErrCorrupt, planes, missing, passes)
	}
	if len(refinement) == 0 {
		passes = 1
	}
	d.block = block{
		dst: dst, width: width, height: height, stride: stride,
		plane: uint(planes - 1 - missing), most: uint(missing + 2), causal: causal,
	}
	if passes > 1 && d.plane == 0 {
		return fmt.Errorf("%w: a pass below the last bit-plane", codec.ErrCorrupt)
	}
	if err := d.open(cleanup); err != nil {
		return err
	}
	if err := d.cleanup(); err != nil {
		return err
	}
	if passes > 1 {
		d.significance(refinement)
	}
	if passes > 2 {
		d.refine(refinement)
	}
	return nil
}

// open finds the three streams of a cleanup segment (ISO/IEC 15444-15 7.1.1).
func (d *Decoder) open(segment []byte) error {
	end := len(segment)
	if end < 2 {
		return fmt.Errorf("%w: cleanup segment of %d bytes", codec.ErrCorrupt, end)
	}
	suffix := int(segment[end-1])<<4 | int(segment[end-2]&15)
	if suffix < 2 || suffix > end || suffix > 4079 {
		return fmt.Errorf("%w: suffix of %d bytes in a cleanup segment of %d", codec.ErrCorrupt, suffix, end)
	}
	shared := segment[end-suffix : end-1]
	d.mel = mel{src: shared}
	d.vlc, d.vlcBits.acc, d.vlcBits.n = newVLC(shared)
	d.mag = forward{src: segment[:end-suffix], behind: ^uint64(0)}
	d.magBits = bitsReady{}
	return nil
}
