package transfer_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"eris/bench/link"
	"eris/clinic"
	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

// thinLink is a link as small clinics have it, in each direction.
var thinLink = link.Shape{Rate: 2_000_000, Delay: 150 * time.Millisecond, Loss: 0.02}

// farArchive is a real archive behind a link that is still wide.
func farArchive(b *testing.B, objects []object, environment ...string) (*link.Link, *orthanctest.Orthanc) {
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("ERIS_LINK_SEED"), "1"), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	l, err := link.Up(b.Context(), seed)
	if errors.Is(err, link.ErrUnavailable) {
		b.Skip(err)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := l.Close(); err != nil {
			b.Error(err)
		}
	})
	o := orthanctest.StartFar(b, l.Far(), l.Command, environment...)
	fill(b, orthancClient(b, o), objects)
	return l, o
}

// firsts is a cache that says when the first picture is in it.
type firsts struct {
	cache
	first chan dicom.UID
}

func (f firsts) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	uid, err := f.cache.Add(ctx, r, source)
	if err == nil {
		select {
		case f.first <- uid:
		default:
		}
	}
	return uid, err
}

// overWeb and overDIMSE reach an archive as a desk does.
func overWeb(b *testing.B, o *orthanctest.Orthanc) closing {
	c, err := dicomweb.New(dicomweb.Options{Name: "north", URL: o.URL})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func overDIMSE(b *testing.B, o *orthanctest.Orthanc) closing {
	c, err := dimse.New(dimse.Options{Name: "north", Address: o.Address, CalledAE: orthanctest.AETitle, CallingAE: "ERIS"})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

type closing interface {
	transfer.Archive
	Studies(ctx context.Context, q node.Query) ([]clinic.Study, error)
	Close()
}

// BenchmarkThinWeb and the others say how long the first picture of a prior takes
// over a thin link, and how long curl takes for the same object over the same link:
// the medians of the runs.
func BenchmarkThinWeb(b *testing.B) { firstPicture(b, overWeb) }

// BenchmarkThinDIMSE asks an Orthanc as it is shipped.
func BenchmarkThinDIMSE(b *testing.B) { firstPicture(b, overDIMSE) }

// BenchmarkThinDIMSENoDelay asks an Orthanc whose DCMTK sends small pieces at once.
func BenchmarkThinDIMSENoDelay(b *testing.B) { firstPicture(b, overDIMSE, "TCP_NODELAY=1") }

func firstPicture(b *testing.B, reach func(*testing.B, *orthanctest.Orthanc) closing, environment ...string) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		b.Skip("curl is not installed")
	}
	objects := ct(b, 1, 512, 40, 3)
	l, o := farArchive(b, objects, environment...)
	known, err := orthancClient(b, o).Study(b.Context(), objects[0].study)
	if err != nil {
		b.Fatal(err)
	}
	l.Set(thinLink)
	var carded, cold, curls []float64
	size := 0
	for b.Loop() {
		took, uid := firstOf(b, reach(b, o), known, true)
		carded = append(carded, took.Seconds())
		quiet(l)
		took, _ = firstOf(b, reach(b, o), known, false)
		cold = append(cold, took.Seconds())
		quiet(l)
		i := slices.IndexFunc(objects, func(o object) bool { return o.instance == uid })
		size = len(objects[i].bytes)
		address := o.URL + "/studies/" + string(objects[i].study) + "/series/" + string(objects[i].series) + "/instances/" + string(uid)
		start := time.Now()
		peer := exec.Command(curl, "-s", "-f", "-o", "/dev/null", "-H", `Accept: multipart/related; type="application/dicom"; transfer-syntax=*`, address)
		if err := peer.Run(); err != nil {
			b.Fatal(err)
		}
		curls = append(curls, time.Since(start).Seconds())
		quiet(l)
	}
	b.Logf("after a card's question %.1f, cold %.1f, curl %.1f", carded, cold, curls)
	l.Set(link.Shape{})
	b.ReportMetric(middle(carded), "first-s")
	b.ReportMetric(middle(cold), "cold-s")
	b.ReportMetric(middle(curls), "curl-s")
	b.ReportMetric(float64(size)*8/float64(thinLink.Rate), "ideal-s")
	b.ReportMetric(0, "ns/op")
}

// firstOf asks for a study of which a card speaks, with nothing of it here: right
// after the card's own question, as priors are put in line, or with no connection open.
func firstOf(b *testing.B, archive closing, known clinic.Study, carded bool) (time.Duration, dicom.UID) {
	defer archive.Close()
	if carded {
		if _, err := archive.Studies(b.Context(), node.Query{PatientID: known.Patient.PatientID}); err != nil {
			b.Fatal(err)
		}
	}
	c := firsts{openCache(b), make(chan dicom.UID, 1)}
	if err := c.SaveStudies(b.Context(), []clinic.Study{known}); err != nil {
		b.Fatal(err)
	}
	e := engine(b, c.cache, nil, func(p *transfer.Params) {
		p.Cache, p.ThinAnswer = c, 0
		p.Archive = func(string) (transfer.Archive, error) { return archive, nil }
	})
	e.run(b)
	start := time.Now()
	e.enqueue(b, transfer.Job{StudyInstanceUID: known.StudyInstanceUID, Priority: transfer.Now})
	select {
	case uid := <-c.first:
		took := time.Since(start)
		e.stop()
		return took, uid
	case <-time.After(3 * time.Minute):
		b.Fatalf("no picture came: %+v", e.Jobs())
	}
	return 0, ""
}

// quiet lets what is under way run out.
func quiet(l *link.Link) { time.Sleep(4 * thinLink.Delay) }

func middle(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// BenchmarkCutWeb and BenchmarkCutDIMSE cut a thin link for a minute in the middle of
// a series: how long after its end something comes, and how many instances that
// were here at the cut were asked for again.
func BenchmarkCutWeb(b *testing.B) { cutForAMinute(b, overWeb) }

// BenchmarkCutDIMSE is the same over DIMSE.
func BenchmarkCutDIMSE(b *testing.B) { cutForAMinute(b, overDIMSE) }

func cutForAMinute(b *testing.B, reach func(*testing.B, *orthanctest.Orthanc) closing) {
	objects := ct(b, 1, 128, 80) // 33 kB each
	l, o := farArchive(b, objects)
	var back, again []float64
	for b.Loop() {
		l.Set(thinLink)
		archive := reach(b, o)
		w := &watched{Archive: archive, objects: objects, asked: map[dicom.UID]int{}, whole: map[dicom.UID]int{}}
		e := engine(b, openCache(b), nil, func(p *transfer.Params) {
			p.FirstPause, p.LongPause, p.ThinAnswer = 0, 0, 0
			p.Archive = func(string) (transfer.Archive, error) { return w, nil }
		})
		e.run(b)
		job := e.enqueue(b, transfer.Job{StudyInstanceUID: objects[0].study, Priority: transfer.Now})
		had := e.until(b, job.ID, func(j transfer.Job) bool { return j.Done > 8 }).Done
		l.Cut()
		missing, err := e.cache.Missing(b.Context(), uids(objects))
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		l.Restore()
		start := time.Now()
		w.mu.Lock()
		clear(w.asked)
		w.mu.Unlock()
		more := e.until(b, job.ID, func(j transfer.Job) bool { return j.Done > had+1 || j.State.Finished() })
		back = append(back, time.Since(start).Seconds())
		l.Set(link.Shape{})
		done := e.until(b, job.ID, in(transfer.Done, transfer.Failed))
		if more.State == transfer.Failed || done.State != transfer.Done || done.Done != len(objects) {
			b.Fatalf("job %+v", done)
		}
		n := 0
		for uid := range w.asked {
			if !slices.Contains(missing, uid) {
				n++
			}
		}
		again = append(again, float64(n))
		e.stop()
		archive.Close()
	}
	b.ReportMetric(middle(back), "back-s")
	b.ReportMetric(slices.Max(again), "again")
	b.ReportMetric(0, "ns/op")
}
