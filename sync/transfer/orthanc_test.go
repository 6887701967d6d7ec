package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

var _ transfer.Picker = (*dicomweb.Client)(nil)

func orthancClient(t testing.TB, o *orthanctest.Orthanc) *dicomweb.Client {
	t.Helper()
	c, err := dicomweb.New(dicomweb.Options{Name: "north", URL: o.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func fill(t testing.TB, c *dicomweb.Client, objects []object) {
	t.Helper()
	stored, err := c.Store(t.Context(), func(yield func(io.Reader, error) bool) {
		for _, o := range objects {
			if !yield(bytes.NewReader(o.bytes), nil) {
				return
			}
		}
	})
	if err != nil || len(stored.Taken) != len(objects) {
		t.Fatalf("the archive took %d of %d objects: %v", len(stored.Taken), len(objects), err)
	}
}

// TestArchiveGoesAwayAndComesBack stops a real archive in the middle of a
// study and starts it again: the queue empties, every byte is right.
func TestArchiveGoesAwayAndComesBack(t *testing.T) {
	o := orthanctest.Start(t)
	client := orthancClient(t, o)
	objects := append(ct(t, 1, 64, 40, 20), ct(t, 2, 16, 3)...)
	fill(t, client, objects)
	b := engine(t, openCache(t), nil, func(p *transfer.Params) {
		p.Archive = func(string) (transfer.Archive, error) { return client, nil }
		p.Writers = 1                                   // slowly, so that the middle is met
		p.Limit = func(string) int64 { return 400_000 } // the study has half a megabyte
		p.LongPause = 200 * time.Millisecond
	})
	b.run(t)
	first := b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study, Priority: transfer.Now})
	second := b.enqueue(t, transfer.Job{StudyInstanceUID: objects[60].study})
	b.until(t, first.ID, func(j transfer.Job) bool { return j.Done > 5 })
	o.Stop(t)
	interrupted := b.until(t, first.ID, in(transfer.Offline, transfer.Done))
	if interrupted.State != transfer.Offline || interrupted.Done == 0 || interrupted.Done == 60 {
		t.Fatalf("the archive was stopped in the middle, but the job is %+v", interrupted)
	}
	third := b.enqueue(t, transfer.Job{Kind: transfer.FetchSeries, StudyInstanceUID: objects[60].study, SeriesInstanceUID: objects[60].series})
	o.Start(t)
	b.Wake()
	for _, j := range []transfer.Job{first, second, third} {
		b.until(t, j.ID, in(transfer.Done))
	}
	b.holds(t, objects)
}

// BenchmarkFetch300 fetches 300 slices of 530 kB from a real archive into a
// real cache, and says how that compares with a download of the same address
// to nowhere, and with writing the same files with one sync each.
func BenchmarkFetch300(b *testing.B) {
	o := orthanctest.Start(b)
	client := orthancClient(b, o)
	objects := slices300(b)
	fill(b, client, objects)
	total := int64(0)
	for _, o := range objects {
		total += int64(len(o.bytes))
	}
	b.SetBytes(total)
	var fetched time.Duration
	for b.Loop() {
		e := engine(b, openCache(b), nil, func(p *transfer.Params) {
			p.Archive = func(string) (transfer.Archive, error) { return client, nil }
		})
		e.run(b)
		start := time.Now()
		e.until(b, e.enqueue(b, transfer.Job{StudyInstanceUID: objects[0].study}).ID, in(transfer.Done))
		fetched += time.Since(start)
		e.stop()
	}
	rate := float64(total) * float64(b.N) / fetched.Seconds()
	plain := plainDownload(b, o.URL+"/studies/"+string(objects[0].study)+"/series/"+string(objects[0].series))
	written := writeSynced(b, objects)
	b.ReportMetric(rate/1e6, "fetchMB/s")
	b.ReportMetric(float64(total)/plain.Seconds()/1e6, "plainMB/s")
	b.ReportMetric(plain.Seconds()*rate/float64(total), "of-plain")
	b.ReportMetric(float64(total)/written.Seconds()/1e6, "fsyncMB/s")
	b.ReportMetric(written.Seconds()*rate/float64(total), "of-fsync")
}

// slices300 are 300 slices of 512 × 512; only the UIDs tell them apart.
func slices300(b *testing.B) []object {
	template := ct(b, 1, 512, 1)[0]
	list := make([]object, 300)
	for i := range list {
		uid := template.instance[:len(template.instance)-3]
		o := template
		o.instance = uid + dicom.UID(fmt.Sprintf("%03d", i))
		o.bytes = bytes.ReplaceAll(template.bytes, []byte(template.instance), []byte(o.instance))
		list[i] = o
	}
	return list
}

// plainDownload is the best of three downloads to nowhere.
func plainDownload(b *testing.B, address string) time.Duration {
	best := time.Hour
	for range 3 {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Accept", `multipart/related; type="application/dicom"; transfer-syntax=*`)
		start := time.Now()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		best = min(best, time.Since(start))
	}
	return best
}

func writeSynced(b *testing.B, objects []object) time.Duration {
	dir := b.TempDir()
	start := time.Now()
	for _, o := range objects {
		f, err := os.Create(filepath.Join(dir, string(o.instance)))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(o.bytes); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
	return time.Since(start)
}
