package dicom

import (
	"bytes"
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

// encapsulatedFrames is how many of the declared frames have fragments.
func (p *pixelData) encapsulatedFrames(declared int) int {
	if len(p.fragments) == 0 {
		return 0
	}
	if len(p.fragments) >= declared || declared == 1 {
		return declared
	}
	return len(p.fragments)
}

// frameFragments are the fragments of frame i (PS3.5 A.4): by the basic offset
// table if it fits the fragments; else one each; else all for the only frame.
func (p *pixelData) frameFragments(i, declared int) ([]span, error) {
	switch {
	case declared == 1:
		return p.fragments, nil
	case len(p.fragments) <= declared:
		return p.fragments[i : i+1], nil
	}
	starts, err := p.frameStarts(declared)
	if err != nil {
		return nil, err
	}
	end := len(p.fragments)
	if i+1 < len(starts) {
		end = starts[i+1]
	}
	return p.fragments[starts[i]:end], nil
}

// frameStarts are the numbers of the fragments with which the frames begin,
// found once: by the basic offset table, or by the marks of JPEG streams.
func (p *pixelData) frameStarts(declared int) ([]int, error) {
	p.once.Do(func() {
		if p.starts = p.startsByTable(declared); p.starts == nil {
			p.starts = p.startsByMark(declared)
		}
	})
	if len(p.starts) != declared {
		return nil, fmt.Errorf("%w: %d fragments for %d frames and no usable offset table",
			ErrCorrupt, len(p.fragments), declared)
	}
	return p.starts, nil
}

// startsByTable follows the basic offset table; nil when it is absent or does
// not point at fragments.
func (p *pixelData) startsByTable(declared int) []int {
	if len(p.offsets) != declared {
		return nil
	}
	byOffset := make(map[int64]int, len(p.fragments))
	for n, s := range p.fragments {
		byOffset[s.at-p.fragments[0].at] = n // PS3.5 A.4: counted from the first fragment's item tag
	}
	starts := make([]int, declared)
	for i, off := range p.offsets {
		n, ok := byOffset[int64(off)]
		if !ok || i > 0 && n <= starts[i-1] || i == 0 && n != 0 {
			return nil
		}
		starts[i] = n
	}
	return starts
}

// startsByMark takes the fragments that begin as JPEG and JPEG 2000 streams
// do for the frames; nil when their number is not the declared one.
func (p *pixelData) startsByMark(declared int) []int {
	var starts []int
	err := p.src.use(func(r io.ReaderAt) error {
		var b [2]byte
		for n, s := range p.fragments {
			if s.n < 2 {
				continue
			}
			if _, err := r.ReadAt(b[:], s.at); err != nil {
				return err
			}
			if b == [2]byte{0xFF, 0xD8} || b == [2]byte{0xFF, 0x4F} { // SOI, SOC
				starts = append(starts, n)
			}
		}
		return nil
	})
	if err != nil || len(starts) != declared || starts[0] != 0 {
		return nil
	}
	return starts
}
