package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"eris/dicom"
)

// Rendering says how an archive shall draw a picture; the zero value leaves all
// to the archive.
type Rendering struct {
	Frame         int     // from 1; 0 is the instance's own choice
	Columns, Rows int     // of the viewport in pixels; the picture fits into it. 0 is the image's size
	Center, Width float64 // of the window, in values after the modality LUT; Width 0 is the image's own
}

// maxPicture bounds a rendered picture in bytes.
const maxPicture = 64 << 20

// Rendered fetches an instance drawn by the archive (PS3.18 10.4.1.1.3): as
// PNG, or as JPEG when it does not offer that. They are asked for one by one,
// since Orthanc 1.10 refuses a list of types.
func (c *Client) Rendered(ctx context.Context, study, series, instance dicom.UID, how Rendering) ([]byte, error) {
	path := pathTo(study, series, instance)
	if how.Frame > 0 {
		path = append(path, "frames", strconv.Itoa(how.Frame))
	}
	path = append(path, "rendered")
	picture, err := c.picture(ctx, path, how.values(), "image/png")
	if errors.Is(err, ErrUnsupported) {
		return c.picture(ctx, path, how.values(), "image/jpeg")
	}
	return picture, err
}

// values are the query parameters (PS3.18 8.3.5.1).
func (how Rendering) values() url.Values {
	v := url.Values{}
	if how.Columns > 0 && how.Rows > 0 {
		v.Set("viewport", fmt.Sprintf("%d,%d", how.Columns, how.Rows))
	}
	if how.Width > 0 {
		v.Set("window", fmt.Sprintf("%g,%g,linear", how.Center, how.Width))
	}
	return v
}

func (c *Client) picture(ctx context.Context, path []string, query url.Values, kind string) ([]byte, error) {
	resp, err := c.send(ctx, request{method: http.MethodGet, accept: kind, path: path, query: query})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if is, _ := mediaType(resp.Header.Get("Content-Type")); is != kind {
		return nil, c.fault(ErrGarbled, errors.New("it is no picture"))
	}
	return c.readBounded(resp.Body, maxPicture)
}

// readBounded reads all of r, most bytes at the most.
func (c *Client) readBounded(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, c.fault(ErrGarbled, fmt.Errorf("it is longer than %d bytes", most))
	}
	return b, nil
}
