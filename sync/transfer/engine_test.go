package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/transfer"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFetchBringsWholeSeriesAndThenOnlyWhatIsMissing(t *testing.T) {
	objects := ct(t, 1, 16, 4, 3)
	a := &archive{objects: objects}
	c := openCache(t)
	if _, err := c.Add(t.Context(), bytes.NewReader(objects[5].bytes), ""); err != nil {
		t.Fatal(err)
	}
	b := engine(t, c, map[string]*archive{"north": a})
	b.run(t)
	job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Done, transfer.Failed))
	if job.State != transfer.Done || job.Done != 7 || job.Total != 7 || job.Bytes == 0 || job.Finished.IsZero() {
		t.Errorf("job %+v", job)
	}
	b.holds(t, objects)
	got := a.requests()
	slices.Sort(got)
	want := []string{"instance " + string(objects[4].instance), "instance " + string(objects[6].instance),
		"series " + string(objects[0].series), "study " + string(objects[0].study)}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("asked for\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	study, err := c.Study(t.Context(), objects[0].study)
	if err != nil || study.Completeness != clinic.Complete || study.ExpectedInstances != 7 || study.Source != "north" {
		t.Errorf("study %+v, %v", study, err)
	}
}

// TestCountsSpareLists: an archive that counts its series is not asked for
// lists, unless the count turns out to be wrong.
func TestCountsSpareLists(t *testing.T) {
	objects := ct(t, 1, 16, 3)
	study, series := objects[0].study, objects[0].series
	for count, want := range map[int][]string{
		3: {"study " + string(study), "series " + string(series)},
		2: {"study " + string(study), "series " + string(series)},
		4: {"study " + string(study), "series " + string(series), "study " + string(study), "list " + string(series)},
	} {
		a := &archive{objects: objects, counts: map[dicom.UID]int{series: count}}
		c := openCache(t)
		b := engine(t, c, map[string]*archive{"north": a})
		b.run(t)
		job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: study}).ID, in(transfer.Done, transfer.Failed))
		if kept, err := c.Study(t.Context(), study); err != nil || kept.Completeness != clinic.Complete || kept.ExpectedInstances != 3 {
			t.Errorf("counted %d: study %+v, %v", count, kept, err)
		}
		if job.State != transfer.Done || job.Done != 3 || job.Total != 3 {
			t.Errorf("counted %d: job %+v", count, job)
		}
		if got := a.requests(); !slices.Equal(got, want) {
			t.Errorf("counted %d: asked for %v, want %v", count, got, want)
		}
		b.holds(t, objects)
		b.stop()
	}
}

// TestAStudyThatShrankIsWhole: somebody took images out of the archive after
// the cache had heard of them.
func TestAStudyThatShrankIsWhole(t *testing.T) {
	objects := ct(t, 1, 16, 3)
	study := objects[0].study
	c := openCache(t)
	if err := c.SaveStudies(t.Context(), []clinic.Study{{StudyInstanceUID: study, Source: "north", ExpectedInstances: 5}}); err != nil {
		t.Fatal(err)
	}
	b := engine(t, c, map[string]*archive{"north": {objects: objects}})
	b.run(t)
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: study}).ID, in(transfer.Done))
	if kept, err := c.Study(t.Context(), study); err != nil || kept.Completeness != clinic.Complete {
		t.Errorf("study %+v, %v", kept, err)
	}
}

func TestOldJobsAreForgottenWhileAtWork(t *testing.T) {
	var days atomic.Int64
	b := engine(t, openCache(t), map[string]*archive{"north": {}}, func(p *transfer.Params) {
		p.Now = func() time.Time { return time.Unix(1_800_000_000, 0).AddDate(0, 0, int(days.Load())) }
	})
	b.run(t)
	first := b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.1"})
	b.until(t, first.ID, in(transfer.Done))
	days.Store(8)
	second := b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.2"})
	b.until(t, second.ID, in(transfer.Done))
	b.stop()
	if jobs := b.Jobs(); len(jobs) != 1 || jobs[0].ID != second.ID {
		t.Errorf("jobs %+v", jobs)
	}
}

func TestOrderByPriority(t *testing.T) {
	a := &archive{}
	b := engine(t, openCache(t), map[string]*archive{"north": a}, func(p *transfer.Params) { p.PerNode = 1 })
	for i, p := range []transfer.Priority{transfer.Idle, transfer.Soon, transfer.Idle, transfer.Soon} {
		b.enqueue(t, transfer.Job{StudyInstanceUID: dicom.UID(fmt.Sprint("2.25.", i)), Priority: p})
	}
	if err := b.Promote(t.Context(), b.Jobs()[3].ID, transfer.Now); err != nil {
		t.Fatal(err)
	}
	b.run(t)
	for _, j := range b.Jobs() {
		b.until(t, j.ID, in(transfer.Done))
	}
	if got, want := a.requests(), []string{"study 2.25.2", "study 2.25.1", "study 2.25.3", "study 2.25.0"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestTheSameStudyIsOneJob(t *testing.T) {
	b := engine(t, openCache(t), map[string]*archive{"north": {}})
	first := b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.1", Priority: transfer.Idle})
	second := b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.1", Priority: transfer.Now})
	series := b.enqueue(t, transfer.Job{Kind: transfer.FetchSeries, StudyInstanceUID: "2.25.1", SeriesInstanceUID: "2.25.2"})
	if second.ID != first.ID || series.ID != first.ID || second.Priority != transfer.Now || series.Priority != transfer.Now {
		t.Errorf("%+v and %+v", second, series)
	}
	if other := b.enqueue(t, transfer.Job{Node: "south", StudyInstanceUID: "2.25.1"}); other.ID == first.ID {
		t.Error("another archive is another job")
	}
	if n := len(b.Jobs()); n != 2 {
		t.Errorf("%d jobs", n)
	}
	if _, err := b.Enqueue(t.Context(), transfer.Job{Kind: transfer.FetchSeries, Node: "north", StudyInstanceUID: "2.25.1"}); err == nil {
		t.Error("a series without UID was accepted")
	}
}

func TestQueueSurvivesAKill(t *testing.T) {
	objects := ct(t, 1, 16, 6)
	c := openCache(t)
	reached := make(chan struct{})
	a := &archive{objects: objects, part: func(ctx context.Context, n int) error {
		if n == 3 {
			close(reached)
			<-ctx.Done()
			return context.Cause(ctx)
		}
		return nil
	}}
	first := engine(t, c, map[string]*archive{"north": a})
	first.run(t)
	id := first.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study, Label: "КТ"}).ID
	<-reached
	first.until(t, id, func(j transfer.Job) bool { return j.Done == 3 })
	// A kill leaves the row as it was written last: running.
	var left []byte
	c.Jobs(t.Context(), func(_ string, body []byte) error { left = bytes.Clone(body); return nil })
	if !bytes.Contains(left, []byte(`"running"`)) {
		t.Fatalf("row %s", left)
	}
	first.stop()
	if err := c.SaveJob(t.Context(), id, left); err != nil {
		t.Fatal(err)
	}
	whole := &archive{objects: objects}
	second := engine(t, c, map[string]*archive{"north": whole})
	if j := second.job(t, id); j.State != transfer.Waiting || j.Label != "КТ" {
		t.Errorf("after the kill %+v", j)
	}
	second.run(t)
	second.until(t, id, in(transfer.Done))
	second.holds(t, objects)
	if whole.served != 3 {
		t.Errorf("%d objects were fetched again or anew, want the 3 missing ones", whole.served)
	}
}

func TestStoppingLetsJobsWait(t *testing.T) {
	objects := ct(t, 1, 16, 2)
	a := &archive{objects: objects, gate: func(ctx context.Context, _ string) error { <-ctx.Done(); return context.Cause(ctx) }}
	b := engine(t, openCache(t), map[string]*archive{"north": a})
	b.run(t)
	id := b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID
	b.until(t, id, in(transfer.Running))
	b.stop()
	if j := b.job(t, id); j.State != transfer.Waiting || j.Error != "" || j.Attempts != 0 {
		t.Errorf("job %+v", j)
	}
}

func TestCancelMidwayAndRetry(t *testing.T) {
	objects := ct(t, 1, 16, 4)
	reached := make(chan struct{})
	a := &archive{objects: objects, part: func(ctx context.Context, n int) error {
		if n < 2 {
			return nil
		}
		close(reached)
		<-ctx.Done()
		return context.Cause(ctx)
	}}
	b := engine(t, openCache(t), map[string]*archive{"north": a})
	b.run(t)
	id := b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID
	<-reached
	if err := b.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j := b.job(t, id); j.State != transfer.Canceled || j.Error != "" {
		t.Errorf("job %+v", j)
	}
	if err := b.Cancel(t.Context(), id); !errors.Is(err, transfer.ErrUnknownJob) {
		t.Errorf("canceling twice: %v", err)
	}
	a.become(nil, nil)
	if err := b.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.until(t, id, in(transfer.Done))
	b.holds(t, objects)
	if err := b.Forget(t.Context(), id); err != nil || len(b.Jobs()) != 0 {
		t.Errorf("forgetting: %v, %v", err, b.Jobs())
	}
}

func TestLargeObjectsPassBesideMemory(t *testing.T) {
	large := ct(t, 1, 1600, 2) // 5 MB each
	b := engine(t, openCache(t), map[string]*archive{"north": {objects: large}}, func(p *transfer.Params) {
		p.Limit = func(string) int64 { return 1 << 30 }
	})
	b.run(t)
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: large[0].study}).ID, in(transfer.Done))
	b.holds(t, large)
}

func TestManyJobsOnTwoNodes(t *testing.T) {
	archives := map[string]*archive{"north": {}, "south": {}}
	for i := range 6 {
		archives["north"].objects = append(archives["north"].objects, ct(t, i, 16, 2, 1)...)
		archives["south"].objects = append(archives["south"].objects, ct(t, 100+i, 16, 3)...)
	}
	b := engine(t, openCache(t), archives)
	b.run(t)
	var ids []string
	for name, a := range archives {
		for _, o := range a.objects { // every study is asked for several times
			ids = append(ids, b.enqueue(t, transfer.Job{Node: name, StudyInstanceUID: o.study, Priority: transfer.Priority(len(ids) % 3)}).ID)
			b.Summary()
		}
	}
	for _, id := range ids {
		b.until(t, id, in(transfer.Done))
	}
	for _, a := range archives {
		b.holds(t, a.objects)
	}
}

func TestAPersonDoesNotWaitForPrefetch(t *testing.T) {
	objects := ct(t, 1, 16, 1)
	release := make(chan struct{})
	looked := "study " + string(objects[0].study)
	a := &archive{objects: objects, gate: func(ctx context.Context, request string) error {
		if strings.HasPrefix(request, "study ") && request != looked {
			<-release
		}
		return nil
	}}
	b := engine(t, openCache(t), map[string]*archive{"north": a})
	b.run(t)
	for i := range 4 {
		b.enqueue(t, transfer.Job{StudyInstanceUID: dicom.UID(fmt.Sprint("2.25.", i))})
	}
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study, Priority: transfer.Now}).ID, in(transfer.Done))
	close(release)
}

func TestSendJobsFit(t *testing.T) {
	sent := make(chan string, 1)
	b := engine(t, openCache(t), nil, func(p *transfer.Params) {
		p.Send = func(_ context.Context, node, entry string) error { sent <- node + " " + entry; return nil }
	})
	b.run(t)
	id := b.enqueue(t, transfer.Job{Kind: transfer.SendEntry, EntryID: "e1"}).ID
	b.until(t, id, in(transfer.Done))
	if got := <-sent; got != "north e1" {
		t.Errorf("sent %q", got)
	}
}
