package dicomweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
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
// their end are good and others are lacking.
func (c *Client) Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error {
	path := []string{"studies", string(study)}
	if series != "" {
		path = append(path, "series", string(series))
	}
	return c.retrieve(ctx, path, each)
}

// RetrieveInstance is Retrieve for a single object.
func (c *Client) RetrieveInstance(ctx context.Context, study, series, instance dicom.UID, each func(io.Reader) error) error {
	return c.retrieve(ctx, []string{"studies", string(study), "series", string(series), "instances", string(instance)}, each)
}

func (c *Client) retrieve(ctx context.Context, path []string, each func(io.Reader) error) error {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: path, accept: partsOf})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return c.fault(ErrNotFound, nil)
	}
	kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case err == nil && strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return c.parts(resp.Body, params["boundary"], each)
	case err == nil && (kind == "application/dicom" || kind == "application/octet-stream"):
		return each(resp.Body)
	}
	return c.fault(ErrGarbled, errors.New("neither multipart nor application/dicom"))
}

// tailReader remembers the last bytes that went through it.
type tailReader struct {
	io.Reader
	tail []byte
}

// tailBytes is more than mime/multipart reads ahead.
const tailBytes = 16 << 10

// Read reads and remembers.
func (t *tailReader) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if len(t.tail)+n > 2*tailBytes {
		t.tail = append(t.tail[:0], t.tail[max(0, len(t.tail)-tailBytes):]...)
	}
	t.tail = append(t.tail, p[max(0, n-tailBytes):n]...)
	return n, err
}

// parts walks a multipart body. Only the closing boundary is its end
// (RFC 2046 5.1.1): mime/multipart also says io.EOF when the headers of a part
// are cut off, so the bytes themselves are looked at.
func (c *Client) parts(from io.Reader, boundary string, each func(io.Reader) error) error {
	body := &tailReader{Reader: from}
	reader := multipart.NewReader(body, boundary)
	for n := 0; ; n++ {
		part, err := reader.NextRawPart()
		if err == io.EOF && bytes.Contains(body.tail, []byte("--"+boundary+"--")) {
			if n == 0 {
				return c.fault(ErrNotFound, nil)
			}
			io.Copy(io.Discard, io.LimitReader(body, 1<<16)) // so that the connection can be used again
			return nil
		}
		if err != nil {
			return c.partFault(err)
		}
		if err := each(partReader{c, part}); err != nil {
			return err
		}
	}
}

// partReader gives the errors inside a part their kind.
type partReader struct {
	client *Client
	part   *multipart.Part
}

// Read reads the object; io.EOF only at its boundary.
func (p partReader) Read(b []byte) (int, error) {
	n, err := p.part.Read(b)
	if err != nil && err != io.EOF {
		err = p.client.partFault(err)
	}
	return n, err
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
	path := []string{"studies", string(study)}
	if series != "" {
		path = append(path, "series", string(series))
	}
	a, err := c.find(ctx, append(path, "metadata"), nil)
	return a.found, err
}

// maxPicture bounds a rendered picture in bytes.
const maxPicture = 64 << 20

// Rendered fetches an instance drawn by the archive (PS3.18 10.4.1.1.3): as
// PNG, or as JPEG when it does not offer that. They are asked for one by one,
// since Orthanc 1.10 refuses a list of types.
func (c *Client) Rendered(ctx context.Context, study, series, instance dicom.UID) ([]byte, error) {
	path := []string{"studies", string(study), "series", string(series), "instances", string(instance), "rendered"}
	picture, err := c.picture(ctx, path, "image/png")
	if errors.Is(err, ErrUnsupported) {
		return c.picture(ctx, path, "image/jpeg")
	}
	return picture, err
}

func (c *Client) picture(ctx context.Context, path []string, kind string) ([]byte, error) {
	resp, err := c.send(ctx, request{method: http.MethodGet, accept: kind, path: path})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxPicture+1))
	if err == nil && len(b) > maxPicture {
		return nil, c.fault(ErrGarbled, errors.New("the picture is too large"))
	}
	return b, err
}
