package dicom

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// source is where pixel data lies; use opens it for the length of one call.
type source interface {
	use(func(io.ReaderAt) error) error
}

type readerSource struct{ r io.ReaderAt }

func (s readerSource) use(f func(io.ReaderAt) error) error { return f(s.r) }

type pathSource string

func (s pathSource) use(f func(io.ReaderAt) error) error {
	disk, err := os.Open(string(s))
	if err != nil {
		return err
	}
	defer disk.Close()
	return f(disk)
}

// span is a run of bytes in a source.
type span struct{ at, n int64 }

// pixelData is the place of the top-level pixel data element.
type pixelData struct {
	src source
	tag Tag
	vr  VR
	big bool
	// value is the value of native pixel data.
	value span
	// encapsulated pixel data has fragments instead (PS3.5 A.4); offsets is
	// the basic offset table, nil when empty.
	encapsulated bool
	fragments    []span
	offsets      []uint32

	once   sync.Once
	starts []int // first fragment of each frame, see frameStarts

	onceStreams sync.Once
	streams     []int // first frame of each stream, see File.streams
}

// locate finds the extent of the pixel data and the elements behind it.
func (w *walker) locate(syntax UID, c coding) (*pixelData, []Element, error) {
	h := *w.pixel
	p := &pixelData{src: readerSource{w.win.r}, tag: h.tag, vr: h.vr, big: c.big || syntax == GEPrivateImplicitVRLittleEndian}
	end := w.win.size
	if h.length == undefined {
		p.encapsulated = true
		next, err := w.fragments(p, h.value)
		if err != nil {
			return nil, nil, err
		}
		end = next
	} else {
		if h.end() > end {
			w.repair("the pixel data ends early")
		} else {
			end = h.end()
		}
		p.value = span{h.value, end - h.value}
	}
	return p, w.tail(end, c), nil
}

// fragments lists the fragments from pos to the delimiter and answers the
// offset behind it. It reads their headers only.
func (w *walker) fragments(p *pixelData, pos int64) (int64, error) {
	var b [8]byte
	for first := true; ; first = false {
		if pos+8 > w.win.size {
			w.repair("the pixel data ends early")
			return w.win.size, nil
		}
		if _, err := w.win.r.ReadAt(b[:], pos); err != nil && err != io.EOF {
			return 0, fmt.Errorf("read at offset %d: %w", pos, err)
		}
		t, n := readTag(b[:], coding{}), int64(uint32At(b[:], 4))
		pos += 8
		switch {
		case t == sequenceDelimiter:
			return pos, nil
		case t != itemTag:
			w.repair("the pixel data does not end with a delimiter")
			return pos - 8, nil
		case pos+n > w.win.size:
			w.repair("the pixel data ends early")
			n = w.win.size - pos
		}
		if w.count++; w.count > w.limits.Elements {
			return 0, fmt.Errorf("%w: more than %d elements and fragments", ErrLimit, w.limits.Elements)
		}
		if first {
			p.offsets = w.offsetTable(span{pos, n})
		} else {
			p.fragments = append(p.fragments, span{pos, n})
		}
		pos += n
	}
}

// offsetTable reads the basic offset table (PS3.5 A.4); a table that cannot be
// one counts as empty.
func (w *walker) offsetTable(s span) []uint32 {
	if s.n == 0 || s.n%4 != 0 || s.n/4 > int64(w.limits.Elements) {
		return nil
	}
	b := make([]byte, s.n)
	if _, err := w.win.r.ReadAt(b, s.at); err != nil && err != io.EOF {
		return nil
	}
	offsets := make([]uint32, s.n/4)
	for i := range offsets {
		offsets[i] = uint32At(b, 4*i)
	}
	return offsets
}

// tail reads the elements behind the pixel data; bytes that are none are left.
func (w *walker) tail(pos int64, c coding) []Element {
	if pos+8 > w.win.size {
		return nil
	}
	pixel := w.pixel
	behind := &walker{
		win:    &window{r: w.win.r, base: pos, size: w.win.size, most: w.limits.HeaderBytes},
		limits: w.limits, count: w.count, signed: w.signed,
	}
	elements, _, err := behind.topLevel(pos, c)
	for i, e := range elements {
		if e.Tag < pixel.tag {
			elements, err = elements[:i], errTruncated
			break
		}
	}
	if err != nil || behind.pixel != nil {
		w.repair("bytes behind the pixel data are not data elements; left out")
	}
	return elements
}
