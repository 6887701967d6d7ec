package transfer_test

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/dimse"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

// watched is an archive that notes what it is asked for and what comes whole.
type watched struct {
	transfer.Archive
	objects []object

	mu           sync.Mutex
	series       int // requests for whole series
	asked, whole map[dicom.UID]int
}

func (w *watched) Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error {
	w.mu.Lock()
	w.series++
	w.mu.Unlock()
	return w.Archive.Retrieve(ctx, study, series, w.noting(each))
}

func (w *watched) RetrieveInstance(ctx context.Context, study, series, instance dicom.UID, each func(io.Reader) error) error {
	w.mu.Lock()
	w.asked[instance]++
	w.mu.Unlock()
	return w.Archive.RetrieveInstance(ctx, study, series, instance, w.noting(each))
}

func (w *watched) noting(each func(io.Reader) error) func(io.Reader) error {
	return func(r io.Reader) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(w.objects, func(o object) bool { return bytes.Contains(b, []byte(o.instance)) }); i >= 0 {
			w.mu.Lock()
			w.whole[w.objects[i].instance]++
			w.mu.Unlock()
		}
		return each(bytes.NewReader(b))
	}
}

// The link to a real archive is cut in the middle of a series, silently, for
// longer than the archive may be silent. When it is back, the rest comes, and no
// instance that was here is asked for again.
func TestACutLinkGoesOnWhereItWas(t *testing.T) {
	const silence = 300 * time.Millisecond
	for name, reach := range map[string]func(t *testing.T, o *orthanctest.Orthanc) (transfer.Archive, *orthanctest.Proxy){
		"DICOMweb": func(t *testing.T, o *orthanctest.Orthanc) (transfer.Archive, *orthanctest.Proxy) {
			u, err := url.Parse(o.URL)
			if err != nil {
				t.Fatal(err)
			}
			way := orthanctest.NewProxy(t, u.Host, 3<<20)
			u.Host = way.Address
			c, err := dicomweb.New(dicomweb.Options{Name: "north", URL: u.String(), StallTimeout: silence})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c, way
		},
		"DIMSE": func(t *testing.T, o *orthanctest.Orthanc) (transfer.Archive, *orthanctest.Proxy) {
			way := orthanctest.NewProxy(t, o.Address, 3<<20)
			c, err := dimse.New(dimse.Options{Name: "north", Address: way.Address, CalledAE: orthanctest.AETitle, CallingAE: "ERIS", StallTimeout: silence})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c, way
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := orthanctest.StartDIMSE(t)
			objects := ct(t, 1, 128, 60) // 2 MB
			fill(t, orthancClient(t, o), objects)
			archive, way := reach(t, o)
			w := &watched{Archive: archive, objects: objects, asked: map[dicom.UID]int{}, whole: map[dicom.UID]int{}}
			b := engine(t, openCache(t), nil, func(p *transfer.Params) {
				p.Archive = func(string) (transfer.Archive, error) { return w, nil }
				p.LongPause = 50 * time.Millisecond
			})
			b.run(t)
			job := b.enqueue(t, transfer.Job{StudyInstanceUID: objects[0].study, Priority: transfer.Now})
			b.until(t, job.ID, func(j transfer.Job) bool { return j.Done > 10 })
			way.Cut()
			cut := b.until(t, job.ID, in(transfer.Offline, transfer.Done, transfer.Failed))
			if cut.State != transfer.Offline || cut.Done == len(objects) {
				t.Fatalf("the link was cut in the middle, and the job is %+v", cut)
			}
			missing, err := b.cache.Missing(t.Context(), uids(objects))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * silence) // in vain meanwhile
			if err := way.Restore(); err != nil {
				t.Fatal(err)
			}
			done := b.until(t, job.ID, in(transfer.Done, transfer.Failed))
			if done.State != transfer.Done || done.Done != len(objects) {
				t.Fatalf("job %+v", done)
			}
			for _, o := range objects {
				path, err := b.cache.Path(t.Context(), o.instance)
				if err != nil || !bytes.HasSuffix(read(t, path), o.bytes[1000:]) { // DIMSE sends no file meta information
					t.Errorf("instance %s has other bytes than the archive: %v", o.instance, err)
				}
			}
			if w.series != 1 || len(w.asked) != len(missing) {
				t.Errorf("the series was asked for %d times as a whole and %d instances singly; %d were missing", w.series, len(w.asked), len(missing))
			}
			for _, o := range objects {
				if here := !slices.Contains(missing, o.instance); here && w.asked[o.instance] > 0 || w.whole[o.instance] != 1 {
					t.Errorf("instance %s, here at the cut %v, was asked for %d times and came %d times", o.instance, here, w.asked[o.instance], w.whole[o.instance])
				}
			}
		})
	}
}

func uids(list []object) (all []dicom.UID) {
	for _, o := range list {
		all = append(all, o.instance)
	}
	return all
}
