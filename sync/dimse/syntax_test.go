package dimse_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"eris/dicom"
	"eris/dicom/corpustest"
	"eris/sync/dcmtktest"
	"eris/sync/dimse"
	"eris/sync/orthanctest"
	"eris/sync/ul"
)

// TestSyntaxesAreKept sends one CT slice in many transfer syntaxes to real
// archives and back: the pixel data is as it was, byte for byte.
func TestSyntaxesAreKept(t *testing.T) {
	kept := openCache(t)
	ours := serve(t, &dimse.Server{AETitle: orthanctest.AETitle, Sink: kept, Cache: kept})
	t.Run("ours", func(t *testing.T) { syntaxesAreKept(t, ours, true) })
	t.Run("Orthanc", func(t *testing.T) { syntaxesAreKept(t, orthanctest.StartDIMSE(t).Address, false) })
}

// syntaxesAreKept: exactly says that the peer writes no element anew.
func syntaxesAreKept(t *testing.T, address string, exactly bool) {
	c := client(t, dimse.Options{Address: address, CalledAE: orthanctest.AETitle, Retrieve: dimse.Get})
	for path, b := range packed(t) {
		f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		stored, err := c.Store(t.Context(), each([][]byte{b}))
		if err != nil || len(stored.Taken) != 1 || len(stored.Transcoded) != 0 {
			t.Errorf("%s: sent %+v, %v", path, stored, err)
			continue
		}
		var back []byte
		err = c.RetrieveInstance(t.Context(), f.UID(dicom.StudyInstanceUID), f.UID(dicom.SeriesInstanceUID), f.UID(dicom.SOPInstanceUID), func(r io.Reader) error {
			back, err = io.ReadAll(r)
			return err
		})
		if err != nil {
			t.Errorf("%s: fetched: %v", path, err)
			continue
		}
		g, err := dicom.Read(bytes.NewReader(back), int64(len(back)), dicom.DefaultLimits())
		if err != nil || g.TransferSyntax != f.TransferSyntax || !sameContent(g, b) || exactly && !bytes.Equal(dataSetOf(t, back), dataSetOf(t, b)) {
			t.Errorf("%s: came back otherwise: %v", path, err)
		}
	}
}

// packed are the slice of the corpus in its transfer syntaxes, each with an
// identifier of its own.
func packed(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpustest.Root(t), "cornerstone3D/packages/dicomImageLoader/testImages", "*.dcm"))
	if err != nil || len(paths) == 0 {
		t.Skip("the corpus has no slice in many transfer syntaxes")
	}
	list := map[string][]byte{}
	for _, path := range paths {
		f, err := dicom.Open(path)
		if err != nil || f.TransferSyntax == dicom.ExplicitVRBigEndian || f.TransferSyntax == dicom.DeflatedExplicitVRLittleEndian {
			continue
		}
		uid := dicom.DeriveUID(filepath.Base(path))
		f.SetUID(dicom.SOPInstanceUID, uid)
		f.SetUID(dicom.StudyInstanceUID, dicom.DeriveUID("study", filepath.Base(path)))
		f.SetUID(dicom.SeriesInstanceUID, dicom.DeriveUID("series", filepath.Base(path)))
		f.Meta.SetUID(dicom.MediaStorageSOPInstanceUID, uid)
		list[filepath.Base(path)] = encoded(t, f)
	}
	return list
}

// TestPeersThatTakeLittleGetWhatTheyTake: transcoding, and that it is said.
func TestPeersThatTakeLittleGetWhatTheyTake(t *testing.T) {
	for _, option := range []string{"+xe", "+xi"} { // explicit first, implicit only
		dir, port := t.TempDir(), dcmtktest.FreePort(t)
		address, _ := dcmtktest.Daemon(t, nil, port, "storescp", option, "-od", dir, strconv.Itoa(port))
		c := client(t, dimse.Options{Address: address, CalledAE: "STORESCP"})
		for path, b := range packed(t) {
			stored, err := c.Store(t.Context(), each([][]byte{b}))
			if err != nil || len(stored.Taken)+len(stored.Failed) != 1 {
				t.Fatalf("%s: %+v, %v", path, stored, err)
			}
			f, _ := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
			plain := f.TransferSyntax == dicom.ImplicitVRLittleEndian || f.TransferSyntax == dicom.ExplicitVRLittleEndian && option == "+xe"
			if len(stored.Failed) > 0 {
				if dicom.Decodable(f.TransferSyntax) {
					t.Errorf("%s %s: refused %v", option, path, stored.Failed)
				}
				continue
			}
			if (len(stored.Transcoded) == 0) != plain {
				t.Errorf("%s %s (%s): transcoded %v", option, path, f.TransferSyntax.Name(), stored.Transcoded)
			}
			samePixels(t, path, f, filepath.Join(dir, "*."+string(f.UID(dicom.SOPInstanceUID))))
		}
	}
}

func samePixels(t *testing.T, path string, f *dicom.File, received string) {
	t.Helper()
	found, err := filepath.Glob(received)
	if err != nil || len(found) != 1 {
		t.Errorf("%s: %d files arrived: %v", path, len(found), err)
		return
	}
	g, err := dicom.Open(found[0])
	if err != nil {
		t.Error(err)
		return
	}
	want, err := f.Frame(t.Context(), 0)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	got, err := g.Frame(t.Context(), 0)
	if err != nil || !bytes.Equal(got.Raw(), want.Raw()) {
		t.Errorf("%s: other pixels arrived: %v", path, err)
	}
}

// TestPrivateAndManyClasses: private classes, and more classes than contexts fit
// an association, there and back.
func TestPrivateAndManyClasses(t *testing.T) {
	kept := openCache(t)
	address := serve(t, &dimse.Server{AETitle: "CLINIC", Sink: kept, Cache: kept})
	c := client(t, dimse.Options{Address: address, CalledAE: "CLINIC", Retrieve: dimse.Get})
	classes := append(dimse.StorageClasses()[:60], "1.3.12.2.1107.5.9.1", "1.2.840.113619.4.27", "1.2.840.10008.5.1.4.1.1.9999")
	var list [][]byte
	for i, class := range classes {
		f := ct(mariya, 2, 1, 32)[0]
		uid := dicom.DeriveUID("class", strconv.Itoa(i))
		f.SetUID(dicom.SOPClassUID, class)
		f.SetUID(dicom.SOPInstanceUID, uid)
		f.Meta = dicom.NewDataSet()
		list = append(list, encoded(t, f))
	}
	send(t, c, list)
	n := 0
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(r io.Reader) error { n++; _, err := io.Copy(io.Discard, r); return err }); err != nil || n != len(classes) {
		t.Errorf("%d of %d came back: %v", n, len(classes), err)
	}
}

// TestCorpusIsTaken sends every readable object of the corpus from dcmtk's
// point of view: whatever its class.
func TestCorpusIsTaken(t *testing.T) {
	kept := &bin{}
	address := serve(t, &dimse.Server{Sink: kept})
	c := client(t, dimse.Options{Address: address, CalledAE: "ERIS"})
	classes := map[dicom.UID]bool{}
	paths := corpustest.Files(t, corpustest.All)
	if testing.Short() {
		paths = paths[:min(len(paths), 50)]
	}
	_, err := c.Store(t.Context(), func(yield func(io.Reader, error) bool) {
		for _, file := range paths {
			path := file.Path
			f, err := dicom.Open(path)
			if err != nil || strings.Contains(path, "fuzz") || f.UID(dicom.SOPClassUID) == dicom.MediaStorageDirectoryStorage {
				continue
			}
			classes[f.UID(dicom.SOPClassUID)] = true
			in, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			more := yield(in, nil)
			in.Close()
			if !more {
				return
			}
		}
	})
	if err != nil || kept.count() < 100 && !testing.Short() {
		t.Errorf("%d objects of %d classes: %v", kept.count(), len(classes), err)
	}
	t.Logf("%d objects of %d classes", kept.count(), len(classes))
}

// TestIdentityIsSent: who asks is known to an archive that wants to know.
func TestIdentityIsSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan *ul.UserIdentity, 1)
	s := &ul.Server{Listener: l, Handle: func(context.Context, *ul.Association) {}, Accept: func(_ context.Context, i *ul.Indication) ul.Answer {
		seen <- i.Identity
		return ul.Answer{Reject: &ul.RejectedNoReason}
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go s.Serve(ctx)
	c := client(t, dimse.Options{Address: l.Addr().String(), CalledAE: "SCRIPT", Username: "user", Password: "secret"})
	if _, err := c.Echo(t.Context()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	if who := <-seen; who == nil || who.Type != ul.UserAndPassword || string(who.Primary) != "user" || string(who.Secondary) != "secret" {
		t.Errorf("identity %+v", who)
	}
}

// TestUnusualHeadsAreSent: files without meta information, or with much of it.
func TestUnusualHeadsAreSent(t *testing.T) {
	kept := &bin{}
	c := client(t, dimse.Options{Address: serve(t, &dimse.Server{Sink: kept}), CalledAE: "ERIS"})
	bare := dataSetOf(t, encoded(t, ct(mariya, 2, 1, 32)[0]))
	long := ct(mariya, 3, 1, 32)[0]
	long.Meta = dicom.NewDataSet()
	long.Meta.SetString(dicom.NewTag(2, 0x0100), "1.2.3")
	long.Meta.Put(dicom.Element{Tag: dicom.NewTag(2, 0x0102), VR: "OB", Raw: make([]byte, 100_000)})
	send(t, c, [][]byte{bare, encoded(t, long)})
	if kept.count() != 2 {
		t.Errorf("%d objects", kept.count())
	}
}
