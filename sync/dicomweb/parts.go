package dicomweb

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/textproto"
	"strings"
)

// Bounds of what stands around parts, in bytes.
const (
	partsBuffer  = 256 << 10
	maxPreamble  = 64 << 10
	maxPartWords = 64 << 10 // the headers of one part
)

// parts reads a multipart body (RFC 2046 5.1). It differs from mime/multipart
// in what archives need: only the closing boundary is the end, so that a body
// that was cut off is known; large pieces; and parts may lack all headers.
type parts struct {
	in       *bufio.Reader
	boundary []byte // with its two dashes
	end      []byte // of a part: a line end and boundary
	inside   bool   // a part is not read to its end yet
	fresh    bool   // nothing of it has been read
	closed   bool   // the closing boundary has been read
}

func newParts(body *bufio.Reader, boundary string) *parts {
	return &parts{in: body, boundary: []byte("--" + boundary)}
}

// next goes to the next part, over what is left of the last one. io.EOF only
// after the closing boundary; a body that ends before is io.ErrUnexpectedEOF.
func (p *parts) next() (textproto.MIMEHeader, error) {
	if p.inside {
		if _, err := p.WriteTo(io.Discard); err != nil {
			return nil, err
		}
	}
	if p.end == nil && !p.closed {
		if err := p.skipPreamble(); err != nil {
			return nil, err
		}
	}
	if p.closed {
		return nil, io.EOF
	}
	header, err := p.header()
	p.inside, p.fresh = err == nil, true
	return header, err
}

// skipPreamble goes behind the first boundary, whose line end tells how lines
// end here.
func (p *parts) skipPreamble() error {
	for skipped := 0; skipped < maxPreamble; {
		line, err := p.line()
		if err != nil {
			return err
		}
		skipped += len(line)
		rest, ok := bytes.CutPrefix(line, p.boundary)
		if !ok || !p.endsBoundary(rest) {
			continue
		}
		lineEnd := "\r\n"
		if !bytes.HasSuffix(line, []byte(lineEnd)) {
			lineEnd = "\n"
		}
		p.end = append([]byte(lineEnd), p.boundary...)
		return nil
	}
	return errNoBoundary
}

var errNoBoundary = errors.New("there is no boundary")

// endsBoundary says whether what follows the name of a boundary in its line
// makes it one; two dashes close the body.
func (p *parts) endsBoundary(rest []byte) bool {
	p.closed = bytes.HasPrefix(rest, []byte("--"))
	return p.closed || len(bytes.Trim(rest, " \t\r\n")) == 0
}

// line is the next line with its end. The last one may lack it.
func (p *parts) line() ([]byte, error) {
	line, err := p.in.ReadSlice('\n')
	if err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return line, err
}

func (p *parts) header() (textproto.MIMEHeader, error) {
	h := textproto.MIMEHeader{}
	for size := 0; ; {
		line, err := p.line()
		if err != nil {
			return nil, err
		}
		if size += len(line); size > maxPartWords {
			return nil, errors.New("the headers of a part are too long")
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return h, nil
		}
		if name, value, ok := strings.Cut(text, ":"); ok {
			h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
}

// Read reads the part; io.EOF only at its boundary.
func (p *parts) Read(b []byte) (int, error) {
	have, err := p.piece()
	if err != nil {
		return 0, err
	}
	n := copy(b, have)
	p.take(n)
	return n, nil
}

// WriteTo writes the rest of the part in large pieces.
func (p *parts) WriteTo(w io.Writer) (written int64, err error) {
	for {
		have, err := p.piece()
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
		n, err := w.Write(have)
		p.take(n)
		if written += int64(n); err != nil {
			return written, err
		}
	}
}

func (p *parts) take(n int) {
	p.in.Discard(n)
	p.fresh = p.fresh && n == 0
}

// piece is the next bytes of the part, as many as are here; at least one.
func (p *parts) piece() ([]byte, error) {
	if !p.inside {
		return nil, io.EOF
	}
	for want := 1; ; {
		_, err := p.in.Peek(want)
		have, _ := p.in.Peek(p.in.Buffered())
		i := p.index(have)
		switch {
		case i > 0:
			return have[:i], nil
		case len(have) >= len(p.end)+2:
			if skip, ok := p.atEnd(have); ok {
				return nil, p.finish(skip)
			}
			return have[:1], nil // words that begin like the boundary
		case err == io.EOF:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		want = len(have) + 1
	}
}

// index is where the end of the part may begin in b: a boundary, or the
// beginning of one at the end of b. The line end before the boundary may be
// that of the headers, when the part is empty.
func (p *parts) index(b []byte) int {
	const enough = 24 // bytes.Index is fast for short words only
	if n := min(len(b), len(p.boundary)); p.fresh && bytes.Equal(b[:n], p.boundary[:n]) {
		return 0
	}
	if i := bytes.Index(b, p.end[:min(enough, len(p.end))]); i >= 0 {
		return i
	}
	for i := max(0, len(b)-enough); i < len(b); i++ {
		if bytes.HasPrefix(p.end, b[i:]) {
			return i
		}
	}
	return len(b)
}

// atEnd says whether b begins with the end of the part, and how long that is.
func (p *parts) atEnd(b []byte) (size int, ok bool) {
	end := p.end
	if p.fresh && bytes.HasPrefix(b, p.boundary) {
		end = p.boundary
	}
	rest, ok := bytes.CutPrefix(b, end)
	return len(end), ok && (strings.IndexByte("\r\n \t", rest[0]) >= 0 || string(rest[:2]) == "--")
}

// finish goes behind the end of the part, which is size bytes long.
func (p *parts) finish(size int) error {
	p.in.Discard(size)
	p.inside = false
	if after, _ := p.in.Peek(2); string(after) == "--" {
		p.closed = true
		return io.EOF
	}
	if line, err := p.line(); err != nil || line[len(line)-1] != '\n' {
		return cmp.Or(err, io.ErrUnexpectedEOF) // cut off behind a boundary that another part follows
	}
	return io.EOF
}
