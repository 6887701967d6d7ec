package dimse

import (
	"context"
	"errors"
	"fmt"
	"io"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// Retrieve fetches the objects of a study, or of one of its series when series
// is not empty: by C-GET, or by C-MOVE to Receiver. each gets one object after the
// other as it comes in, a Part 10 stream whose data set is as it was sent; it may
// leave it half read. An error of each ends the retrieval and is returned as it
// is. ErrPartial means that the objects each has seen to their end are good and
// others are lacking.
func (c *Client) Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error {
	return c.retrieve(ctx, wanted{study: study, series: series}, each)
}

// RetrieveInstance is Retrieve for a single object.
func (c *Client) RetrieveInstance(ctx context.Context, study, series, instance dicom.UID, each func(io.Reader) error) error {
	return c.retrieve(ctx, wanted{study, series, instance}, each)
}

func (c *Client) retrieve(ctx context.Context, w wanted, each func(io.Reader) error) error {
	err := c.bring(ctx, w, each)
	var status *StatusError
	if errors.As(err, &status) && ctx.Err() == nil {
		// Some archives fail when they do not have what is asked for.
		if _, missing := c.Study(ctx, w.study); errors.Is(missing, node.ErrNotFound) {
			return missing
		}
	}
	return err
}

// bring fetches in the way that is set or that works.
func (c *Client) bring(ctx context.Context, w wanted, each func(io.Reader) error) error {
	if c.method() == Move {
		return c.move(ctx, w, each)
	}
	err := c.get(ctx, w, each)
	if c.Options.Retrieve != Auto || c.Receiver == nil || !errors.Is(err, errNotOffered) && !errors.Is(err, errUnfetched) {
		return err
	}
	if errors.Is(err, errNotOffered) {
		c.mu.Lock()
		c.noGet = true
		c.mu.Unlock()
	}
	return c.move(ctx, w, each)
}

func (c *Client) method() Method {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.noGet {
		return Move
	}
	return c.Options.Retrieve
}

// get fetches by C-GET (PS3.4 C.4.3), on as many associations as the SOP classes
// need: each brings what its contexts can carry.
func (c *Client) get(ctx context.Context, w wanted, each func(io.Reader) error) error {
	rounds, err := c.rounds(ctx, w)
	if err != nil {
		return err
	}
	var sum tally
	for _, contexts := range rounds {
		t, err := c.getOnce(ctx, w, contexts, each)
		if err != nil {
			return err
		}
		t.received += sum.received
		if sum = t; sum.total() > 0 && sum.received >= sum.total() {
			break
		}
	}
	return sum.verdict(c.Name)
}

// rounds are the contexts to fetch w with, by what the archive says it consists of.
func (c *Client) rounds(ctx context.Context, w wanted) ([][]ul.Context, error) {
	c.mu.Lock()
	classes := c.classes[w.instance]
	if classes == nil {
		classes = c.classes[w.series]
	}
	c.mu.Unlock()
	if classes != nil {
		return receiving(classes), nil
	}
	found, err := c.below(ctx, imageIdentifier(w), dicom.SOPInstanceUID)
	switch {
	case errors.Is(err, node.ErrUnsupported), errors.Is(err, node.ErrServer):
		return receivingAny(), nil // it sends what it does not list
	case err != nil:
		return nil, err
	case len(found) == 0:
		return receivingAny(), nil
	}
	if classes = classesOf(found); classes == nil {
		return receivingAny(), nil
	}
	if w.series != "" && w.instance == "" {
		c.remember(w.series, found)
	}
	return receiving(classes), nil
}

// tally is what came of a retrieval.
type tally struct {
	Suboperations // as the archive counts at the end; zero when it does not
	received      int
	status        Status
}

// total is how many objects the archive tried to send.
func (t tally) total() int { return int(t.Completed) + int(t.Failed) + int(t.Warning) }

// errUnfetched says that the archive wanted to send, and nothing came.
var errUnfetched = errors.New("nothing of it came")

// verdict says whether all came that the archive has. What came is believed more
// than what was said about it.
func (t tally) verdict(name string) error {
	total := t.total()
	switch {
	case t.received > 0 && t.received >= total && (total > 0 || t.status == Success):
		return nil
	case t.received == 0 && total == 0 && t.status == Success:
		return &node.Error{Node: name, Kind: node.ErrNotFound}
	case t.received == 0 && total > 0:
		return &node.Error{Node: name, Kind: node.ErrPartial, Cause: fmt.Errorf("%w of %d objects", errUnfetched, total)}
	case t.received < total:
		return &node.Error{Node: name, Kind: node.ErrPartial, Cause: fmt.Errorf("%d of %d objects did not come", total-t.received, total)}
	}
	return t.status.fault(name, ofRetrieve)
}

// getOnce sends one C-GET request and takes what comes.
func (c *Client) getOnce(ctx context.Context, w wanted, contexts []ul.Context, each func(io.Reader) error) (t tally, err error) {
	classes := exactClasses(contexts)
	n := purpose{service: []dicom.UID{StudyRootGet}, objects: classes}
	if classes == nil {
		n.objects = []dicom.UID{""} // of which no kept association knows
	}
	err = c.on(ctx, n, func() (*dialogue, error) {
		contexts := append([]ul.Context{{AbstractSyntax: StudyRootGet, TransferSyntaxes: plainSyntaxes}}, contexts...)
		d, err := c.open(ctx, contexts)
		if err == nil {
			d.brings = classes
		}
		return d, err
	}, func(d *dialogue) error {
		service, err := d.service(StudyRootGet)
		if err != nil {
			return err
		}
		q := &Command{Field: CGetRQ, AffectedSOPClassUID: service.AbstractSyntax}
		if err := d.ask(ctx, service, q, w.identifier()); err != nil {
			return err
		}
		t, err = d.take(ctx, q, string(c.CalledAE), each)
		return err
	})
	return t, err
}

// take receives the objects of a C-GET until its last response.
func (d *dialogue) take(ctx context.Context, q *Command, source string, each func(io.Reader) error) (t tally, err error) {
	for {
		m, err := d.receive(ctx)
		switch {
		case err == io.EOF:
			return t, d.fault(node.ErrPartial, errors.New("it ended the association before the last object"))
		case err != nil:
			return t, err
		case m.Field == CStoreRQ:
			if err := d.deliver(ctx, m, source, each); err != nil {
				return t, err
			}
			t.received++
		case m.Field != q.Field|response || m.RespondedTo != q.MessageID:
			return t, d.garbled("message %04XH in the middle of a C-GET", uint16(m.Field))
		case m.Status.Class() != ClassPending:
			t.status = m.Status
			if m.Suboperations != nil {
				t.Suboperations = *m.Suboperations
			}
			return t, nil
		}
	}
}

// deliver hands a sent object to each and says to its sender that it came.
func (d *dialogue) deliver(ctx context.Context, m *message, source string, each func(io.Reader) error) error {
	if m.data == nil {
		return d.garbled("a C-STORE without an object")
	}
	o, err := newObject(m, source)
	if err != nil {
		return err
	}
	if err := each(o); err != nil {
		return err
	}
	if err := m.drain(); err != nil {
		return err
	}
	return d.respond(ctx, m, Command{Status: Success}, nil)
}
