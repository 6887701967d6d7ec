package dicomweb

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"eris/dicom"
	"eris/sync/node"
)

// WorkitemQuery chooses workitems; empty fields do not filter.
type WorkitemQuery struct {
	State         WorkitemState
	WorklistLabel string
	Priority      string
	PatientID     string
	Start         string // a range of DT, e.g. "20261111-20261112" (PS3.4 C.2.2.2.5)
	Limit         int    // at most so many; 0 is all
}

// FindWorkitems finds workitems (UPS-RS, PS3.18 11.9) and hands each on as it
// comes in. An error comes last.
func (c *Client) FindWorkitems(ctx context.Context, q WorkitemQuery) iter.Seq2[Workitem, error] {
	query := include(url.Values{}, procedureStepState, procedureStepLabel, worklistLabel, stepPriority, scheduledStart,
		inputReadinessState, referencedRequest, dicom.StudyInstanceUID, dicom.PatientID, dicom.PatientName, dicom.PatientBirthDate, dicom.PatientSex)
	for t, value := range map[dicom.Tag]string{procedureStepState: string(q.State), worklistLabel: q.WorklistLabel,
		stepPriority: q.Priority, dicom.PatientID: q.PatientID, scheduledStart: q.Start} {
		if value != "" {
			query.Set(t.Hex(), value)
		}
	}
	return func(yield func(Workitem, error) bool) {
		for d, err := range c.find(ctx, search{path: []string{"workitems"}, query: query, key: dicom.SOPInstanceUID, limit: q.Limit}) {
			if err != nil {
				yield(Workitem{}, err)
				return
			}
			if !yield(workitemOf(d), nil) {
				return
			}
		}
	}
}

// Workitem fetches one workitem (PS3.18 11.5). Errors: ErrNotFound.
func (c *Client) Workitem(ctx context.Context, uid dicom.UID) (Workitem, error) {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: []string{"workitems", string(uid)}, accept: jsonType})
	if err != nil {
		return Workitem{}, err
	}
	defer resp.Body.Close()
	list, err := c.dataSets(resp)
	if err != nil {
		return Workitem{}, err
	}
	if len(list) != 1 {
		return Workitem{}, c.fault(ErrNotFound, nil)
	}
	w := workitemOf(list[0])
	if w.UID == "" {
		w.UID = uid // the address has said it
	}
	return w, nil
}

// SetWorkitemState claims a workitem with InProgress, and ends one that was
// claimed with Completed or Canceled (PS3.18 11.7). One that is in the state
// already stays, so that an answer that got lost does no harm. Errors:
// ErrConflict when the workitem is another's or its state does not allow it.
func (c *Client) SetWorkitemState(ctx context.Context, claim Claim, state WorkitemState) error {
	d := dicom.NewDataSet()
	d.SetUID(transactionUID, claim.TransactionUID)
	d.SetString(procedureStepState, string(state))
	return c.changeWorkitem(ctx, request{method: http.MethodPut, path: []string{"workitems", string(claim.Workitem), "state"}}, d)
}

// UpdateWorkitem changes attributes of a workitem (PS3.18 11.6). The transaction
// UID of the claim is left empty for one that nobody has claimed. Errors:
// ErrConflict.
func (c *Client) UpdateWorkitem(ctx context.Context, claim Claim, changes *dicom.DataSet) error {
	r := request{method: http.MethodPost, path: []string{"workitems", string(claim.Workitem)}}
	if claim.TransactionUID != "" {
		// The standard writes ?{transaction-uid}, which is read as a bare UID and as
		// a named parameter; dcm4chee wants it among the attributes (dcm4chee-arc
		// issue 2767). Each ignores what it does not know (PS3.18 8.3.2).
		r.query = url.Values{string(claim.TransactionUID): {""}, "transaction-uid": {string(claim.TransactionUID)}}
		sent := dicom.NewDataSet()
		for e := range changes.All() {
			sent.CopyFrom(changes, e.Tag)
		}
		sent.SetUID(transactionUID, claim.TransactionUID)
		changes = sent
	}
	return c.changeWorkitem(ctx, r, changes)
}

// RequestCancellation asks the owner of a workitem to cancel it (PS3.18 11.8);
// whether that happens is for its state to say later. Errors: ErrConflict.
func (c *Client) RequestCancellation(ctx context.Context, workitem dicom.UID, reason string) error {
	d := dicom.NewDataSet()
	if reason != "" {
		d.SetString(reasonForCancelation, reason)
	}
	return c.changeWorkitem(ctx, request{method: http.MethodPost, path: []string{"workitems", string(workitem), "cancelrequest"}}, d)
}

func (c *Client) changeWorkitem(ctx context.Context, r request, d *dicom.DataSet) error {
	b, err := json.Marshal([]*dicom.DataSet{d})
	if err != nil {
		return err
	}
	r.accept = jsonType
	resp, err := c.sendAny(ctx, r.withJSON(b))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxPreamble)) // so that the connection can be used again
	return c.workitemFault(resp)
}

// workitemFault reads the words that PS3.18 11.6.3.2 and 11.7.3.2 have for
// failures, which servers answer with 400 as well as with 409.
func (c *Client) workitemFault(resp *http.Response) error {
	words := strings.ToLower(strings.Join(resp.Header.Values("Warning"), " "))
	switch {
	case resp.StatusCode == http.StatusBadRequest, resp.StatusCode == http.StatusConflict:
	default:
		return c.statusFault(resp.StatusCode)
	}
	switch {
	case strings.Contains(words, "already in the requested state"):
		return nil
	case strings.Contains(words, "transaction uid"), strings.Contains(words, "inconsistent"), strings.Contains(words, "claimed"):
		return &node.Error{Node: c.Name, Kind: ErrConflict, Status: resp.StatusCode}
	}
	return c.statusFault(resp.StatusCode)
}
