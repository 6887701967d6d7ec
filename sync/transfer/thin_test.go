package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
	"eris/sync/transfer"
)

// thin makes the node "north" one behind a thin link, fast enough for a test.
func thin(p *transfer.Params) {
	p.Limit = func(string) int64 { return 900 << 10 }
}

// picking is an archive that can name a picture.
type picking struct{ *archive }

func (p picking) Pick(ctx context.Context, study, _ dicom.UID, n int) (clinic.Instance, error) {
	o := p.objects[n]
	return clinic.Instance{StudyInstanceUID: study, SeriesInstanceUID: o.series, SOPInstanceUID: o.instance, Rows: 16},
		p.enter(ctx, fmt.Sprint("pick ", n))
}

// Over a thin link the first picture does not wait for the answers about the study,
// and it is the one in the middle by what is known before.
func TestTheFirstPictureComesWhileTheArchiveIsAsked(t *testing.T) {
	objects := ct(t, 1, 16, 9)
	c := openCache(t)
	if err := c.SaveStudies(t.Context(), []clinic.Study{{StudyInstanceUID: objects[0].study, Source: "north", ExpectedInstances: 9, NumberOfSeries: 1}}); err != nil {
		t.Fatal(err)
	}
	there := make(chan struct{})
	a := &archive{objects: objects}
	a.gate = func(ctx context.Context, request string) error {
		switch request {
		case "study " + string(objects[0].study):
			select {
			case <-there:
			case <-ctx.Done():
			}
		case "instance " + string(objects[4].instance):
			close(there)
		}
		return nil
	}
	b := engine(t, c, nil, thin, func(p *transfer.Params) {
		p.Archive = func(string) (transfer.Archive, error) { return picking{a}, nil }
	})
	b.run(t)
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study, Priority: transfer.Now}).ID, in(transfer.Done))
	b.holds(t, objects)
	for uid, n := range count(a.requests()) {
		if n > 1 {
			t.Errorf("%s was fetched %d times", uid, n)
		}
	}
	if got := a.requests(); !slices.Contains(got, "pick 4") || len(count(got)) != len(objects) {
		t.Errorf("requests %v", got)
	}
}

// keyObject is a selection of one instance as an object of its study.
func keyObject(t *testing.T, of object) object {
	t.Helper()
	f := evidence.KeyObject{Title: evidence.OfInterest, References: []clinic.Instance{{StudyInstanceUID: of.study,
		SeriesInstanceUID: of.series, SOPInstanceUID: of.instance, SOPClassUID: dicom.CTImageStorage, Rows: 1}}}.File(
		evidence.Header{Study: clinic.Study{StudyInstanceUID: of.study, Patient: clinic.Patient{PatientID: "T-1"}}, Made: time.Unix(0, 0)})
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return object{of.study, f.UID(dicom.SeriesInstanceUID), f.UID(dicom.SOPInstanceUID), b.Bytes(), "KO"}
}

// Over a thin link comes first what is needed first: the middle of each
// series, what was said about the pictures, the key images, then the rest from
// the middle outwards, and nothing twice.
func TestAThinLinkBringsTheDiagnosisFirst(t *testing.T) {
	objects := ct(t, 1, 16, 5, 4)
	key := objects[0]
	ko := keyObject(t, key)
	a := &archive{objects: append(slices.Clone(objects), ko)}
	b := engine(t, openCache(t), map[string]*archive{"north": a}, thin)
	b.run(t)
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: key.study, Priority: transfer.Now}).ID, in(transfer.Done))
	b.holds(t, a.objects)

	var order []string
	for _, r := range a.requests() {
		if what, uid, _ := strings.Cut(r, " "); what == "instance" || what == "series" {
			order = append(order, nameOf(a.objects, dicom.UID(uid)))
		}
	}
	if want := []string{"2", "7", "KO", "0"}; len(order) < 4 || !slices.Equal(order[:4], want) {
		t.Errorf("came as %v, want %v first", order, want)
	}
	if len(order) != len(a.objects) {
		t.Errorf("%d requests for %d objects: %v", len(order), len(a.objects), order)
	}
}

// nameOf is an object's place in the list, or its modality.
func nameOf(list []object, uid dicom.UID) string {
	for i, o := range list {
		switch {
		case o.modality == "KO" && (o.series == uid || o.instance == uid):
			return "KO"
		case o.instance == uid:
			return fmt.Sprint(i)
		}
	}
	return string(uid)
}

// What somebody looks at takes a thin link from what nobody does; that goes on
// afterwards and fetches nothing twice.
func TestAThinLinkBelongsToWhoLooks(t *testing.T) {
	quiet, looked := ct(t, 1, 16, 6), ct(t, 2, 16, 2)
	started := make(chan struct{}, 16)
	a := &archive{objects: append(slices.Clone(quiet), looked...)}
	held := true
	a.gate = func(ctx context.Context, request string) error {
		if uid, ok := strings.CutPrefix(request, "instance "); ok && held && uid == string(quiet[1].instance) {
			started <- struct{}{}
			<-ctx.Done() // the transfer hangs on the thin link until it gives way
			return ctx.Err()
		}
		return nil
	}
	b := engine(t, openCache(t), map[string]*archive{"north": a}, thin)
	b.run(t)
	idle := b.enqueue(t, transfer.Job{StudyInstanceUID: quiet[0].study})
	<-started
	b.until(t, idle.ID, func(j transfer.Job) bool { return j.Done == len(quiet)-1 })
	held = false
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: looked[0].study, Priority: transfer.Now}).ID, in(transfer.Done))
	done := b.until(t, idle.ID, in(transfer.Done))
	if done.Attempts != 0 {
		t.Errorf("giving way counted as %d failures", done.Attempts)
	}
	b.holds(t, a.objects)
	for uid, n := range count(a.requests()) {
		if n > 1 && uid != string(quiet[1].instance) {
			t.Errorf("%s was fetched %d times", uid, n)
		}
	}
}

func count(requests []string) map[string]int {
	n := map[string]int{}
	for _, r := range requests {
		if uid, ok := strings.CutPrefix(r, "instance "); ok {
			n[uid]++
		}
	}
	return n
}

// What people make of a study leaves in the order in which they made it; what
// was refused holds up only its own study.
func TestWhatPeopleMakeLeavesInOrder(t *testing.T) {
	sent := make(chan string, 16)
	b := engine(t, openCache(t), nil, func(p *transfer.Params) {
		p.PerNode = 1
		p.Send = func(_ context.Context, _, entry string) error {
			sent <- entry
			if entry == "b" {
				return fmt.Errorf("not like this")
			}
			return nil
		}
	})
	var jobs []transfer.Job
	for _, e := range []struct {
		study dicom.UID
		entry string
	}{{"2.25.1", "a"}, {"2.25.2", "b"}, {"2.25.2", "c"}, {"2.25.1", "d"}} {
		jobs = append(jobs, b.enqueue(t, transfer.Job{Kind: transfer.SendEntry, EntryID: e.entry, StudyInstanceUID: e.study}))
	}
	b.run(t)
	b.until(t, jobs[3].ID, in(transfer.Done))
	if got := []string{<-sent, <-sent, <-sent}; !slices.Equal(got, []string{"a", "b", "d"}) {
		t.Errorf("left as %v", got)
	}
	if j := b.job(t, jobs[2].ID); j.State != transfer.Waiting {
		t.Errorf("what follows on the refused one is %s", j.State)
	}
	if err := b.Forget(t.Context(), jobs[1].ID); err != nil {
		t.Fatal(err)
	}
	b.Wake()
	b.until(t, jobs[2].ID, in(transfer.Done))
}
