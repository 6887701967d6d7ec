package jpeg

import (
	"bytes"
	"cmp"
	"context"
	"fmt"

	"eris/dicom/codec"
)

// process is how the samples of a frame are coded.
type process interface {
	// scan reads the entropy-coded data of a scan from s.
	scan(ctx context.Context, s *stream, header *scan) error
	// complete says whether all samples are there; ended, that the stream has
	// said itself that nothing more comes.
	complete(ended bool) bool
	// image is the picture.
	image(ctx context.Context) (*codec.Image, error)
}

// decoder is the state between the segments of a stream.
type decoder struct {
	stream
	tables
	marks
	want    codec.Params
	frame   *frame
	process process
	// lossless says that the process is that of T.81 annex H.
	lossless bool
}

// Decode reads one frame. Samples come as they are in the stream, subsampled
// components brought to full size. Image.Colour says what the stream says of
// lossy ones; lossless components are what the data set calls them.
//
// Samples are what the stream says in Image.Bits; whether they are signed it
// does not know.
func Decode(ctx context.Context, src []byte, want codec.Params) (*codec.Image, error) {
	d := decoder{stream: stream{b: src}, want: want}
	if code, ok := d.marker(); !ok || code != soi {
		return nil, fmt.Errorf("%w: no JPEG stream", codec.ErrCorrupt)
	}
	if err := d.read(ctx); err != nil {
		return nil, err
	}
	m, err := d.process.image(ctx)
	if err == nil && !d.lossless {
		m.Colour = d.colour(d.frame)
	}
	return m, err
}

// read goes through the segments until the picture is complete; what follows
// then, or fails to, does not matter.
func (d *decoder) read(ctx context.Context) error {
	for {
		code, ok := d.marker()
		if !ok || code == eoi {
			break
		}
		if err := d.apply(ctx, code); err != nil {
			return err
		}
		if d.process != nil && d.process.complete(false) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if d.process == nil || !d.process.complete(d.ended()) {
		return fmt.Errorf("%w: a part of the picture is missing", codec.ErrCorrupt)
	}
	return nil
}

// ended says that the last marker read was EOI.
func (d *decoder) ended() bool { return bytes.HasSuffix(d.b[:d.pos], []byte{0xFF, eoi}) }

// apply does what a marker asks for.
func (d *decoder) apply(ctx context.Context, code byte) error {
	if code == tem || code == soi || code >= rst0 && code <= rst7 {
		return nil // markers without parameters, at places where they do nothing
	}
	body, err := d.segment()
	if err != nil {
		return err
	}
	switch code {
	case dht:
		return d.setHuffman(body)
	case dqt:
		return d.setQuantization(body)
	case dri:
		return d.setRestart(body)
	case app0, app14:
		d.marks.note(code, body)
		return nil
	case sos:
		return d.scan(ctx, body)
	}
	if code >= sof0 && code <= sof15 || code == dhp || code == sof55 {
		return d.begin(code, body)
	}
	return nil
}

func (d *decoder) scan(ctx context.Context, body []byte) error {
	if d.process == nil {
		return fmt.Errorf("%w: scan before the frame", codec.ErrCorrupt)
	}
	header, err := d.readScan(body)
	if err != nil {
		return err
	}
	return d.process.scan(ctx, &d.stream, header)
}

// begin starts the frame by the process that its marker names.
func (d *decoder) begin(code byte, body []byte) (err error) {
	if code > sof3 {
		return fmt.Errorf("%w: hierarchical, arithmetic or another coding (marker FF%02X)", codec.ErrUnsupported, code)
	}
	if d.frame != nil {
		return fmt.Errorf("%w: two frames", codec.ErrCorrupt)
	}
	if d.frame, err = readFrame(body); err != nil {
		return err
	}
	if d.frame.rows == 0 {
		d.frame.rows = cmp.Or(d.lines(), d.want.Rows)
	}
	d.frame.measure()
	if err := d.check(code); err != nil {
		return err
	}
	d.lossless = code == sof3
	d.process, err = newProcess(code, d.frame)
	return err
}

// check bounds what the frame will take before anything is allocated.
func (d *decoder) check(code byte) error {
	f := d.frame
	bits := f.bits
	if code == sof2 {
		bits = 16 // coefficients of the whole picture are kept
	}
	if err := d.want.Check(f.rows, f.columns, len(f.components), bits); err != nil {
		return err
	}
	switch code {
	case sof3:
		return bound(f.rows*f.columns*len(f.components), 1, len(d.b)) // a sample is a code
	case sof2:
		return bound(f.blocks(), 1, len(d.b)) // a block has a code in the first DC scan
	}
	return bound(f.blocks(), 2, len(d.b)) // a block has a difference and an end
}

func newProcess(code byte, f *frame) (process, error) {
	switch {
	case code == sof3 && f.bits >= 2 && f.bits <= 8:
		return newLossless[uint8](f)
	case code == sof3 && f.bits > 8 && f.bits <= 16:
		return newLossless[uint16](f)
	case code != sof3 && f.bits == 8:
		return newDCT[uint8](code, f)
	case code != sof3 && f.bits == 12:
		return newDCT[uint16](code, f)
	}
	return nil, fmt.Errorf("%w: %d bits of marker FF%02X", codec.ErrUnsupported, f.bits, code)
}
