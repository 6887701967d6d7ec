package desk_test

import (
	"testing"

	"eris/app/desk"
	"eris/clinic"
	"eris/sync/orthanctest"
)

// The whole job with an archive that speaks DIMSE alone: find, check, fetch,
// measure, and the document in the archive.
func TestAnArchiveOverDIMSE(t *testing.T) {
	archive := orthanctest.StartDIMSE(t)
	s := chest("20261111", "КТ ОГК")
	upload(t, archive.URL, s, 4)
	d := workstation(t, t.TempDir(), "dicom://"+orthanctest.AETitle+"@"+archive.Address+"?calling=TESTER")
	for _, h := range d.Echo(t.Context()) {
		if h.Err != nil {
			t.Fatal(h.Err)
		}
	}
	fetchAll(t, d, order().Patient.PatientID)
	study, err := d.Store.Study(t.Context(), s.UID())
	if err != nil || study.Completeness != clinic.Complete || study.NumberOfInstances != 4 {
		t.Fatalf("%+v, %v", study, err)
	}
	r := reader{d, archive, s.UID()}
	r.measure(t, "one", 30, false)
	r.leave(t)
	if sent := r.documents(t, "SR"); len(sent) != 1 {
		t.Errorf("%d reports in the archive", len(sent))
	}
	if n, err := r.Unsent(t.Context()); err != nil || n != 0 {
		t.Errorf("unsent: %d, %v", n, err)
	}
}

func TestAddressesOfArchives(t *testing.T) {
	d := openDesk(t)
	for address, good := range map[string]bool{
		"dicom://PACS@10.0.0.5:104": true, "dicom://PACS@pacs": true, "dicom://PACS@pacs?calling=CLINIC5": true,
		"dicom://pacs:104": false, "dicom://PACS@": false, "dicom://SEVENTEEN-LETTERS@pacs": false, "ftp://pacs": false,
	} {
		if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: address}); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
