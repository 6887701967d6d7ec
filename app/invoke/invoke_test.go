package invoke_test

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"eris/app/invoke"
)

func TestParse(t *testing.T) {
	for address, want := range map[string]invoke.Request{
		"eris://check?accession=A-1": {AccessionNumber: "A-1"},
		"eris://check?patientID=T1&modality=ct&text=%D0%9A%D0%A2+%D0%9E%D0%93%D0%9A&code=A06.09.005":                       {PatientID: "T1", Modality: "CT", Text: "КТ ОГК", Code: "A06.09.005"},
		"ERIS://IHEInvokeImageDisplay?requestType=STUDY&studyUID=1.2.643.7":                                                {StudyInstanceUID: "1.2.643.7"},
		"eris://IHEInvokeImageDisplay?requestType=PATIENT&patientID=771%5E%5E%5ECLINIC5&mostRecentResults=1&accession=A-1": {PatientID: "771", AccessionNumber: "A-1"},
		"eris:check?accessionNumber=A-1": {AccessionNumber: "A-1"},
	} {
		if got, err := invoke.Parse(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for _, address := range []string{"", "http://check?accession=A-1", "eris://check", "eris://elsewhere?accession=1", "eris://check?modality=CT", "eris://study?studyUID=../etc",
		"eris://check?accession=%zz", "eris://check?accession=" + strings.Repeat("A", 5000)} {
		if r, err := invoke.Parse(address); !errors.Is(err, invoke.ErrAddress) {
			t.Errorf("%.40s: %+v, %v", address, r, err)
		}
	}
}

func TestHandOver(t *testing.T) {
	dir := t.TempDir()
	if invoke.Hand(t.Context(), dir, "eris://check?accession=A-1") {
		t.Error("handed over to nobody")
	}
	dead, err := net.Listen("unix", filepath.Join(dir, "open.sock")) // of one that was killed
	if err != nil {
		t.Fatal(err)
	}
	dead.(*net.UnixListener).SetUnlinkOnClose(false)
	dead.Close()
	if invoke.Hand(t.Context(), dir, "eris://check?accession=A-1") {
		t.Error("handed over to a dead one")
	}
	got := make(chan string, 4)
	stop, err := invoke.Listen(dir, func(address string) { got <- address })
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"eris://check?accession=A-1", ""} {
		if !invoke.Hand(t.Context(), dir, address) || <-got != address {
			t.Errorf("%q did not come", address)
		}
	}
	stop()
	if invoke.Hand(t.Context(), dir, "") {
		t.Error("handed over to one that has ended")
	}
}
