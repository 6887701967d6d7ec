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
	return c.storeParts(ctx, objects, 0)
}

// storeParts sends objects as a multipart of length bytes, 0 when that is not known.
func (c *Client) storeParts(ctx context.Context, objects iter.Seq2[io.Reader, error], length int64) (node.Stored, error) {
	body, pipe := io.Pipe()
	parts := multipart.NewWriter(pipe)
	sent := make(chan error, 1)
	go func() {
		err := writeParts(parts, objects)
		pipe.CloseWithError(err)
		sent <- err
	}()
	stored, err := c.store(ctx, request{method: http.MethodPost, path: []string{"studies"}, accept: jsonType, body: body, length: length,
		contentType: `multipart/related; type="application/dicom"; boundary=` + parts.Boundary()})
	body.CloseWithError(errAnswered) // an archive that answers early leaves the writer waiting
	if own := <-sent; own != nil && !errors.Is(own, errAnswered) && !errors.Is(own, io.ErrClosedPipe) {
		return stored, own
	}
	return stored, err
}

var errAnswered = errors.New("the archive has answered")

func (c *Client) store(ctx context.Context, r request) (node.Stored, error) {
	resp, err := c.sendAny(ctx, r)
	if err != nil {
		return node.Stored{}, err
	}
	defer resp.Body.Close()
	// PS3.18 10.5.3.1: 409 says that none was taken, and why.
	if err := c.statusFault(resp.StatusCode); err != nil && resp.StatusCode != http.StatusConflict {
		return node.Stored{}, err
	}
	var s node.Stored
	list, err := c.dataSets(resp)
	for _, d := range list {
		add(&s, d)
	}
	return s, err
}

func add(s *node.Stored, d *dicom.DataSet) {
	for _, item := range d.Items(dicom.ReferencedSOPSequence) {
		s.Taken = append(s.Taken, referenceOf(item))
	}
	for _, t := range []dicom.Tag{dicom.FailedSOPSequence, otherFailuresSequence} {
		for _, item := range d.Items(t) {
			s.Failed = append(s.Failed, node.StoreFailure{Reference: referenceOf(item), Reason: item.IntOr(dicom.FailureReason, 0)})
		}
	}
}

// otherFailuresSequence holds objects that could not be told (PS3.18 Annex I.2).
const otherFailuresSequence dicom.Tag = 0x0008119A

func referenceOf(item *dicom.DataSet) node.Reference {
	return node.Reference{SOPClassUID: item.UID(dicom.ReferencedSOPClassUID), SOPInstanceUID: item.UID(dicom.ReferencedSOPInstanceUID)}
}

var objectHeader = textproto.MIMEHeader{"Content-Type": {"application/dicom"}}

func writeParts(parts *multipart.Writer, objects iter.Seq2[io.Reader, error]) error {
	n := 0
	for object, err := range objects {
		if err != nil {
			return fmt.Errorf("object %d to send: %w", n+1, err)
		}
		w, err := parts.CreatePart(objectHeader)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, object); err != nil {
			return fmt.Errorf("object %d to send: %w", n+1, err)
		}
		n++
	}
	return parts.Close()
}
