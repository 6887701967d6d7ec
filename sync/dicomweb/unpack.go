package dicomweb

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// A packed answer may unpack to maxRatio times its size and looseBytes more:
// metadata of a large series shrinks to a fiftieth, a bomb to a thousandth.
const (
	maxRatio   = 200
	looseBytes = 16 << 20
)

// unpack undoes the Content-Encoding of an answer (RFC 9110 8.4). Archives pack
// unasked too, where files lie packed on their disk.
func (c *Client) unpack(answer *http.Response) error {
	switch strings.ToLower(answer.Header.Get("Content-Encoding")) {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		answer.Body = &gunzip{client: c, packed: answer.Body, left: looseBytes}
		return nil
	}
	return c.fault(ErrGarbled, errors.New("it is packed in a way nobody asked for"))
}

// gunzip unpacks a body, a bounded number of times its size.
type gunzip struct {
	client *Client
	packed io.ReadCloser
	reader *gzip.Reader // nil until the first read
	left   int64        // bytes it may still unpack to
	err    error        // it has failed, and stays so
}

// counted is the packed body: every byte of it allows maxRatio more.
type counted struct{ *gunzip }

// Read reads the packed bytes.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.packed.Read(p)
	c.left += int64(n) * maxRatio
	return n, err
}

// Read unpacks. An empty body is empty.
func (g *gunzip) Read(p []byte) (n int, err error) {
	if g.err == nil && g.reader == nil {
		g.reader, g.err = gzip.NewReader(counted{g})
	}
	if g.err == nil {
		n, g.err = g.reader.Read(p)
	}
	if g.left -= int64(n); g.left < 0 {
		n, g.err = 0, g.client.fault(ErrGarbled, errors.New("it unpacks to far more than was sent"))
	}
	return n, g.fault(g.err)
}

func (g *gunzip) fault(err error) error {
	var damaged flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &damaged):
		return g.client.fault(ErrGarbled, errors.New("it cannot be unpacked"))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return g.client.fault(ErrPartial, nil)
	}
	return err
}

// Close closes the packed body.
func (g *gunzip) Close() error { return g.packed.Close() }
