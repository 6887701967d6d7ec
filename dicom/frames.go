package dicom

import (
	"context"
	"fmt"
	"io"
)

// leastPart is how small a part of a frame is still shown: less says nothing,
// and would have a few bytes ask for the memory of many.
const leastPart = 16

// NumberOfFrames is (0028,0008) as far as the pixel data bears it out; 0
// without pixel data. A native frame that the file cuts short counts when enough of it is there.
func (f *File) NumberOfFrames() int {
	p := f.pixelData()
	if p == nil {
		return 0
	}
	if p.encapsulated {
		if firsts := f.streams(p); firsts != nil {
			return firsts[len(firsts)-1]
		}
		return len(p.frameStarts(f.layout()))
	}
	m, err := f.format()
	if err != nil {
		return 0
	}
	whole := p.value.n * 8 / m.bits()
	if rest := p.value.n*8 - whole*m.bits(); rest >= m.bits()/leastPart {
		whole++
	}
	return int(min(int64(max(f.IntOr(NumberOfFrames, 1), 1)), whole))
}

// pixelData is where the pixels are: in the file, or in an element put by hand.
func (f *File) pixelData() *pixelData {
	if f.pixels != nil {
		return f.pixels
	}
	e, ok := f.Get(PixelData)
	if !ok || len(e.Raw) == 0 || e.fragments {
		return nil
	}
	return memoryPixels(e)
}

// EncodedFrame is frame i (from 0) as stored: native bytes, or the joined
// fragments. Where several frames are in one codestream it is that.
func (f *File) EncodedFrame(i int) ([]byte, error) {
	if n := f.NumberOfFrames(); i < 0 || i >= n {
		return nil, f.noSuchFrame(i, n)
	}
	p := f.pixelData()
	if p.encapsulated {
		stream, _, _ := f.streamOf(p, i)
		spans, err := p.frameFragments(stream, f.layout())
		if err != nil {
			return nil, err
		}
		return p.read(spans...)
	}
	m, err := f.format()
	if err != nil {
		return nil, err
	}
	s := p.nativeSpan(m, i)
	s.n = min(s.n, p.value.at+p.value.n-s.at)
	return p.read(s)
}

// noSuchFrame says why frame i of n cannot be had.
func (f *File) noSuchFrame(i, n int) error {
	if p := f.pixelData(); n == 0 && p != nil {
		if p.encapsulated {
			return fmt.Errorf("%w: %d fragments for %d frames and no usable offset table",
				ErrCorrupt, len(p.fragments), f.IntOr(NumberOfFrames, 1))
		}
		if _, err := f.format(); err != nil {
			return err
		}
		return fmt.Errorf("%w: the pixel data is shorter than one frame", ErrCorrupt)
	}
	return fmt.Errorf("%w: no frame %d, there are %d", ErrCorrupt, i, n)
}

// read joins runs of bytes; all lie inside the file, as locate made sure.
func (p *pixelData) read(spans ...span) ([]byte, error) {
	var total int64
	for _, s := range spans {
		total += s.n
	}
	if total > maxFrameBytes {
		return nil, fmt.Errorf("%w: encoded frame of %d bytes", ErrLimit, total)
	}
	out := make([]byte, total)
	if err := p.fill(out, spans); err != nil {
		return nil, err
	}
	return out, nil
}

// fill reads the spans into out, one behind the other.
func (p *pixelData) fill(out []byte, spans []span) error {
	return p.src.use(func(r io.ReaderAt) error {
		rest := out
		for _, s := range spans {
			if n, err := r.ReadAt(rest[:s.n], s.at); int64(n) < s.n {
				return fmt.Errorf("read pixel data at offset %d: %w", s.at+int64(n), err)
			}
			rest = rest[s.n:]
		}
		return nil
	})
}

// Frame decodes frame i (from 0) to stored values. A syntax this build cannot
// decode is an *UnsupportedSyntaxError.
func (f *File) Frame(ctx context.Context, i int) (*Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !Decodable(f.TransferSyntax) {
		return nil, &UnsupportedSyntaxError{f.TransferSyntax}
	}
	m, err := f.format()
	if err != nil {
		return nil, err
	}
	if p := f.pixelData(); decoders[f.TransferSyntax] == nil && p != nil && !p.encapsulated {
		return f.nativeFrame(p, m, i)
	}
	b, err := f.EncodedFrame(i)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f.decode(ctx, b, m, i)
}

// decode decodes the joined fragments of frame i.
func (f *File) decode(ctx context.Context, b []byte, m imageFormat, i int) (*Frame, error) {
	decoder, compressed := decoders[f.TransferSyntax]
	if !compressed {
		return decodeNative(b, m, false) // uncompressed, but wrapped in fragments
	}
	frame, err := (*Frame)(nil), error(nil)
	if _, number, of := f.streamOf(f.pixelData(), i); of > 0 {
		frame, err = m.frameOfStream(ctx, b, 0, number, of)
	} else {
		frame, err = decoder(ctx, b, m)
	}
	if err != nil {
		return nil, fmt.Errorf("frame %d, %s: %w", i, f.TransferSyntax.Name(), err)
	}
	return frame, nil
}
