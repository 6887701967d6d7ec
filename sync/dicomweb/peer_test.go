package dicomweb_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"slices"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/dicomweb/origin"
	"eris/sync/node"
	"eris/sync/orthanctest"
)

// cache makes a store what origin asks for.
type cache struct{ *store.Store }

func (c cache) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	return c.Store.Studies(ctx, store.StudyFilter{StudyInstanceUID: q.StudyInstanceUID, PatientID: q.PatientID,
		AccessionNumber: q.AccessionNumber, Modality: q.Modality, From: q.From, To: q.To, Limit: 1 << 30})
}

func (c cache) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := c.Store.Add(ctx, r, source)
	return added.SOPInstanceUID, err
}

// serveOrigin runs an embedded archive over an empty cache and answers its address.
func serveOrigin(t testing.TB) string { return serveOriginAs(t, origin.Params{}, origin.Service{}) }

// serveOriginAs is serveOrigin with limits, tokens and a certificate.
func serveOriginAs(t testing.TB, p origin.Params, service origin.Service) string {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := origin.Listen(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	p.Cache = cache{s}
	p.Render = func(context.Context, dicom.UID) ([]byte, string, error) { return []byte("\x89PNG"), "image/png", nil }
	service.Listener, service.Handler = l, origin.New(p)
	go func() { ended <- origin.Serve(ctx, service) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serving: %v", err)
		}
		s.Close()
	})
	return "http://" + l.Addr().String()
}

func client(t testing.TB, o dicomweb.Options) *dicomweb.Client {
	t.Helper()
	if o.Name == "" {
		o.Name = "north"
	}
	c, err := dicomweb.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// ct is a small CT as objects.
func ct(s dicomtest.Study, series, slices int) []*dicom.File {
	return slicesOf(dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 32,
		Slices: slices, SeriesNumber: series, SeriesDescription: fmt.Sprint("Axial ", series)}))
}

func slicesOf(objects iter.Seq[*dicom.File]) []*dicom.File { return slices.Collect(objects) }

func encoded(t testing.TB, f *dicom.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	mariya = dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T-1", BirthDate: "19610412", Sex: "F", Date: "20261111",
		Time: "101500", AccessionNumber: "A-1", StudyDescription: "КТ органов грудной клетки", InstitutionName: "Поликлиника (синтетическая)", BodyPartExamined: "CHEST"}
	pyotr = dicomtest.Study{PatientName: "PRIMEROV^PYOTR", PatientID: "T-2", BirthDate: "19551130", Sex: "M", Date: "20250203",
		Time: "090000", AccessionNumber: "A-2", StudyDescription: "Рентген", BodyPartExamined: "CHEST"}
)

// objects are three synthetic studies: two of one patient.
func objects() []*dicom.File {
	earlier := mariya
	earlier.Date, earlier.AccessionNumber = "20240607", "A-0"
	list := append(ct(mariya, 2, 5), ct(mariya, 3, 3)...)
	list = append(list, ct(earlier, 2, 2)...)
	return append(list, dicomtest.ChestRadiograph(pyotr, dicomtest.Thorax(dicomtest.ThoraxParams{}), 40, 32))
}

func send(t testing.TB, c *dicomweb.Client, list ...[]byte) node.Stored {
	t.Helper()
	stored, err := c.Store(t.Context(), func(yield func(io.Reader, error) bool) {
		for _, b := range list {
			if !yield(bytes.NewReader(b), nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// archives runs f against the embedded archive and against Orthanc, filled
// with the same objects.
func archives(t *testing.T, f func(t *testing.T, c *dicomweb.Client, sent map[dicom.UID][]byte)) {
	run := func(t *testing.T, address string) {
		c := client(t, dicomweb.Options{URL: address, PageSize: 2})
		sent := map[dicom.UID][]byte{}
		var list [][]byte
		for _, object := range objects() {
			b := encoded(t, object)
			sent[object.UID(dicom.SOPInstanceUID)] = b
			list = append(list, b)
		}
		if stored := send(t, c, list...); len(stored.Taken) != len(list) || len(stored.Failed) != 0 {
			t.Fatalf("took %d of %d, refused %v", len(stored.Taken), len(list), stored.Failed)
		}
		f(t, c, sent)
	}
	t.Run("origin", func(t *testing.T) { run(t, serveOrigin(t)) })
	t.Run("Orthanc", func(t *testing.T) { run(t, orthanctest.Start(t).URL) })
}

// scripted is an archive that does what a test says.
func scripted(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	ended := make(chan struct{})
	go func() { srv.Serve(l); close(ended) }()
	t.Cleanup(func() { srv.Close(); <-ended })
	return "http://" + l.Addr().String()
}
