package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"eris/dicom"
	"eris/sync/node"
)

// Store sends Part 10 objects (STOW-RS, PS3.18 10.5), each read to its end
// when its turn comes. An error from objects ends the sending and is returned.
// Objects that the archive refused are in the answer, not in the error.
func (c *Client) Store(ctx context.Context, objects iter.Seq2[io.Reader, error]) (node.Stored, error) {
	body, pipe := io.Pipe()
	parts := multipart.NewWriter(pipe)
	sent := make(chan error, 1)
	go func() {
		err := writeParts(parts, objects)
		pipe.CloseWithError(err)
		sent <- err
	}()
	stored, err := c.store(ctx, body, parts.Boundary())
	body.CloseWithError(errAnswered) // an archive that answers early leaves the writer waiting
	if own := <-sent; own != nil && !errors.Is(own, errAnswered) && !errors.Is(own, io.ErrClosedPipe) {
		return stored, own
	}
	return stored, err
}

var errAnswered = errors.New("the archive has answered")

func (c *Client) store(ctx context.Context, body io.Reader, boundary string) (node.Stored, error) {
	resp, err := c.sendAny(ctx, request{method: http.MethodPost, path: []string{"studies"}, accept: jsonType,
		contentType: `multipart/related; type="application/dicom"; boundary=` + boundary, body: body})
	if err != nil {
		return node.Stored{}, err
	}
	defer resp.Body.Close()
	// PS3.18 10.5.3.1: 409 says that none was taken, and why.
	if err := c.statusFault(resp.StatusCode); err != nil && resp.StatusCode != http.StatusConflict {
		return node.Stored{}, err
	}
	list, err := c.readJSON(resp)
	if err != nil {
		return node.Stored{}, err
	}
	var s node.Stored
	for _, d := range list {
		add(&s, d)
	}
	return s, nil
}

func add(s *node.Stored, d *dicom.DataSet) {
	for _, item := range d.Items(dicom.ReferencedSOPSequence) {
		s.Taken = append(s.Taken, referenceOf(item))
	}
	for _, item := range d.Items(dicom.FailedSOPSequence) {
		s.Failed = append(s.Failed, node.StoreFailure{Reference: referenceOf(item), Reason: item.IntOr(dicom.FailureReason, 0)})
	}
}

func referenceOf(item *dicom.DataSet) node.Reference {
	return node.Reference{SOPClassUID: item.UID(dicom.ReferencedSOPClassUID), SOPInstanceUID: item.UID(dicom.ReferencedSOPInstanceUID)}
}

func writeParts(parts *multipart.Writer, objects iter.Seq2[io.Reader, error]) error {
	n := 0
	for object, err := range objects {
		if err != nil {
			return fmt.Errorf("object %d to send: %w", n+1, err)
		}
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, object); err != nil {
			return err
		}
		n++
	}
	return parts.Close()
}
