package dicomweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"mime/multipart"
	"net/http"

	"eris/sync/node"
)

// Object is a Part 10 object that can be sent more than once.
type Object struct {
	node.Reference
	Size int64 // bytes that Open gives
	Open func() (io.ReadCloser, error)
}

// batchBytes is how much goes into one request at first: what a cut connection
// loses at most.
const batchBytes = 256 << 20

// processingFailure is the reason of an object that alone is more than an
// archive takes (PS3.18 Annex I.2); 0xA700, out of resources, would promise that
// it has room later.
const processingFailure = 0x0110

// StoreAll sends objects (STOW-RS, PS3.18 10.5), several in one request. Where
// the archive finds a request too large (413), it gets smaller ones from then
// on; an object that is too large alone is in the answer as failed. When an
// error ends it, what was answered before it is there too.
func (c *Client) StoreAll(ctx context.Context, objects []Object) (node.Stored, error) {
	var sum node.Stored
	for len(objects) > 0 {
		batch, size := nextBatch(objects, c.most.Load())
		stored, err := c.storeBatch(ctx, batch)
		switch {
		case statusOf(err) != http.StatusRequestEntityTooLarge:
			sum.Taken = append(sum.Taken, stored.Taken...)
			sum.Failed = append(sum.Failed, stored.Failed...)
			if err != nil {
				return sum, err
			}
		case len(batch) > 1:
			c.most.Store(size / 2)
			continue
		default:
			sum.Failed = append(sum.Failed, node.StoreFailure{Reference: batch[0].Reference, Reason: processingFailure})
		}
		objects = objects[len(batch):]
	}
	return sum, nil
}

// nextBatch is the first objects that are no more than most bytes together, at
// least one.
func nextBatch(objects []Object, most int64) (batch []Object, size int64) {
	for i, o := range objects {
		if i > 0 && size+o.Size > most {
			return objects[:i], size
		}
		size += o.Size
	}
	return objects, size
}

// storeBatch sends objects in one request. Its length is said before it: bodies
// without were seen to be answered with success and lost (ImagingDataCommons
// dicomweb-client issue 42). It is sent once more when the token was refused,
// because there is another one then.
func (c *Client) storeBatch(ctx context.Context, batch []Object) (node.Stored, error) {
	length := wordsAround(len(batch))
	for _, o := range batch {
		length += o.Size
	}
	stored, err := c.storeParts(ctx, opened(batch), length)
	if c.Tokens != nil && statusOf(err) == http.StatusUnauthorized {
		return c.storeParts(ctx, opened(batch), length)
	}
	return stored, err
}

// wordsAround is how many bytes of a multipart stand around n objects.
func wordsAround(n int) int64 {
	var words bytes.Buffer
	parts := multipart.NewWriter(&words)
	for range n {
		parts.CreatePart(objectHeader) // a buffer takes all
	}
	parts.Close()
	return int64(words.Len())
}

// opened opens one object after the other.
func opened(objects []Object) iter.Seq2[io.Reader, error] {
	return func(yield func(io.Reader, error) bool) {
		for _, o := range objects {
			r, err := o.Open()
			if err != nil {
				yield(nil, err)
				return
			}
			more := yield(&sized{r, o.Size}, nil)
			r.Close()
			if !more {
				return
			}
		}
	}
}

// sized is an object that must have the size that was said.
type sized struct {
	io.Reader
	left int64
}

var errSize = errors.New("it has another size than was said")

// Read reads the object.
func (s *sized) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if s.left -= int64(n); s.left < 0 || err == io.EOF && s.left > 0 {
		return 0, errSize
	}
	return n, err
}
