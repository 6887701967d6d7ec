package dimse

import (
	"context"
	"errors"
	"time"

	"eris/dicom"
	"eris/sync/node"
)

// Events and actions of storage commitment (PS3.4 J.3).
const (
	actionCommit   = 1
	eventCommitted = 1
	eventFailures  = 2
)

// Commitment is what an archive says about objects it was asked to answer for
// (PS3.4 J.3.3): Taken are safe there, Failed are not.
type Commitment struct {
	TransactionUID dicom.UID
	Source         string // the AE title of the archive
	node.Stored
}

// Commit asks the archive to answer for objects (storage commitment, N-ACTION) and
// waits up to wait for the result on the same association. known is false when the
// archive took the request and has not answered yet: the result comes to
// Server.Committed with the same transaction, perhaps days later, so transaction
// must be kept before. It is a new UID for each request.
func (c *Client) Commit(ctx context.Context, transaction dicom.UID, objects []node.Reference, wait time.Duration) (result Commitment, known bool, err error) {
	d, service, err := c.serve(ctx, StorageCommitment)
	if err != nil {
		return Commitment{}, false, err
	}
	defer d.end(ctx)
	q := &Command{Field: NActionRQ, RequestedSOPClassUID: StorageCommitment, RequestedSOPInstanceUID: commitmentInstanceUID, ActionTypeID: actionCommit}
	if err := d.ask(ctx, service, q, commitRequest(transaction, objects)); err != nil {
		return Commitment{}, false, err
	}
	waiting := ctx
	for answered := false; !answered || !known; { // the event may come before the answer
		m, err := d.receive(waiting)
		switch {
		case err != nil && answered && ctx.Err() == nil:
			return Commitment{}, false, nil
		case err != nil:
			return Commitment{}, false, err
		case m.Field == NEventReportRQ:
			result, err = d.event(ctx, m, transaction)
			known = true
		case m.Field == NActionRQ|response && m.RespondedTo == q.MessageID:
			err = m.Status.fault(c.Name, ofNormalized)
			answered = true
			var cancel context.CancelFunc
			waiting, cancel = context.WithTimeoutCause(ctx, wait, errNotYet)
			defer cancel()
		default:
			err = d.garbled("message %04XH in a storage commitment", uint16(m.Field))
		}
		if err != nil {
			return Commitment{}, false, err
		}
	}
	return result, known, nil
}

// errNotYet ends the waiting for a result.
var errNotYet = errors.New("no result yet")

// event reads a result and acknowledges it.
func (d *dialogue) event(ctx context.Context, m *message, transaction dicom.UID) (Commitment, error) {
	set, err := d.dataSet(m)
	if err != nil {
		return Commitment{}, err
	}
	if set == nil || set.UID(dicom.TransactionUID) != transaction {
		return Commitment{}, d.garbled("the result of another transaction")
	}
	return commitmentOf(set, d.CalledAE()), d.respond(ctx, m, Command{Status: Success, EventTypeID: m.EventTypeID}, nil)
}

// commitRequest is PS3.4 Table J.3-1.
func commitRequest(transaction dicom.UID, objects []node.Reference) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.TransactionUID, transaction)
	d.SetItems(dicom.ReferencedSOPSequence, referenceItems(objects)...)
	return d
}

func referenceItems(list []node.Reference) []*dicom.DataSet {
	items := make([]*dicom.DataSet, len(list))
	for i, r := range list {
		items[i] = dicom.NewDataSet()
		items[i].SetUID(dicom.ReferencedSOPClassUID, r.SOPClassUID)
		items[i].SetUID(dicom.ReferencedSOPInstanceUID, r.SOPInstanceUID)
	}
	return items
}

func referenceOf(item *dicom.DataSet) node.Reference {
	return node.Reference{SOPClassUID: item.UID(dicom.ReferencedSOPClassUID), SOPInstanceUID: item.UID(dicom.ReferencedSOPInstanceUID)}
}

// commitmentOf reads PS3.4 Table J.3-2.
func commitmentOf(d *dicom.DataSet, source string) Commitment {
	c := Commitment{TransactionUID: d.UID(dicom.TransactionUID), Source: source}
	for _, item := range d.Items(dicom.ReferencedSOPSequence) {
		c.Taken = append(c.Taken, referenceOf(item))
	}
	for _, item := range d.Items(dicom.FailedSOPSequence) {
		c.Failed = append(c.Failed, node.StoreFailure{Reference: referenceOf(item), Reason: item.IntOr(dicom.FailureReason, 0)})
	}
	return c
}
