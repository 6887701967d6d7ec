package dimse_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// clinicNode is a server over a real cache with the usual objects in it, and the
// data sets that were sent.
func clinicNode(t *testing.T) (host, port string, c *dimse.Client, sent map[dicom.UID][]byte) {
	t.Helper()
	kept := openCache(t)
	address := serve(t, &dimse.Server{AETitle: "CLINIC", Sink: kept, Cache: kept})
	c = client(t, dimse.Options{Address: address, CalledAE: "CLINIC"})
	sent = map[dicom.UID][]byte{}
	for _, f := range objects() {
		sent[f.UID(dicom.SOPInstanceUID)] = encoded(t, f)
	}
	send(t, c, encodedAll(t, objects()))
	host, port, _ = net.SplitHostPort(address)
	return host, port, c, sent
}

// TestServerAnswersOurClient holds both sides against each other: what is asked of
// real archives is asked of our own.
func TestServerAnswersOurClient(t *testing.T) {
	_, _, c, sent := clinicNode(t)
	if _, err := c.Echo(t.Context()); err != nil {
		t.Fatal(err)
	}
	questions(t, c, true)
	retrieves(t, c, sent)
	// The third is found by its Latin spelling.
	for name, want := range map[string]int{"Образц*": 2, "образцова^мар?я*": 2, "Примеров*": 1, "Никто*": 0, "Образцова": 0, "*[*": 0} {
		if got, err := c.Studies(t.Context(), node.Query{PatientName: name}); err != nil || len(got) != want {
			t.Errorf("%s: %d studies, want %d, %v", name, len(got), want, err)
		}
	}
}

func TestServerAnswersPatientRoot(t *testing.T) {
	_, _, c, _ := clinicNode(t)
	q := dicom.NewDataSet()
	q.SetString(dicom.QueryRetrieveLevel, "PATIENT")
	q.SetString(dicom.PatientID, "T-*")
	q.SetString(dicom.PatientName)
	var names []string
	for d, err := range c.Find(t.Context(), dimse.PatientRootFind, q) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, d.String(dicom.PatientName))
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{pyotr.PatientName, mariya.PatientName}) {
		t.Errorf("patients %v", names)
	}
	q.SetString(dicom.QueryRetrieveLevel, "NOWHERE")
	for _, err := range c.Find(t.Context(), dimse.PatientRootFind, q) {
		if !errors.Is(err, node.ErrUnsupported) {
			t.Errorf("a level that is none: %v", err)
		}
	}
}

func TestServerAnswersDcmtk(t *testing.T) {
	host, port, _, sent := clinicNode(t)
	run(t, "echoscu", "-aec", "CLINIC", host, port)
	found := run(t, "findscu", "-S", "-aec", "CLINIC", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=T-1", "-k", "AccessionNumber", host, port)
	if !strings.Contains(found, "A-0") || !strings.Contains(found, "A-1") || strings.Contains(found, "A-2") {
		t.Errorf("findscu: %s", found)
	}
	dir := t.TempDir()
	run(t, "getscu", "-S", "-aec", "CLINIC", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID="+string(mariya.UID()), "-od", dir, host, port)
	sameFiles(t, dir, 8, sent)
}

// sameFiles compares the data sets of files in a folder with those that were sent.
func sameFiles(t *testing.T, dir string, want int, sent map[dicom.UID][]byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		t.Fatalf("%d files, want %d: %v", len(entries), want, err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if !sameContent(f, sent[f.UID(dicom.SOPInstanceUID)]) {
			t.Errorf("instance %s is not what was sent", f.UID(dicom.SOPInstanceUID))
		}
	}
}

// sameContent compares what a reader sees; dcmtk writes lengths in its own way.
func sameContent(f *dicom.File, sent []byte) bool {
	g, err := dicom.Read(bytes.NewReader(sent), int64(len(sent)), dicom.DefaultLimits())
	if err != nil {
		return false
	}
	a, err := f.EncodedFrame(0)
	if err != nil {
		return false
	}
	b, err := g.EncodedFrame(0)
	return err == nil && bytes.Equal(a, b) && f.String(dicom.PatientName) == g.String(dicom.PatientName)
}

// TestServerTakesFromManyAtOnce lets several senders of dcmtk and of ours send at
// the same time.
func TestServerTakesFromManyAtOnce(t *testing.T) {
	kept := &bin{}
	address := serve(t, &dimse.Server{Sink: kept})
	host, port, _ := net.SplitHostPort(address)
	dir := files(t, encodedAll(t, objects()))
	other := mariya
	other.PatientID, other.AccessionNumber = "T-3", "A-3"
	var senders sync.WaitGroup
	for i := range 4 {
		senders.Go(func() {
			c := client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
			send(t, c, encodedAll(t, ct(other, 10+i, 4, 32)))
		})
	}
	run(t, "storescu", "-aec", "ERIS", "+sd", host, port, dir)
	senders.Wait()
	if kept.count() != len(objects())+16 {
		t.Errorf("%d objects", kept.count())
	}
}

func TestServerSaysWhyItDoesNotStore(t *testing.T) {
	kept := &bin{}
	address := serve(t, &dimse.Server{Sink: kept})
	c := client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
	one := encoded(t, ct(mariya, 2, 1, 32)[0])
	for _, c2 := range []struct {
		err  error
		want dimse.Status
	}{
		{fmt.Errorf("keep: %w", dimse.ErrNoRoom), dimse.OutOfResources},
		{dicom.ErrCorrupt, dimse.CannotUnderstand},
		{dicom.ErrUnsupported, dimse.CannotUnderstand},
		{errors.New("something else"), dimse.ProcessingFailure},
	} {
		kept.fail = c2.err
		stored, err := c.Store(t.Context(), each([][]byte{one}))
		if err != nil || len(stored.Failed) != 1 || stored.Failed[0].Reason != int(c2.want) {
			t.Errorf("%v: %+v, %v", c2.err, stored, err)
		}
	}
	if kept.count() != 0 {
		t.Error("something was kept")
	}
	// Without a sink nobody asked for objects.
	address = serve(t, &dimse.Server{})
	c = client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
	stored, err := c.Store(t.Context(), each([][]byte{one, []byte("this is no DICOM object")}))
	if err != nil || len(stored.Failed) != 2 || stored.Failed[0].Reason != int(dimse.NotAuthorized) || stored.Failed[1].Reason != int(dimse.CannotUnderstand) {
		t.Errorf("%+v, %v", stored, err)
	}
}

func TestServerLetsInWhomItKnows(t *testing.T) {
	address := serve(t, &dimse.Server{Callers: []dicom.AETitle{"FRIEND"}})
	for title, want := range map[dicom.AETitle]error{"FRIEND": nil, "STRANGER": node.ErrRefused} {
		c := client(t, dimse.Options{Address: address, CalledAE: "ERIS", CallingAE: title})
		if _, err := c.Echo(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v", title, err)
		}
	}
	c := client(t, dimse.Options{Address: address, CalledAE: "OTHER", CallingAE: "FRIEND"})
	if _, err := c.Echo(t.Context()); !errors.Is(err, node.ErrRefused) {
		t.Errorf("called by another title: %v", err)
	}
	address = serve(t, &dimse.Server{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	c = client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
	if _, err := c.Echo(t.Context()); !errors.Is(err, node.ErrRefused) {
		t.Errorf("from another network: %v", err)
	}
	if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, node.ErrRefused) {
		t.Errorf("from another network: %v", err)
	}
}

// TestServerWithoutACacheTellsNothing: what lies here is nobody's business until
// a clinic node is switched on.
func TestServerWithoutACacheTellsNothing(t *testing.T) {
	address := serve(t, &dimse.Server{Sink: &bin{}})
	c := client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
	if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("find: %v", err)
	}
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(io.Reader) error { return nil }); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("get: %v", err)
	}
}

// TestServerStopsAnsweringWhenAsked stops a long answer with C-CANCEL; the same
// association then answers again.
func TestServerStopsAnsweringWhenAsked(t *testing.T) {
	_, _, c, _ := clinicNode(t)
	n := 0
	q := dicom.NewDataSet()
	q.SetString(dicom.QueryRetrieveLevel, "IMAGE")
	q.SetUID(dicom.SOPInstanceUID)
	for _, err := range c.Find(t.Context(), dimse.StudyRootFind, q) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d answers", n)
	}
}

func TestServerIsSecured(t *testing.T) {
	ca := certificates(t)
	config, err := ul.TLSConfig(ul.TLSOptions{CAFile: ca.authority, CertFile: ca.certificate, KeyFile: ca.key})
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, &dimse.Server{TLS: config, Sink: &bin{}})
	host, port, _ := net.SplitHostPort(address)
	run(t, "echoscu", "-aec", "ERIS", "+tls", ca.key, ca.certificate, "+cf", ca.authority, host, port)
	dir := files(t, encodedAll(t, ct(mariya, 2, 2, 32)))
	run(t, "storescu", "-aec", "ERIS", "+tls", ca.key, ca.certificate, "+cf", ca.authority, "+sd", host, port, dir)
	c := client(t, dimse.Options{Address: address, CalledAE: "ERIS", TLS: &ul.TLSOptions{CAFile: ca.authority, CertFile: ca.certificate, KeyFile: ca.key}})
	if _, err := c.Echo(t.Context()); err != nil {
		t.Error(err)
	}
	c = client(t, dimse.Options{Address: address, CalledAE: "ERIS", TLS: &ul.TLSOptions{CertFile: ca.certificate, KeyFile: ca.key}})
	if _, err := c.Echo(t.Context()); !errors.Is(err, node.ErrUntrusted) {
		t.Errorf("an unknown authority: %v", err)
	}
}
