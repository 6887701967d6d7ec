package dicomweb

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	"eris/dicom"
	"eris/sync/node"
)

const jsonType = "application/dicom+json"

// stream reads data sets as they come: from a list, one object without a list,
// or nothing at all. An error comes last.
func (c *Client) stream(resp *http.Response) iter.Seq2[*dicom.DataSet, error] {
	return func(yield func(*dicom.DataSet, error) bool) {
		for raw, err := range c.streamRaw(resp) {
			var d *dicom.DataSet
			if err == nil {
				if d, err = dataSet(raw); err != nil {
					err = c.fault(ErrGarbled, err)
				}
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// streamRaw is stream before the objects are read.
func (c *Client) streamRaw(resp *http.Response) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		if resp.StatusCode == http.StatusNoContent {
			return
		}
		for raw, err := range objects(&bounded{client: c, body: resp.Body, left: c.MaxJSON}) {
			if err != nil && node.Kind(err) == nil && resp.Request.Context().Err() == nil {
				err = c.fault(ErrGarbled, errNoJSON) // the decoder's own words quote the answer
			}
			if !yield(raw, err) {
				return
			}
		}
	}
}

// dataSets reads all of an answer that is known to be short.
func (c *Client) dataSets(resp *http.Response) ([]*dicom.DataSet, error) { return all(c.stream(resp)) }

// all collects a sequence; nothing when it ends in an error.
func all[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

var errNoJSON = errors.New("it is not DICOM JSON")

// objects are the objects of a JSON list, or the one that stands alone.
func objects(r io.Reader) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		in := bufio.NewReaderSize(r, 32<<10)
		first, err := firstByte(in)
		if err == io.EOF {
			return
		}
		d := json.NewDecoder(in)
		switch {
		case err != nil:
		case first == '{':
			err = object(d, yield)
		case first == '[':
			d.Token()
			for err == nil && d.More() {
				err = object(d, yield)
			}
			if err == nil {
				_, err = d.Token() // the end of the list
			}
			if err == nil {
				io.Copy(io.Discard, io.LimitReader(in, maxPreamble)) // so that the connection can be used again
			}
		default:
			err = errNoJSON
		}
		if err != nil && err != errEnough {
			yield(nil, err)
		}
	}
}

func object(d *json.Decoder, yield func(json.RawMessage, error) bool) error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	if !yield(raw, nil) {
		return errEnough
	}
	return nil
}

// firstByte looks at the first byte that counts: a byte order mark does not.
func firstByte(in *bufio.Reader) (byte, error) {
	if mark, _ := in.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		in.Discard(3)
	}
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b, in.UnreadByte()
		}
	}
}

// bounded reads at most so many bytes of JSON.
type bounded struct {
	client *Client
	body   io.Reader
	left   int64
}

// Read reads on, or says that it has become too much.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.client.fault(ErrGarbled, fmt.Errorf("the answer is longer than %d bytes", b.client.MaxJSON))
	}
	return n, err
}
