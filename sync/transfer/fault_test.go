package transfer_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
	"eris/sync/transfer"
)

func TestPartOfAStudyIsMarkedPartial(t *testing.T) {
	objects := ct(t, 1, 16, 2, 3)
	a := &archive{objects: objects, part: func(_ context.Context, n int) error {
		if n == 1 {
			return &node.Error{Node: "north", Kind: node.ErrRefused}
		}
		return nil
	}}
	b := engine(t, openCache(t), map[string]*archive{"north": a})
	b.run(t)
	job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Failed))
	if !errors.Is(job.Fault(), node.ErrRefused) || job.Done != 1 || job.Total != 5 {
		t.Errorf("job %+v", job)
	}
	study, err := b.cache.Study(t.Context(), objects[0].study)
	if err != nil || study.Completeness != clinic.Partial || study.NumberOfInstances != 1 || study.ExpectedInstances != 5 {
		t.Errorf("study %+v, %v", study, err)
	}
}

func TestFailuresThatPassAndThatStay(t *testing.T) {
	objects := ct(t, 1, 16, 2)
	for kind, stays := range map[error]bool{node.ErrRefused: true, node.ErrNotFound: true, node.ErrGarbled: true, node.ErrUntrusted: true,
		node.ErrServer: false, node.ErrStalled: false, node.ErrPartial: false} {
		var tries atomic.Int32
		a := &archive{objects: objects}
		a.gate = func(ctx context.Context, request string) error {
			if tries.Add(1) > 2 {
				return nil
			}
			return &node.Error{Node: "north", Kind: kind}
		}
		b := engine(t, openCache(t), map[string]*archive{"north": a})
		b.run(t)
		job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Done, transfer.Failed))
		if failed := job.State == transfer.Failed; failed != stays {
			t.Errorf("%v: job %+v", kind, job)
		}
		if stays && (job.Attempts != 1 || !errors.Is(job.Fault(), kind) || !strings.HasPrefix(job.Error, `archive "north" `)) {
			t.Errorf("%v: job %+v", kind, job)
		}
		b.stop()
	}
}

func TestPatienceEnds(t *testing.T) {
	a := &archive{gate: failing(node.ErrServer)}
	b := engine(t, openCache(t), map[string]*archive{"north": a}, func(p *transfer.Params) { p.Attempts = 3 })
	b.run(t)
	job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.1"}).ID, in(transfer.Failed))
	if job.Attempts != 3 || len(a.requests()) != 3 {
		t.Errorf("job %+v after %v", job, a.requests())
	}
}

func TestOfflineAndBack(t *testing.T) {
	objects := append(ct(t, 1, 16, 2), ct(t, 2, 16, 2)...)
	a := &archive{objects: objects, gate: failing(node.ErrUnreachable)}
	b := engine(t, openCache(t), map[string]*archive{"north": a}, func(p *transfer.Params) {
		p.FirstPause, p.LongPause = time.Hour, time.Hour // nothing happens by itself
	})
	b.run(t)
	ids := []string{b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID}
	b.until(t, ids[0], in(transfer.Offline))
	ids = append(ids, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[2].study}).ID)
	if j := b.job(t, ids[1]); j.State != transfer.Offline {
		t.Errorf("a job for an offline archive is %s", j.State)
	}
	if s := b.Summary(); s.Offline != 2 || s.Active != 0 {
		t.Errorf("summary %+v", s)
	}
	a.become(nil, nil)
	b.Wake()
	for _, id := range ids {
		b.until(t, id, in(transfer.Done))
	}
	b.holds(t, objects)
}

func TestOfflineIsProbedByItself(t *testing.T) {
	var echoes atomic.Int32
	a := &archive{}
	a.gate = func(_ context.Context, request string) error {
		if request == "echo" && echoes.Add(1) == 3 {
			a.become(nil, nil)
		}
		return &node.Error{Node: "north", Kind: node.ErrUnreachable}
	}
	b := engine(t, openCache(t), map[string]*archive{"north": a})
	b.run(t)
	b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: "2.25.1"}).ID, in(transfer.Done))
	if got := a.requests(); len(got) < 5 { // the job, three echoes in vain, one that is answered, the job
		t.Errorf("requests %v", got)
	}
}

func TestObjectsThatCannotBeKept(t *testing.T) {
	objects := ct(t, 1, 16, 3)
	broken := slices.Clone(objects)
	broken[1].bytes = []byte("no DICOM at all")
	b := engine(t, openCache(t), map[string]*archive{"north": {objects: broken}})
	b.run(t)
	job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Failed))
	if job.Done != 2 || !errors.Is(job.Fault(), node.ErrGarbled) || !strings.Contains(job.Error, "1 of 3") {
		t.Errorf("job %+v", job)
	}
	b.holds(t, []object{objects[0], objects[2]})
}

// fullCache is a cache on a full disk.
type fullCache struct{ cache }

func (fullCache) Add(context.Context, io.Reader, string) (dicom.UID, error) {
	return "", store.ErrFull
}

func TestAFullDiskIsSaidAtOnce(t *testing.T) {
	objects := ct(t, 1, 16, 30)
	b := engine(t, openCache(t), map[string]*archive{"north": {objects: objects}}, func(p *transfer.Params) {
		p.Cache = fullCache{p.Cache.(cache)}
	})
	b.run(t)
	job := b.until(t, b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Failed))
	if job.Attempts != 1 || job.Error != store.ErrFull.Error() || job.ErrorKind != "" {
		t.Errorf("job %+v", job)
	}
}
