package dicomweb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"eris/dicom"
)

// Bounds of an object that is put together.
const (
	maxObject     = 512 << 20 // bytes in memory
	maxReferences = 1000      // values that lie elsewhere
	framesAtOnce  = 100       // in one request
)

// rebuild is retrieve for archives that give no Part 10 objects: each object is
// made of its metadata, its frames and the bulk data that the metadata refers to.
func (c *Client) rebuild(ctx context.Context, path []string, each func(io.Reader) error) error {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: append(path, "metadata"), accept: jsonType})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	headers, err := all(c.streamRaw(resp))
	if err != nil {
		return err
	}
	if len(headers) == 0 {
		return c.fault(ErrNotFound, nil)
	}
	for _, raw := range headers {
		b := builder{client: c, base: resp.Request.URL, left: maxObject}
		f, err := b.file(ctx, raw)
		if err != nil {
			return err
		}
		if err := piped(f, each); err != nil {
			return err
		}
	}
	return nil
}

// piped gives each the file as it is written.
func piped(f *dicom.File, each func(io.Reader) error) error {
	r, w := io.Pipe()
	ended := make(chan struct{})
	go func() {
		w.CloseWithError(f.Write(w))
		close(ended)
	}()
	err := each(r)
	r.Close()
	<-ended
	return err
}

// builder puts one object together.
type builder struct {
	client     *Client
	base       *url.URL // of the metadata: relative references start there (RFC 3986 5)
	left       int64    // bytes that may still be fetched
	references int
}

func (b *builder) file(ctx context.Context, raw json.RawMessage) (*dicom.File, error) {
	d, err := dataSet(raw)
	if err != nil {
		return nil, b.client.fault(ErrGarbled, err)
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, b.client.fault(ErrGarbled, errNoJSON)
	}
	f := &dicom.File{DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}
	// Frames are asked for whatever the metadata says of pixel data: Orthanc 1.10
	// leaves compressed ones out, dcm4chee had no BulkDataURI there (dcm4chee-arc
	// issue 531).
	pictured := d.Has(dicom.Rows) && d.Has(dicom.Columns)
	if pictured {
		delete(given, dicom.PixelData.Hex())
	}
	if err := b.fill(ctx, d, given, 0); err != nil {
		return nil, err
	}
	for _, e := range slices.Collect(d.All()) {
		if e.Tag.Group() == 0x0002 { // static-wado tells the transfer syntax so
			d.Remove(e.Tag)
		}
	}
	if pictured {
		d.Remove(dicom.PixelData)
		return f, b.pictures(ctx, f)
	}
	return f, nil
}

// fill fetches what the attributes of d refer to.
func (b *builder) fill(ctx context.Context, d *dicom.DataSet, given map[string]json.RawMessage, depth int) error {
	for key, raw := range given {
		t, a := tagOf(key), attributeOf(key, raw)
		if t == 0 || depth > mendDepth {
			continue
		}
		if a.BulkDataURI != "" {
			value, err := b.value(ctx, a.BulkDataURI)
			if err != nil {
				return err
			}
			d.Put(dicom.Element{Tag: t, VR: dicom.VR(a.VR), Raw: value})
			continue
		}
		items := d.Items(t)
		if len(items) != len(a.Value) {
			continue // values are no items
		}
		for i, item := range a.Value {
			var inner map[string]json.RawMessage
			if json.Unmarshal(item, &inner) != nil {
				continue
			}
			if err := b.fill(ctx, items[i], inner, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// value fetches bulk data (PS3.18 10.4.1.1.5), an even number of bytes.
func (b *builder) value(ctx context.Context, uri string) ([]byte, error) {
	if b.references++; b.references > maxReferences {
		return nil, b.client.fault(ErrGarbled, fmt.Errorf("an object refers to more than %d values", maxReferences))
	}
	value, err := b.client.bulk(ctx, b.base, uri, b.left)
	b.left -= int64(len(value))
	if len(value)%2 == 1 {
		value = append(value, 0)
	}
	return value, err
}

// bulk fetches what uri names, most bytes at the most. Archives send it alone
// or as the only part (dcmjs dicomweb-client pull 48).
func (c *Client) bulk(ctx context.Context, base *url.URL, uri string, most int64) (value []byte, err error) {
	address, err := c.within(base, uri)
	if err != nil {
		return nil, err
	}
	r := request{method: http.MethodGet, address: address, accept: `multipart/related; type="application/octet-stream"`}
	resp, err := c.send(ctx, r)
	if errors.Is(err, ErrUnsupported) {
		r.accept = "*/*"
		resp, err = c.send(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	err = c.bodies(resp, "", func(_ textproto.MIMEHeader, r io.Reader) error {
		if value != nil {
			return c.fault(ErrGarbled, errors.New("bulk data has more than one part"))
		}
		value, err = c.readBounded(r, most)
		return err
	})
	return value, err
}

// within is the address that uri names. The login goes to the archive only, so
// that an address of another host is asked for at the archive's own, where it
// lies below the same resource: behind a proxy archives name a host that only
// they know (OHIF Viewers issue 1602).
func (c *Client) within(base *url.URL, uri string) (*url.URL, error) {
	ref, err := url.Parse(uri)
	if err != nil {
		return nil, c.fault(ErrGarbled, errors.New("the address of bulk data is none"))
	}
	address := base.ResolveReference(ref)
	if address.Scheme == c.base.Scheme && address.Host == c.base.Host && address.User == nil {
		return address, nil
	}
	_, below, found := strings.Cut(address.EscapedPath(), "/studies/")
	if !found {
		return nil, c.fault(ErrUnsupported, errors.New("bulk data lies on another host"))
	}
	own := c.base.JoinPath("studies", below)
	own.RawQuery = address.RawQuery
	return own, nil
}

// pictures fetches all frames of f.
func (b *builder) pictures(ctx context.Context, f *dicom.File) error {
	study, series, instance := f.UID(dicom.StudyInstanceUID), f.UID(dicom.SeriesInstanceUID), f.UID(dicom.SOPInstanceUID)
	var frames [][]byte
	var syntax dicom.UID
	for first, total := 1, f.IntOr(dicom.NumberOfFrames, 1); first <= total; first += framesAtOnce {
		err := b.client.Frames(ctx, study, series, instance, numbers(first, min(first+framesAtOnce-1, total)), func(fr Frame) error {
			if syntax != "" && fr.TransferSyntax != syntax {
				return b.client.fault(ErrGarbled, errors.New("frames of one object have several transfer syntaxes"))
			}
			syntax = fr.TransferSyntax
			pixels, err := b.client.readBounded(fr, b.left)
			b.left -= int64(len(pixels))
			frames = append(frames, pixels)
			return err
		})
		if err != nil {
			return err
		}
	}
	f.TransferSyntax = syntax
	switch {
	case syntax == dicom.ImplicitVRLittleEndian, syntax == dicom.ExplicitVRLittleEndian:
		f.TransferSyntax = dicom.ExplicitVRLittleEndian
		f.SetPixelData(frames...)
	case dicom.Decodable(syntax):
		f.SetEncodedFrames(frames...)
	default:
		return b.client.fault(ErrUnsupported, errors.New("frames have a transfer syntax that is not known here"))
	}
	return nil
}

func numbers(first, last int) []int {
	var list []int
	for n := first; n <= last; n++ {
		list = append(list, n)
	}
	return list
}
