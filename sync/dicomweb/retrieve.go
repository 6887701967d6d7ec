package dicomweb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"eris/dicom"
	"eris/sync/node"
)

// partsOf is the Accept header for Part 10 objects as the archive keeps them,
// nothing transcoded (PS3.18 8.7.3.3.2).
const partsOf = `multipart/related; type="application/dicom"; transfer-syntax=*`

// Retrieve fetches the objects of a study, or of one of its series when series
// is not empty (WADO-RS, PS3.18 10.4). each gets one object after the other as
// it comes in; it may leave it half read. An error of each ends the retrieval
// and is returned as it is. ErrPartial means that the objects each has seen to
// their end are good and others are lacking. What an archive that gives no
// Part 10 objects has is put together from metadata, frames and bulk data.
func (c *Client) Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error {
	return c.retrieve(ctx, pathTo(study, series, ""), each)
}

// RetrieveInstance is Retrieve for a single object.
func (c *Client) RetrieveInstance(ctx context.Context, study, series, instance dicom.UID, each func(io.Reader) error) error {
	return c.retrieve(ctx, pathTo(study, series, instance), each)
}

// pathTo names a study, a series or an instance; what is empty is left out.
func pathTo(study, series, instance dicom.UID, more ...string) []string {
	path := []string{"studies", string(study)}
	if series != "" {
		path = append(path, "series", string(series))
	}
	if instance != "" {
		path = append(path, "instances", string(instance))
	}
	return append(path, more...)
}

func (c *Client) retrieve(ctx context.Context, path []string, each func(io.Reader) error) error {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: path, accept: partsOf})
	if errors.Is(err, ErrUnsupported) && statusOf(err) != 0 {
		if rebuilt := c.rebuild(ctx, path, each); statusOf(rebuilt) == 0 {
			return rebuilt
		}
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return c.bodies(resp, "application/dicom", func(_ textproto.MIMEHeader, r io.Reader) error { return each(r) })
}

// bodies gives each what an answer holds: the parts of a multipart, or all of
// it when it is of the media type kind, or of octets.
func (c *Client) bodies(resp *http.Response, kind string, each func(textproto.MIMEHeader, io.Reader) error) error {
	if resp.StatusCode == http.StatusNoContent {
		return c.fault(ErrNotFound, nil)
	}
	in := bufio.NewReaderSize(resp.Body, partsBuffer)
	is, params := mediaType(resp.Header.Get("Content-Type"))
	boundary := params["boundary"]
	if boundary == "" && (is == "" || strings.HasPrefix(is, "multipart/")) {
		boundary = boundaryIn(in)
	}
	switch {
	case boundary != "" && len(boundary) <= maxBoundary:
		return c.eachPart(in, boundary, each)
	case is == "application/octet-stream", is != "" && strings.HasPrefix(is, kind):
		return each(textproto.MIMEHeader(resp.Header), in)
	}
	return c.fault(ErrGarbled, errors.New("neither multipart nor "+kind))
}

// maxBoundary is far more than the 70 characters of RFC 2046 5.1.1.
const maxBoundary = 1000

// boundaryIn is the boundary that a body without a Content-Type begins with;
// "" when it begins otherwise.
func boundaryIn(in *bufio.Reader) string {
	head, _ := in.Peek(4) // waits for the archive
	if len(head) == 4 {
		head, _ = in.Peek(min(in.Buffered(), maxBoundary))
	}
	line, _, found := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	name, dashes := bytes.CutPrefix(line, []byte("--"))
	if !found || !dashes {
		return ""
	}
	return string(bytes.TrimSpace(name))
}

// eachPart walks a multipart body.
func (c *Client) eachPart(in *bufio.Reader, boundary string, each func(textproto.MIMEHeader, io.Reader) error) error {
	p := newParts(in, boundary)
	for n := 0; ; n++ {
		header, err := p.next()
		if err == io.EOF && n == 0 {
			return c.fault(ErrNotFound, nil)
		}
		if err == io.EOF {
			io.Copy(io.Discard, io.LimitReader(in, maxPreamble)) // so that the connection can be used again
			return nil
		}
		if err != nil {
			return c.partFault(err)
		}
		if err := each(header, partReader{c, p}); err != nil {
			return err
		}
	}
}

// partReader gives the errors inside a part their kind.
type partReader struct {
	client *Client
	part   *parts
}

// Read reads the object; io.EOF only at its boundary.
func (p partReader) Read(b []byte) (int, error) {
	n, err := p.part.Read(b)
	if err != nil && err != io.EOF {
		err = p.client.partFault(err)
	}
	return n, err
}

// WriteTo spares io.Copy a buffer and the small pieces. An error of w has no kind.
func (p partReader) WriteTo(w io.Writer) (int64, error) {
	own := ownErrors{w: w}
	n, err := p.part.WriteTo(&own)
	if err != nil && own.err == nil {
		err = p.client.partFault(err)
	}
	return n, err
}

// ownErrors remembers that it was the writer who failed.
type ownErrors struct {
	w   io.Writer
	err error
}

// Write writes.
func (o *ownErrors) Write(b []byte) (n int, err error) {
	n, o.err = o.w.Write(b)
	return n, o.err
}

// partFault keeps a kind that is there already. A body that just ends was cut off.
func (c *Client) partFault(err error) error {
	switch {
	case node.Kind(err) != nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.fault(ErrPartial, nil)
	}
	return c.fault(ErrGarbled, errors.New("the multipart is not well formed"))
}

// Metadata fetches the headers of a study's objects, or of one series, without
// bulk data (PS3.18 10.4.1.1.2). They are held in memory, MaxJSON bytes at most.
func (c *Client) Metadata(ctx context.Context, study, series dicom.UID) ([]*dicom.DataSet, error) {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: pathTo(study, series, "", "metadata"), accept: jsonType})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return c.dataSets(resp)
}
