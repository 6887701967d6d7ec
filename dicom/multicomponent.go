package dicom

import (
	"context"
	"fmt"
	"slices"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// maxStreamHeader bounds what is read of a codestream to count its components:
// more than the arrays of a component transform take.
const maxStreamHeader = 1 << 20

// streams says in which codestream a frame is: the JPEG 2000 Part 2 syntaxes
// transform across components so that frames, as components of one stream, are
// compressed together (PS3.5 A.4.4). Item s is the number of the first frame
// in stream s, the last item that of all frames; nil where, as everywhere
// else, a frame has a stream of its own.
func (f *File) streams(p *pixelData) []int {
	if f.TransferSyntax != JPEG2000MCLossless && f.TransferSyntax != JPEG2000MC {
		return nil
	}
	p.onceStreams.Do(func() { p.streams = p.findStreams(f.layout(), max(f.IntOr(SamplesPerPixel, 1), 1)) })
	return p.streams
}

// findStreams counts the components of all streams; they are believed only
// where they add up to the frames that the data set declares.
func (p *pixelData) findStreams(l layout, samples int) []int {
	n := len(p.frameStarts(l))
	if n == 0 || n >= l.declared {
		return nil
	}
	firsts := []int{0}
	for s := range n {
		spans, err := p.frameFragments(s, l)
		if err != nil {
			return nil
		}
		b, err := p.read(clip(spans, maxStreamHeader)...)
		if err != nil {
			return nil
		}
		h, err := jpeg2000.ReadHeader(b)
		if err != nil || h.Components%samples != 0 {
			return nil
		}
		firsts = append(firsts, firsts[s]+h.Components/samples)
	}
	if firsts[n] != l.declared {
		return nil
	}
	return firsts
}

// clip is the first n bytes of the spans.
func clip(spans []span, n int64) []span {
	var out []span
	for _, s := range spans {
		s.n = min(s.n, n)
		n -= s.n
		if out = append(out, s); n == 0 {
			break
		}
	}
	return out
}

// streamOf is the stream that has frame i, and the frame's number in it; as
// many of them as the stream holds, or 0 when streams are frames.
func (f *File) streamOf(p *pixelData, i int) (stream, number, of int) {
	firsts := f.streams(p)
	if firsts == nil || i < 0 || i >= firsts[len(firsts)-1] {
		return i, 0, 0
	}
	stream, found := slices.BinarySearch(firsts, i)
	if !found {
		stream--
	}
	return stream, i - firsts[stream], firsts[stream+1] - firsts[stream]
}

// frameOfStream decodes the stream b and takes one of its frames.
func (m imageFormat) frameOfStream(ctx context.Context, b []byte, reduce, number, of int) (*Frame, error) {
	img, truncated, err := m.decodeStream(ctx, b, reduce)
	if err != nil {
		return nil, err
	}
	if of > 0 {
		if img.Components != of*m.samples {
			return nil, fmt.Errorf("%w: %d components in a stream of %d frames", ErrCorrupt, img.Components, of)
		}
		img = componentsOf(img, number*m.samples, m.samples)
	}
	f := m.takeImage(img)
	f.Rows, f.Columns, f.Truncated = img.Rows, img.Columns, truncated
	return f, nil
}

// componentsOf is an image of n components of another. Only the first three
// go through a colour transform.
func componentsOf(img *codec.Image, first, n int) *codec.Image {
	out := codec.NewImage(img.Rows, img.Columns, n, img.Bits, img.Signed)
	if first == 0 {
		out.Colour = img.Colour
	}
	pick(out.Pix8, img.Pix8, first, n, img.Components)
	pick(out.Pix16, img.Pix16, first, n, img.Components)
	pick(out.Pix32, img.Pix32, first, n, img.Components)
	return out
}

func pick[T uint8 | uint16 | uint32](dst, src []T, first, n, of int) {
	for at := first; len(dst) > 0; at += of {
		copy(dst[:n], src[at:at+n])
		dst = dst[n:]
	}
}
