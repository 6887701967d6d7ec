package dicom

import (
	"encoding/binary"
	"io"
	"testing"
)

// sparse is a file of a size that has bytes in a few places and zeros between
// them, and counts what is read.
type sparse struct {
	size  int64
	parts map[int64][]byte
	read  int64
}

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	n := int(min(int64(len(p)), max(s.size-at, 0)))
	s.read += int64(n)
	clear(p[:n])
	for start, part := range s.parts {
		if start < at+int64(n) && at < start+int64(len(part)) {
			from := max(at-start, 0)
			copy(p[max(start-at, 0):n], part[from:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

const (
	bigFrames = 4000
	bigFrame  = 512 * 512 * 2
)

// bigHead is the header of an object of 2 GB.
func bigHead(t *testing.T, syntax UID) []byte {
	f := image(t, 512, 512, 16)
	f.SetInt(NumberOfFrames, bigFrames)
	return part10Bytes(syntax, f.DataSet.encode(nil, coding{explicit: true}))
}

// Opening a big object reads its header, not its pixels; a frame reads itself.
func TestBigObjectsAreReadFrameByFrame(t *testing.T) {
	native := append(bigHead(t, ExplicitVRLittleEndian), appendHead(nil, PixelData, "OW", bigFrames*bigFrame, coding{explicit: true})...)
	last := make([]byte, 2)
	binary.LittleEndian.PutUint16(last, 4711)
	plain := &sparse{size: int64(len(native)) + bigFrames*bigFrame, parts: map[int64][]byte{
		0: native, int64(len(native)) + (bigFrames-1)*bigFrame: last,
	}}
	wrapped := append(bigHead(t, EncapsulatedUncompressed), appendHead(nil, PixelData, "OB", undefined, coding{explicit: true})...)
	wrapped = appendItemHead(wrapped, itemTag, 0)
	fragments := &sparse{parts: map[int64][]byte{0: wrapped}}
	at := int64(len(wrapped))
	for i := range int64(bigFrames) {
		head := appendItemHead(nil, itemTag, bigFrame)
		if i == bigFrames-1 {
			head = append(head, last...)
		}
		fragments.parts[at] = head
		at += 8 + bigFrame
	}
	fragments.parts[at] = appendItemHead(nil, sequenceDelimiter, 0)
	fragments.size = at + 8
	for name, s := range map[string]*sparse{"native": plain, "fragments": fragments} {
		f, err := Read(s, s.size, DefaultLimits())
		if err != nil || f.NumberOfFrames() != bigFrames {
			t.Fatalf("%s: %v", name, err)
		}
		if s.read > 256<<10 {
			t.Errorf("%s: opening read %d bytes", name, s.read)
		}
		s.read = 0
		frame, err := f.Frame(t.Context(), bigFrames-1)
		if err != nil || frame.Value(0) != 4711 || s.read > bigFrame+64<<10 {
			t.Errorf("%s: the last frame %v, %d bytes read", name, err, s.read)
		}
	}
}
