package dimse_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/dcmtktest"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// dcmqrscp runs dcmtk's archive and gives its address; movesTo is where it sends
// what is moved to ERIS.
func dcmqrscp(t *testing.T, movesTo string, args ...string) string {
	t.Helper()
	dir, port := t.TempDir(), dcmtktest.FreePort(t)
	_, back, _ := net.SplitHostPort(movesTo)
	if back == "" {
		back = "1"
	}
	config := filepath.Join(dir, "dcmqrscp.cfg")
	data := filepath.Join(dir, "data")
	text := fmt.Sprintf("NetworkTCPPort = %d\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\neris = (ERIS, 127.0.0.1, %s)\nHostTable END\n"+
		"VendorTable BEGIN\nVendorTable END\nAETable BEGIN\nDCMQR %s RW (200, 1024mb) ANY\nAETable END\n", port, back, data)
	for _, err := range []error{os.Mkdir(data, 0o700), os.WriteFile(config, []byte(text), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	address, _ := dcmtktest.Daemon(t, nil, port, "dcmqrscp", append(args, "-c", config)...)
	return address
}

func TestDcmqrscpAnswers(t *testing.T) {
	s := &dimse.Server{}
	address := dcmqrscp(t, serve(t, s))
	sent := map[dicom.UID][]byte{}
	for _, f := range objects() {
		sent[f.UID(dicom.SOPInstanceUID)] = encoded(t, f)
	}
	for _, method := range []dimse.Method{dimse.Get, dimse.Move} {
		t.Run(string(method), func(t *testing.T) {
			c := client(t, dimse.Options{Address: address, CalledAE: "DCMQR", Retrieve: method, Receiver: s})
			if _, err := c.Echo(t.Context()); err != nil {
				t.Fatal(err)
			}
			send(t, c, encodedAll(t, objects()))
			questions(t, c, false)
			retrieves(t, c, sent)
		})
	}
}

func TestDcmqrscpMovesToOthers(t *testing.T) {
	kept := &bin{}
	address := dcmqrscp(t, serve(t, &dimse.Server{Sink: kept}))
	c := client(t, dimse.Options{Address: address, CalledAE: "DCMQR"})
	send(t, c, encodedAll(t, objects()))
	var seen []uint16
	n, err := c.MoveTo(t.Context(), "ERIS", mariya.UID(), "", "", func(s dimse.Suboperations) { seen = append(seen, s.Completed) })
	if err != nil || n.Completed != 8 || kept.count() != 8 || !slices.IsSorted(seen) || len(seen) < 8 {
		t.Errorf("%+v, %d kept, progress %v, %v", n, kept.count(), seen, err)
	}
	if _, err := c.MoveTo(t.Context(), "NOBODY", mariya.UID(), "", "", nil); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("to an unknown title: %v", err)
	}
}

// TestMovescuMovesToUs lets dcmtk ask its archive to send here.
func TestMovescuMovesToUs(t *testing.T) {
	kept := &bin{}
	address := dcmqrscp(t, serve(t, &dimse.Server{Sink: kept}))
	send(t, client(t, dimse.Options{Address: address, CalledAE: "DCMQR"}), encodedAll(t, objects()))
	host, port, _ := net.SplitHostPort(address)
	run(t, "movescu", "-S", "-aec", "DCMQR", "-aet", "ERIS", "-aem", "ERIS", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID="+string(mariya.UID()), host, port)
	if kept.count() != 8 {
		t.Errorf("%d objects", kept.count())
	}
}

func TestStorescpTakesOverTLS(t *testing.T) {
	ca := certificates(t)
	dir, port := t.TempDir(), dcmtktest.FreePort(t)
	address, _ := dcmtktest.Daemon(t, nil, port, "storescp", "+B", "-od", dir, "+tls", ca.key, ca.certificate, "+cf", ca.authority, strconv.Itoa(port))
	c := client(t, dimse.Options{Address: address, CalledAE: "STORESCP", TLS: &ul.TLSOptions{CAFile: ca.authority, CertFile: ca.certificate, KeyFile: ca.key}})
	if _, err := c.Echo(t.Context()); err != nil {
		t.Fatal(err)
	}
	send(t, c, encodedAll(t, objects()))
	sent := map[dicom.UID][]byte{}
	for _, f := range objects() {
		sent[f.UID(dicom.SOPInstanceUID)] = encoded(t, f)
	}
	sameFiles(t, dir, len(sent), sent)
	c = client(t, dimse.Options{Address: address, CalledAE: "STORESCP"})
	if _, err := c.Echo(t.Context()); err == nil {
		t.Error("without TLS it answered")
	}
}

func TestWorklistIsRead(t *testing.T) {
	w := dcmtktest.StartWorklist(t)
	for id, name := range map[string]string{"1": "Образцова^Мария", "2": "Primerov^Pyotr"} {
		w.Put(t, id, clinic.Order{AccessionNumber: "W-" + id, StationAETitle: "CT1", Modality: "CT", Code: "A06.09.005", Text: "CT of the chest",
			Scheduled: time.Date(2026, 11, 26, 10, 15, 0, 0, time.Local), StudyInstanceUID: dicom.DeriveUID("worklist", id),
			Patient: clinic.Patient{PatientID: id, PatientName: dicom.ParsePersonName(name), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"},
		}, map[string]string{"1": "ISO_IR 144", "2": "ISO_IR 192"}[id], nil)
	}
	c := client(t, dimse.Options{Address: w.Address, CalledAE: dcmtktest.WorklistTitle})
	var items []dimse.WorklistItem
	for item, err := range c.Worklist(t.Context(), dimse.WorklistQuery{Modality: "CT", From: dicom.ParseDate("20261126"), To: dicom.ParseDate("20261126")}) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b dimse.WorklistItem) int { return len(a.Patient.PatientID) - len(b.Patient.PatientID) })
	if len(items) != 2 {
		t.Fatalf("%d items", len(items))
	}
	if items[0].Patient.PatientID != "1" {
		items[0], items[1] = items[1], items[0]
	}
	o := items[0].Order()
	if o.AccessionNumber != "W-1" || o.Patient.PatientName.String() != "Образцова^Мария" || o.Modality != "CT" || o.StationAETitle != "CT1" ||
		!o.Scheduled.Equal(time.Date(2026, 11, 26, 10, 15, 0, 0, time.Local)) || o.Code != "A06.09.005" || o.Text != "CT of the chest" {
		t.Errorf("order %+v", o)
	}
	if w := items[0]; w.ScheduledProcedureStep.ID != "S-1" || w.StudyInstanceUID != dicom.DeriveUID("worklist", "1") || w.RequestedProcedureID != "R-1" {
		t.Errorf("item %+v", w)
	}
	n := 0
	for _, err := range c.Worklist(t.Context(), dimse.WorklistQuery{StationAETitle: "CT2"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 0 {
		t.Errorf("%d items of another scanner", n)
	}
	// The same file of which dcmtk compares the bytes: asked in its own set.
	var learned dimse.Spelling
	c = client(t, dimse.Options{Address: w.Address, CalledAE: dcmtktest.WorklistTitle, Learned: func(s dimse.Spelling) { learned = s }})
	for item, err := range c.Worklist(t.Context(), dimse.WorklistQuery{PatientName: "Образц*"}) {
		if err != nil || item.AccessionNumber != "W-1" {
			t.Errorf("%+v, %v", item.AccessionNumber, err)
		}
		n++
	}
	if n != 1 || learned != dimse.Russian {
		t.Errorf("%d items by name, learned %q", n, learned)
	}
}

// TestNamesAreFoundInEverySpelling stores names in three ways in an archive that
// knows character sets but neither capitals nor transliterations.
func TestNamesAreFoundInEverySpelling(t *testing.T) {
	address := dcmqrscp(t, "")
	for i, name := range []string{"Щукин^Пётр", "ИВАНОВА^АННА", "KHABIBULIN^ILYA"} {
		s := mariya
		s.PatientName, s.PatientID, s.AccessionNumber = name, fmt.Sprint("N-", i), fmt.Sprint("N-", i)
		f := ct(s, 2, 1, 32)[0]
		if i == 0 {
			if err := f.SetCharacterSet("ISO_IR 144"); err != nil {
				t.Fatal(err)
			}
		}
		send(t, client(t, dimse.Options{Address: address, CalledAE: "DCMQR"}), [][]byte{encoded(t, f)})
	}
	for name, want := range map[string]struct {
		number   string
		spelling dimse.Spelling
	}{
		"Щукин*":     {"N-0", ""},
		"Иванова*":   {"N-1", ""}, // in capitals, in the set it was asked in first
		"Хабибулин*": {"N-2", dimse.Latin},
	} {
		var learned dimse.Spelling
		c := client(t, dimse.Options{Address: address, CalledAE: "DCMQR", Spelling: dimse.UTF8, Learned: func(s dimse.Spelling) { learned = s }})
		for range 2 { // the second time in what was learned
			found, err := c.Studies(t.Context(), node.Query{PatientName: name})
			if err != nil || len(found) != 1 || found[0].AccessionNumber != want.number || found[0].Patient.PatientName.IsZero() {
				t.Errorf("%s: %d studies, %v", name, len(found), err)
			}
		}
		if learned != want.spelling {
			t.Errorf("%s: learned %q, want %q", name, learned, want.spelling)
		}
	}
}

// TestUnreachableIsSaid: a node that is not there.
func TestUnreachableIsSaid(t *testing.T) {
	c := client(t, dimse.Options{Address: fmt.Sprintf("127.0.0.1:%d", dcmtktest.FreePort(t)), CalledAE: "NOBODY"})
	if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, node.ErrUnreachable) {
		t.Error(err)
	}
	if err := c.Retrieve(t.Context(), "1.2.3", "", func(io.Reader) error { return nil }); !errors.Is(err, node.ErrUnreachable) {
		t.Error(err)
	}
}
