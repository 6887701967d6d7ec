package dicom

import (
	"fmt"
	"io"
)

// firstRead is enough for the header of most objects, so that opening one
// costs a single read.
const firstRead = 16 << 10

// window is the part of a file read so far, from base on without gaps. It
// grows with what is really there, never with what a length field claims.
type window struct {
	r    io.ReaderAt
	base int64 // offset in the file of buf[0]
	size int64 // of the whole file
	most int64 // bytes the window may hold
	buf  []byte
}

// bytes are the n bytes at file offset off; they stay valid when the window
// grows. The caller has checked off+n against size.
func (w *window) bytes(off, n int64) ([]byte, error) {
	if off < w.base || n < 0 || off+n > w.size {
		return nil, fmt.Errorf("%w: %d bytes at offset %d of %d", ErrCorrupt, n, off, w.size)
	}
	if end := off + n - w.base; end > int64(len(w.buf)) {
		if err := w.grow(end); err != nil {
			return nil, err
		}
	}
	from := off - w.base
	return w.buf[from : from+n : from+n], nil
}

// grow reads until at least n bytes are held; it at least doubles, so that a
// long header costs few reads.
func (w *window) grow(n int64) error {
	if n > w.most {
		return fmt.Errorf("%w: header of more than %d bytes", ErrLimit, w.most)
	}
	want := max(n, 2*int64(len(w.buf)), firstRead)
	want = min(want, w.size-w.base, w.most)
	grown := make([]byte, want)
	have := copy(grown, w.buf)
	got, err := w.r.ReadAt(grown[have:], w.base+int64(have))
	if have+got < int(n) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read at offset %d: %w", w.base+int64(have+got), err)
	}
	w.buf = grown[:have+got]
	return nil
}
