package dicomweb

import (
	"bufio"
	"bytes"
	"io"
	"mime/multipart"
	"testing"
	"testing/iotest"
)

// FuzzParts reads what a hostile archive may send, and finds in well-formed
// bodies what mime/multipart finds.
func FuzzParts(f *testing.F) {
	f.Add([]byte("--b\r\n\r\nfirst\r\n--b\r\nA: b\r\n\r\n\r\n--b--"), true)
	f.Add([]byte("preamble\n--b\n\nfirst\n--b--"), false)
	f.Add([]byte("\r\n--b"), true)
	f.Fuzz(func(t *testing.T, object []byte, wrap bool) {
		body := object
		if wrap && !bytes.Contains(append([]byte("\n"), object...), []byte("\n--bound")) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			w.SetBoundary("bound")
			for range 2 {
				part, _ := w.CreatePart(nil)
				part.Write(object)
			}
			w.Close()
			body = b.Bytes()
		} else {
			wrap = false
		}
		p := newParts(bufio.NewReaderSize(iotest.OneByteReader(bytes.NewReader(body)), 64), "bound")
		n := 0
		for ; ; n++ {
			if _, err := p.next(); err != nil {
				if wrap && (err != io.EOF || n != 2) {
					t.Fatalf("%d parts, %v", n, err)
				}
				return
			}
			got, err := io.ReadAll(p)
			if wrap && (err != nil || !bytes.Equal(got, object)) {
				t.Fatalf("%q, %v, want %q", got, err, object)
			}
			if err != nil {
				return
			}
		}
	})
}
