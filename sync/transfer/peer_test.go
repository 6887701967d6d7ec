package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/node"
	"eris/sync/transfer"
)

// cache makes a store what an engine asks for.
type cache struct{ *store.Store }

func (c cache) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := c.Store.Add(ctx, r, source)
	return added.SOPInstanceUID, err
}

func openCache(t testing.TB) cache {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return cache{s}
}

// object is one synthetic instance and its bytes.
type object struct {
	study, series, instance dicom.UID
	bytes                   []byte
	modality                string
}

// ct makes the objects of one study of a synthetic patient: so many slices in
// each series.
func ct(t testing.TB, number, matrix int, slices ...int) []object {
	t.Helper()
	s := dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: fmt.Sprint("T-", number), Date: "20261111", Time: "101500",
		AccessionNumber: fmt.Sprint("A-", number), StudyDescription: "КТ ОГК"}
	body := dicomtest.Thorax(dicomtest.ThoraxParams{})
	var list []object
	for i, n := range slices {
		for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: body, Size: matrix, Slices: n, SeriesNumber: i + 2}) {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatal(err)
			}
			list = append(list, object{f.UID(dicom.StudyInstanceUID), f.UID(dicom.SeriesInstanceUID), f.UID(dicom.SOPInstanceUID), b.Bytes(), "CT"})
		}
	}
	return list
}

// archive is a node in memory that does what a test says.
type archive struct {
	objects []object
	counts  map[dicom.UID]int // what it says its series hold, which may be wrong

	mu     sync.Mutex
	asked  []string                                        // "study <uid>", "series <uid>", "instance <uid>"
	gate   func(ctx context.Context, request string) error // before every answer
	part   func(ctx context.Context, n int) error          // before the nth object of an answer
	served int
}

func (a *archive) enter(ctx context.Context, request string) error {
	a.mu.Lock()
	a.asked = append(a.asked, request)
	gate := a.gate
	a.mu.Unlock()
	if gate == nil {
		return nil
	}
	return gate(ctx, request)
}

func (a *archive) requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.asked)
}

// become changes what the archive does.
func (a *archive) become(gate func(context.Context, string) error, part func(context.Context, int) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gate, a.part = gate, part
}

func (a *archive) Echo(ctx context.Context) (time.Duration, error) {
	return time.Millisecond, a.enter(ctx, "echo")
}

func (a *archive) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	return clinic.Study{StudyInstanceUID: uid}, a.enter(ctx, "study "+string(uid))
}

func (a *archive) Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error) {
	var list []clinic.Series
	for _, o := range a.objects {
		s := clinic.Series{StudyInstanceUID: study, SeriesInstanceUID: o.series, Modality: o.modality, ExpectedInstances: a.counts[o.series]}
		if o.study == study && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (a *archive) Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error) {
	if a.counts != nil {
		if err := a.enter(ctx, "list "+string(series)); err != nil {
			return nil, err
		}
	}
	var list []clinic.Instance
	for _, o := range a.objects {
		if o.study == study && o.series == series {
			list = append(list, clinic.Instance{SOPInstanceUID: o.instance, InstanceNumber: len(list) + 1})
		}
	}
	return list, nil
}

func (a *archive) Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error {
	if err := a.enter(ctx, "series "+string(series)); err != nil {
		return err
	}
	return a.send(ctx, each, func(o object) bool { return o.study == study && o.series == series })
}

func (a *archive) RetrieveInstance(ctx context.Context, _, _, instance dicom.UID, each func(io.Reader) error) error {
	if err := a.enter(ctx, "instance "+string(instance)); err != nil {
		return err
	}
	return a.send(ctx, each, func(o object) bool { return o.instance == instance })
}

func (a *archive) send(ctx context.Context, each func(io.Reader) error, wanted func(object) bool) error {
	n := 0
	for _, o := range a.objects {
		if !wanted(o) {
			continue
		}
		a.mu.Lock()
		part := a.part
		a.served++
		a.mu.Unlock()
		if part != nil {
			if err := part(ctx, n); err != nil {
				return err
			}
		}
		if err := each(bytes.NewReader(o.bytes)); err != nil {
			return err
		}
		n++
	}
	return nil
}

func failing(kind error) func(context.Context, string) error {
	return func(context.Context, string) error { return &node.Error{Node: "north", Kind: kind} }
}

// bench is an engine at work on a cache and some archives.
type bench struct {
	*transfer.Engine
	cache cache
	stop  func() // ends Run and waits
}

// engine makes an engine that does not run yet.
func engine(t testing.TB, c cache, archives map[string]*archive, change ...func(*transfer.Params)) *bench {
	t.Helper()
	p := transfer.Params{Queue: c, Cache: c, FirstPause: time.Millisecond, LongPause: 5 * time.Millisecond, ThinAnswer: time.Hour, Log: slog.New(slog.DiscardHandler),
		Archive: func(name string) (transfer.Archive, error) {
			if a := archives[name]; a != nil {
				return a, nil
			}
			return nil, errors.New("no such archive")
		}}
	for _, f := range change {
		f(&p)
	}
	e, err := transfer.New(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Engine: e, cache: c, stop: func() {}}
}

// run lets the engine work until the test ends or stop is called.
func (b *bench) run(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(b.stop)
}

func (b *bench) enqueue(t testing.TB, j transfer.Job) transfer.Job {
	t.Helper()
	if j.Kind == "" {
		j.Kind = transfer.FetchStudy
	}
	if j.Node == "" {
		j.Node = "north"
	}
	j, err := b.Enqueue(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (b *bench) job(t testing.TB, id string) transfer.Job {
	t.Helper()
	for _, j := range b.Jobs() {
		if j.ID == id {
			return j
		}
	}
	t.Fatalf("job %s is not on the list", id)
	return transfer.Job{}
}

// until waits for a job to be as it should.
func (b *bench) until(t testing.TB, id string, as func(transfer.Job) bool) transfer.Job {
	t.Helper()
	changed := make(chan struct{}, 1)
	cancel := b.Watch(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer cancel()
	deadline := time.After(time.Minute)
	for {
		if j := b.job(t, id); as(j) {
			return j
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond): // progress is not always told
		case <-deadline:
			t.Fatalf("job stays %+v", b.job(t, id))
		}
	}
}

func in(states ...transfer.State) func(transfer.Job) bool {
	return func(j transfer.Job) bool { return slices.Contains(states, j.State) }
}

// holds checks that the cache has exactly these objects, byte for byte.
func (b *bench) holds(t testing.TB, objects []object) {
	t.Helper()
	for _, o := range objects {
		f, err := b.cache.Path(t.Context(), o.instance)
		if err != nil {
			t.Errorf("instance %s: %v", o.instance, err)
			continue
		}
		if !bytes.Equal(read(t, f), o.bytes) {
			t.Errorf("instance %s has other bytes than the archive", o.instance)
		}
	}
}
