package dicomweb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"eris/dicom"
	"eris/sync/dicomweb"
)

// worklist is a server with one workitem, after PS3.18 11 and the state table
// PS3.4 CC.1.1-2. It answers wrong transaction UIDs with bad, which is 400 in
// PS3.18 Table 11.7.3-1, and in practice 409 too.
type worklist struct {
	t           *testing.T
	bad         int
	state       string
	transaction string
	progress    string
	reason      string
}

const workitem = "2.25.70"

// said is an attribute of a request's payload: a list with one data set.
func (l *worklist) said(r *http.Request, tag string) string {
	var sets []map[string]struct{ Value []any }
	b, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(b, &sets) != nil || len(sets) != 1 {
		l.t.Errorf("payload %q", b)
		return ""
	}
	if kind := r.Header.Get("Content-Type"); kind != "application/dicom+json" || r.ContentLength != int64(len(b)) {
		l.t.Errorf("%s of %d bytes, said to be %d", kind, len(b), r.ContentLength)
	}
	values := map[string]string{}
	for tag, a := range sets[0] {
		if len(a.Value) > 0 {
			values[tag] = fmt.Sprint(a.Value[0])
		}
	}
	l.progress, l.reason = values["00741204"], values["00741238"]
	if tag == "00081195" {
		return values[tag]
	}
	return values[tag] + "|" + values["00081195"]
}

func (l *worklist) refuse(w http.ResponseWriter, words string) {
	w.Header().Set("Warning", "299 worklist: "+words)
	w.WriteHeader(l.bad)
}

func (l *worklist) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const path = "/workitems/" + workitem
	switch r.Method + " " + r.URL.Path {
	case "GET /workitems":
		if q := r.URL.Query(); q.Get("00741000") != "" && q.Get("00741000") != l.state || q.Get("offset") != "0" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, "[%s]", l.dataSet())
	case "GET " + path:
		fmt.Fprintf(w, "[%s]", l.dataSet())
	case "PUT " + path + "/state":
		l.change(w, l.said(r, "00741000"))
	case "POST " + path:
		l.update(w, r)
	case "POST " + path + "/cancelrequest":
		if l.said(r, ""); l.state != "IN PROGRESS" {
			w.WriteHeader(http.StatusConflict)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// dataSet is the workitem; the transaction UID is the owner's (PS3.18 11.5.3.3).
func (l *worklist) dataSet() string {
	return fmt.Sprintf(`{"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.34.6.1"]},"00080018":{"vr":"UI","Value":[%q]},
		"00100010":{"vr":"PN","Value":[{"Alphabetic":"Образцова^Мария"}]},"00100020":{"vr":"LO","Value":["T-1"]},
		"00404005":{"vr":"DT","Value":["20261111101500.000+0300"]},"00404041":{"vr":"CS","Value":["READY"]},
		"0040A370":{"vr":"SQ","Value":[{"00080050":{"vr":"SH","Value":["A-1"]},"0020000D":{"vr":"UI","Value":["2.25.1"]}}]},
		"00741000":{"vr":"CS","Value":[%q]},"00741200":{"vr":"CS","Value":["HIGH"]},"00741202":{"vr":"LO","Value":["Second reading"]},
		"00741204":{"vr":"LO","Value":["CT chest"]}}`, workitem, l.state)
}

// change is PS3.4 Table CC.1.1-2.
func (l *worklist) change(w http.ResponseWriter, said string) {
	state, transaction, _ := strings.Cut(said, "|")
	switch {
	case transaction == "":
		l.refuse(w, "The Transaction UID is missing.")
	case state == l.state && (state == "COMPLETED" || state == "CANCELED"):
		l.refuse(w, "The UPS is already in the requested state of "+state+".")
	case state == "IN PROGRESS" && l.state == "SCHEDULED":
		l.state, l.transaction = state, transaction
	case state == "IN PROGRESS", l.state != "IN PROGRESS":
		l.refuse(w, "The submitted request is inconsistent with the state of the UPS Instance.")
	case transaction != l.transaction:
		l.refuse(w, "The Transaction UID is incorrect.")
	default:
		l.state = state
	}
}

// update takes the transaction UID in any of the forms that servers read.
func (l *worklist) update(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(r.URL.RawQuery, "&")
	inside := l.said(r, "00081195")
	if named := r.URL.Query().Get("transaction-uid"); named != inside || strings.TrimSuffix(first, "=") != inside {
		l.t.Errorf("transaction UID %q in the payload, %q in the query", inside, r.URL.RawQuery)
	}
	switch {
	case l.state == "IN PROGRESS" && inside != l.transaction:
		l.refuse(w, "The target URI did not reference a claimed Workitem.")
	case l.state == "COMPLETED" || l.state == "CANCELED":
		l.refuse(w, "The submitted request is inconsistent with the current state of the Workitem.")
	}
}

func TestAWorkitemFromClaimToEnd(t *testing.T) {
	for _, bad := range []int{http.StatusBadRequest, http.StatusConflict} {
		l := &worklist{t: t, bad: bad, state: "SCHEDULED"}
		c := client(t, dicomweb.Options{URL: scripted(t, l.ServeHTTP)})
		var found []dicomweb.Workitem
		for w, err := range c.FindWorkitems(t.Context(), dicomweb.WorkitemQuery{State: dicomweb.Scheduled}) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, w)
		}
		if len(found) != 1 {
			t.Fatalf("%d workitems", len(found))
		}
		w := found[0]
		if w.UID != workitem || w.State != dicomweb.Scheduled || w.Label != "CT chest" || w.WorklistLabel != "Second reading" || w.Priority != "HIGH" ||
			w.Readiness != "READY" || w.Date.DICOM() != "20261111" || w.Time.Clock() != "10:15" || w.Patient.PatientID != "T-1" ||
			w.Patient.PatientName.Display() != "Образцова Мария" || w.StudyInstanceUID != "2.25.1" || w.AccessionNumber != "A-1" {
			t.Errorf("%+v", w)
		}
		mine, theirs := dicomweb.NewClaim(w.UID), dicomweb.NewClaim(w.UID)
		set := func(claim dicomweb.Claim, state dicomweb.WorkitemState, want error) {
			t.Helper()
			if err := c.SetWorkitemState(t.Context(), claim, state); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", state, err, want)
			}
		}
		changes := dicom.NewDataSet()
		changes.SetString(0x00741204, "CT chest, read")
		update := func(claim dicomweb.Claim, want error) {
			t.Helper()
			if err := c.UpdateWorkitem(t.Context(), claim, changes); !errors.Is(err, want) {
				t.Errorf("update: %v, want %v", err, want)
			}
		}
		if err := c.RequestCancellation(t.Context(), w.UID, ""); !errors.Is(err, dicomweb.ErrConflict) {
			t.Errorf("cancelling what nobody does: %v", err)
		}
		set(mine, dicomweb.Completed, dicomweb.ErrConflict)
		set(mine, dicomweb.InProgress, nil)
		set(theirs, dicomweb.InProgress, dicomweb.ErrConflict)
		set(theirs, dicomweb.Completed, dicomweb.ErrConflict)
		update(theirs, dicomweb.ErrConflict)
		update(mine, nil)
		if l.progress != "CT chest, read" || changes.Len() != 1 && changes.Len() != 2 {
			t.Errorf("progress %q, %d attributes", l.progress, changes.Len())
		}
		if err := c.RequestCancellation(t.Context(), w.UID, "Ошибка в заявке"); err != nil || l.reason != "Ошибка в заявке" {
			t.Errorf("reason %q, %v", l.reason, err)
		}
		set(mine, dicomweb.Completed, nil)
		set(mine, dicomweb.Completed, nil) // the answer may have got lost
		update(mine, dicomweb.ErrConflict)
		if w, err := c.Workitem(t.Context(), w.UID); err != nil || w.State != dicomweb.Completed {
			t.Errorf("%s, %v", w.State, err)
		}
		if _, err := c.Workitem(t.Context(), "2.25.71"); !errors.Is(err, dicomweb.ErrNotFound) {
			t.Errorf("a workitem that is not there: %v", err)
		}
	}
}
