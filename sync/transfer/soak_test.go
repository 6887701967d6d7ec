package transfer_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/dicom"
	"eris/store"
	"eris/sync/dimse"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

// soaked is how many instances a soak has: ERIS_SOAK, or 50,000.
func soaked(b *testing.B) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("ERIS_SOAK"), "50000"))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// perStudy is how many instances a study of a soak has.
const perStudy = 500

// soaking makes the objects of a soak one by one: small, of many studies.
func soaking(b *testing.B) func(i int) object {
	template := ct(b, 1, 16, 1)[0]
	numbered := func(uid dicom.UID, n int) dicom.UID {
		return uid[:len(uid)-6] + dicom.UID(fmt.Sprintf("%06d", n))
	}
	return func(i int) object {
		o := object{numbered(template.study, i/perStudy), numbered(template.series, i/perStudy), numbered(template.instance, i), template.bytes, "CT"}
		for _, uid := range [][2]dicom.UID{{template.study, o.study}, {template.series, o.series}, {template.instance, o.instance}} {
			o.bytes = bytes.ReplaceAll(o.bytes, []byte(uid[0]), []byte(uid[1]))
		}
		return o
	}
}

// gauge samples the memory and the descriptors of this process.
type gauge struct {
	memory, files []float64 // MB, and how many
	goroutines    int       // at the beginning
}

func newGauge() *gauge { return &gauge{goroutines: runtime.NumGoroutine()} }

func (g *gauge) sample(b *testing.B) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip(err)
	}
	var size, resident float64
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		b.Fatal(err)
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		b.Fatal(err)
	}
	g.memory, g.files = append(g.memory, resident*float64(os.Getpagesize())/1e6), append(g.files, float64(len(files)))
}

// during samples each time when a twentieth more is done, until all is.
func (g *gauge) during(b *testing.B, total int, done func() int) {
	for step := 1; step <= 20; {
		n := done()
		for step <= 20 && n >= total*step/20 {
			g.sample(b)
			step++
		}
		select {
		case <-b.Context().Done():
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// report holds the last fifth against the time after half, when the memory of the
// index (24 MB at most) has filled, and says what is left.
func (g *gauge) report(b *testing.B, took time.Duration, total int) {
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > g.goroutines && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	b.Logf("memory %.0f MB, descriptors %.0f", g.memory, g.files)
	b.ReportMetric(middle(g.memory[10:14]), "half-MB")
	b.ReportMetric(middle(g.memory[16:]), "late-MB")
	b.ReportMetric(middle(g.files[10:14]), "half-fd")
	b.ReportMetric(middle(g.files[16:]), "late-fd")
	b.ReportMetric(float64(max(0, runtime.NumGoroutine()-g.goroutines)), "goroutines")
	b.ReportMetric(float64(total)/took.Seconds(), "instances/s")
	b.ReportMetric(0, "ns/op")
}

// taking is a cache as a DIMSE server fills it.
type taking struct {
	*store.Store
	taken atomic.Int64
}

func (c *taking) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := c.Take(ctx, r, source)
	if err == nil {
		c.taken.Add(1)
	}
	return added.SOPInstanceUID, err
}

// BenchmarkSoakReceive takes 50,000 instances by C-STORE into a real cache.
func BenchmarkSoakReceive(b *testing.B) {
	total, nth := soaked(b), soaking(b)
	for b.Loop() {
		g := newGauge()
		s, err := store.Open(b.Context(), store.Params{Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		sink := &taking{Store: s}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		var work errgroup.Group
		work.Go(func() error {
			server := &dimse.Server{AETitle: "ERIS", Listener: l, Sink: sink, Log: slog.New(slog.DiscardHandler)}
			return server.Serve(ctx)
		})
		start := time.Now()
		senders, counted := sendAll(b, l.Addr().String(), "ERIS", total, nth), 0
		g.during(b, total, func() int { return int(sink.taken.Load()) })
		if err := senders.Wait(); err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		cancel()
		if err := work.Wait(); err != nil {
			b.Error(err)
		}
		for end := time.Now().Add(time.Minute); counted != total && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			counted = indexed(b, s) // rows follow the answers
		}
		if v, err := s.Verify(b.Context()); err != nil || len(v.Problems) > 0 || v.Files != total {
			b.Errorf("%d of %d instances are in the cache: %v, %v", v.Files, total, v.Problems, err)
		}
		s.Close()
		g.report(b, took, total)
	}
}

// indexed is how many instances the index of a cache has.
func indexed(b *testing.B, s *store.Store) (n int) {
	studies, err := s.Studies(b.Context(), store.StudyFilter{Limit: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	for _, study := range studies {
		n += study.NumberOfInstances
	}
	return n
}

// sendAll sends the objects of a soak on four associations.
func sendAll(b *testing.B, address, title string, total int, nth func(int) object) *errgroup.Group {
	const senders, perCall = 4, 500 // what was taken is listed, so one call grows
	c, err := dimse.New(dimse.Options{Name: "north", Address: address, CalledAE: dicom.AETitle(title), CallingAE: "SENDER"})
	if err != nil {
		b.Fatal(err)
	}
	var group errgroup.Group
	for k := range senders {
		group.Go(func() error {
			for first := k * perCall; first < total; first += senders * perCall {
				stored, err := c.Store(b.Context(), func(yield func(io.Reader, error) bool) {
					for i := first; i < min(first+perCall, total); i++ {
						if !yield(bytes.NewReader(nth(i).bytes), nil) {
							return
						}
					}
				})
				if err == nil && len(stored.Failed) > 0 {
					err = fmt.Errorf("%d objects were refused", len(stored.Failed))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return &group
}

// BenchmarkSoakFetch fetches 50,000 instances over DICOMweb from a real archive.
func BenchmarkSoakFetch(b *testing.B) {
	total, nth := soaked(b), soaking(b)
	o := orthanctest.StartDIMSE(b)
	if err := sendAll(b, o.Address, orthanctest.AETitle, total, nth).Wait(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g := newGauge()
		c := openCache(b)
		client := orthancClient(b, o)
		e := engine(b, c, nil, func(p *transfer.Params) {
			p.Archive = func(string) (transfer.Archive, error) { return client, nil }
		})
		e.run(b)
		start := time.Now()
		for i := 0; i < total; i += perStudy {
			e.enqueue(b, transfer.Job{StudyInstanceUID: nth(i).study})
		}
		g.during(b, total, func() int {
			n := 0
			for _, j := range e.Jobs() {
				if j.State == transfer.Failed {
					b.Fatalf("job %+v", j)
				}
				n += j.Done
			}
			return n
		})
		for _, j := range e.Jobs() {
			e.until(b, j.ID, in(transfer.Done))
		}
		took := time.Since(start)
		e.stop()
		client.Close()
		if v, err := c.Verify(b.Context()); err != nil || len(v.Problems) > 0 || v.Files != total {
			b.Errorf("%d of %d instances are in the cache: %v, %v", v.Files, total, v.Problems, err)
		}
		c.Close()
		g.report(b, took, total)
	}
}
