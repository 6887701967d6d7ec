package dicom

import (
	"bytes"
	"fmt"
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
	starts := p.frameStarts(declared)
	if starts == nil {
		return nil, fmt.Errorf("%w: %d fragments for %d frames and no usable offset table",
			ErrCorrupt, len(p.fragments), declared)
	}
	end := len(p.fragments)
	if i+1 < len(starts) {
		end = starts[i+1]
	}
	return p.fragments[starts[i]:end], nil
}

// frameStarts maps the basic offset table to fragment numbers; nil when the
// table is absent or points between fragments.
func (p *pixelData) frameStarts(declared int) []int {
	if len(p.offsets) != declared {
		return nil
	}
	byOffset := make(map[int64]int, len(p.fragments))
	for n, s := range p.fragments {
		byOffset[s.at-p.fragments[0].at] = n // offsets count from the first item's tag
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
