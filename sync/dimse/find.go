package dimse

import (
	"context"
	"fmt"
	"iter"
	"time"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// maxResults bounds what one question may bring.
const maxResults = 200_000

// negotiated is the extended negotiation for a class (PS3.4 C.5.1.1): relational
// queries, date and time taken together, names by sound, time zones.
func (c *Client) negotiated(class dicom.UID) (info []byte, ok bool) {
	fuzzy := byte(0)
	if c.Fuzzy {
		fuzzy = 1
	}
	switch class {
	case StudyRootFind, PatientRootFind:
		return []byte{1, 0, fuzzy}, true
	}
	return nil, false
}

// Find asks one question in an information model (C-FIND, PS3.4 C.4.1): for
// example StudyRootFind with an identifier that names its QueryRetrieveLevel. It
// gives the answers as they come; when the caller stops or ctx ends, the archive is
// told to stop (C-CANCEL). After an error nothing more comes.
func (c *Client) Find(ctx context.Context, model dicom.UID, identifier *dicom.DataSet) iter.Seq2[*dicom.DataSet, error] {
	return func(yield func(*dicom.DataSet, error) bool) {
		d, service, err := c.serve(ctx, model)
		if err != nil {
			yield(nil, err)
			return
		}
		defer d.end(ctx)
		for answer, err := range d.find(ctx, service, identifier) {
			if !yield(answer, err) {
				return
			}
		}
	}
}

// find asks on an open association, which can be used again afterwards.
func (d *dialogue) find(ctx context.Context, service ul.Context, identifier *dicom.DataSet) iter.Seq2[*dicom.DataSet, error] {
	return func(yield func(*dicom.DataSet, error) bool) {
		q := &Command{Field: CFindRQ, AffectedSOPClassUID: service.AbstractSyntax}
		if err := d.ask(ctx, service, q, identifier); err != nil {
			yield(nil, err)
			return
		}
		for n := 1; ; n++ {
			answer, err := d.answer(ctx, q)
			switch {
			case err == nil && answer == nil:
				return
			case err == nil && n > maxResults:
				err = d.garbled("more than %d answers", maxResults)
			case err != nil && ctx.Err() != nil:
				d.cancel(ctx, service, q)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(answer, nil) {
				d.cancel(ctx, service, q)
				return
			}
		}
	}
}

// answer waits for the next answer; nil after the last.
func (d *dialogue) answer(ctx context.Context, q *Command) (*dicom.DataSet, error) {
	m, err := d.response(ctx, q)
	if err != nil {
		return nil, err
	}
	if m.Status.Class() != ClassPending {
		return nil, m.Status.fault(d.node, ofFind)
	}
	if m.data == nil {
		return nil, d.garbled("an answer without a data set")
	}
	return d.dataSet(m)
}

// patience is how long a peer may go on after C-CANCEL.
const patience = 2 * time.Second

// cancel asks the peer to stop (PS3.7 9.3.2.3) and waits for it. When it goes on,
// the association is aborted.
func (d *dialogue) cancel(ctx context.Context, service ul.Context, q *Command) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), patience, fmt.Errorf("no end after C-CANCEL"))
	defer cancel()
	stop := Command{Field: CCancelRQ, RespondedTo: q.MessageID}
	if err := d.SendMessage(ctx, service.ID, stop.Encode(), nil); err != nil {
		return
	}
	for {
		if d.open != nil {
			d.open.ctx = ctx // the one it came with may have ended
		}
		m, err := d.receive(ctx)
		if err != nil {
			d.Abort()
			return
		}
		if m.Field == q.Field|response && m.Status.Class() != ClassPending {
			return
		}
	}
}

// collect reads the answers to keep, each with another value of key; limit 0 is no
// limit. Archives name things twice now and then.
func collect(answers iter.Seq2[*dicom.DataSet, error], key dicom.Tag, limit int, keep func(*dicom.DataSet) bool) ([]*dicom.DataSet, error) {
	var list []*dicom.DataSet
	seen := map[dicom.UID]bool{}
	for d, err := range answers {
		if err != nil {
			return nil, err
		}
		uid := d.UID(key)
		if uid == "" || seen[uid] || !keep(d) {
			continue
		}
		seen[uid] = true
		if list = append(list, d); len(list) == limit {
			break
		}
	}
	return list, nil
}

func keepAll(*dicom.DataSet) bool { return true }

// notFound is the answer to a question about something by its identifier.
func (c *Client) notFound() error { return c.fault(node.ErrNotFound, nil) }
