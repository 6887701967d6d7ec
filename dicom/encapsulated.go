package dicom

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// memoryPixels is native pixel data put into the data set by hand.
func memoryPixels(e Element) *pixelData {
	return &pixelData{
		src: readerSource{bytes.NewReader(e.Raw)}, tag: e.Tag, vr: e.VR,
		value: span{0, int64(len(e.Raw))},
	}
}

// layout is what the data set says about its compressed frames.
type layout struct {
	syntax   UID
	declared int  // NumberOfFrames, 1 when absent
	stated   bool // NumberOfFrames is there
	// extended is the extended offset table (PS3.3 C.7.6.3.1.8), nil without one.
	extended []uint64
}

func (f *File) layout() layout {
	return layout{
		syntax: f.TransferSyntax, declared: max(f.IntOr(NumberOfFrames, 1), 1), stated: f.Has(NumberOfFrames),
		extended: offsetsOf(f.Bytes(ExtendedOffsetTable)),
	}
}

func offsetsOf(b []byte) []uint64 {
	offsets := make([]uint64, 0, len(b)/8)
	for ; len(b) >= 8; b = b[8:] {
		offsets = append(offsets, binary.LittleEndian.Uint64(b))
	}
	return offsets
}

// frameFragments are the fragments of frame i (PS3.5 A.4).
func (p *pixelData) frameFragments(i int, l layout) ([]span, error) {
	starts := p.frameStarts(l)
	if i < 0 || i >= len(starts) {
		return nil, fmt.Errorf("%w: no frame %d, there are %d", ErrCorrupt, i, len(starts))
	}
	end := len(p.fragments)
	if i+1 < len(starts) {
		end = starts[i+1]
	}
	return p.fragments[starts[i]:end], nil
}

// frameStarts are the numbers of the fragments with which the frames begin,
// found once. Tables and NumberOfFrames are often wrong, so that each is
// believed only as far as the fragments bear it out.
func (p *pixelData) frameStarts(l layout) []int {
	p.once.Do(func() { p.starts = p.findStarts(l) })
	return p.starts
}

func (p *pixelData) findStarts(l layout) []int {
	n := len(p.fragments)
	switch {
	case n <= 1:
		return oneEach(n)
	case n == l.declared, l.syntax == RLELossless: // PS3.5 A.4.2: an RLE frame is one fragment
		return oneEach(n)
	}
	for _, table := range [][]uint64{l.extended, wide(p.offsets)} {
		if starts := p.startsByTable(table); starts != nil && (len(starts) == l.declared || len(starts) > 1) && p.marked(starts) {
			return starts
		}
	}
	if l.declared == 1 && l.stated {
		return []int{0}
	}
	marks := p.startsByMark()
	switch {
	case len(marks) > 0 && marks[0] == 0:
		return marks
	case n < l.declared:
		return oneEach(n)
	case l.declared == 1:
		return []int{0}
	}
	return nil // they cannot be told apart
}

func oneEach(n int) []int {
	starts := make([]int, n)
	for i := range starts {
		starts[i] = i
	}
	return starts
}

func wide(offsets []uint32) []uint64 {
	out := make([]uint64, len(offsets))
	for i, v := range offsets {
		out[i] = uint64(v)
	}
	return out
}

// startsByTable follows an offset table; nil when it is absent or does not
// point at fragments.
func (p *pixelData) startsByTable(offsets []uint64) []int {
	if len(offsets) == 0 || len(offsets) > len(p.fragments) {
		return nil
	}
	byOffset := make(map[uint64]int, len(p.fragments))
	for n, s := range p.fragments {
		byOffset[uint64(s.at-p.fragments[0].at)] = n // PS3.5 A.4: counted from the first fragment's item tag
	}
	starts := make([]int, len(offsets))
	for i, off := range offsets {
		n, ok := byOffset[off]
		if !ok || i > 0 && n <= starts[i-1] || i == 0 && n != 0 {
			return nil
		}
		starts[i] = n
	}
	return starts
}

// marked says whether the fragments begin as compressed streams do; where the
// first one does not, the syntax has no such mark and nothing is known.
func (p *pixelData) marked(starts []int) bool {
	good, first := true, false
	err := p.src.use(func(r io.ReaderAt) error {
		for i, n := range starts {
			begins := beginsStream(r, p.fragments[n])
			if i == 0 {
				first = begins
			}
			good = good && begins
		}
		return nil
	})
	return err == nil && (good || !first)
}

// startsByMark takes the fragments that begin as compressed streams do.
func (p *pixelData) startsByMark() []int {
	var starts []int
	_ = p.src.use(func(r io.ReaderAt) error {
		for n, s := range p.fragments {
			if beginsStream(r, s) {
				starts = append(starts, n)
			}
		}
		return nil
	})
	return starts
}

// streamMarks are the first bytes of JPEG and JPEG-LS (SOI and a marker), of
// JPEG 2000 (SOC, SIZ), of JP2 and JPEG XL files, and of bare JPEG XL.
var streamMarks = [][]byte{
	{0xFF, 0xD8, 0xFF}, {0xFF, 0x4F, 0xFF, 0x51}, {0, 0, 0, 12, 'j', 'P'}, {0, 0, 0, 12, 'J', 'X'}, {0xFF, 0x0A},
}

func beginsStream(r io.ReaderAt, s span) bool {
	var b [8]byte
	n, _ := r.ReadAt(b[:min(s.n, int64(len(b)))], s.at)
	for _, mark := range streamMarks {
		if bytes.HasPrefix(b[:n], mark) {
			return true
		}
	}
	return false
}
