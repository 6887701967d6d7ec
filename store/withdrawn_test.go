package store_test

import (
	"bytes"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// note is a key object selection over instances of a study.
func note(t *testing.T, s clinic.Study, title evidence.Code, over []clinic.Instance) []byte {
	t.Helper()
	var b bytes.Buffer
	f := evidence.KeyObject{Title: title, References: over}.File(evidence.Header{Study: s, Made: time.Unix(0, 0), SeriesNumber: 900})
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ctSlices(t *testing.T, n int) (s dicomtest.Study, files [][]byte) {
	t.Helper()
	s = dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T-1", Date: "20261111", StudyDescription: "КТ ОГК"}
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 16, Slices: n}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		files = append(files, b.Bytes())
	}
	return s, files
}

func addBytes(t *testing.T, s *store.Store, files ...[]byte) {
	t.Helper()
	for _, b := range files {
		if _, err := s.Add(t.Context(), bytes.NewReader(b), "city"); err != nil {
			t.Fatal(err)
		}
	}
}

// What a rejection note takes back is not shown, whichever comes first; the
// files stay, and a study of which all is taken back says so (IHE RAD IOCM).
func TestARejectionNoteTakesPicturesBack(t *testing.T) {
	for _, noteFirst := range []bool{false, true} {
		s := open(t, store.Params{})
		synthetic, files := ctSlices(t, 3)
		uid := synthetic.UID()
		probe := open(t, store.Params{})
		addBytes(t, probe, files...)
		all, err := probe.StudyInstances(t.Context(), uid)
		if err != nil || len(all) != 3 {
			t.Fatal(len(all), err)
		}
		study, err := probe.Study(t.Context(), uid)
		if err != nil {
			t.Fatal(err)
		}
		one, whole := note(t, study, evidence.RejectedForQuality, all[:1]), note(t, study, evidence.IncorrectWorklist, all)
		if noteFirst {
			addBytes(t, s, one)
		}
		addBytes(t, s, files...)
		if !noteFirst {
			addBytes(t, s, one)
		}
		shown := func() (pictures int, w clinic.Withdrawal) {
			list, err := s.StudyInstances(t.Context(), uid)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range list {
				if i.Rows > 0 {
					pictures++
				}
			}
			study, err := s.Study(t.Context(), uid)
			if err != nil {
				t.Fatal(err)
			}
			return pictures, study.Withdrawn
		}
		if n, w := shown(); n != 2 || w != "" {
			t.Errorf("note first %v: %d pictures, study %q", noteFirst, n, w)
		}
		addBytes(t, s, whole)
		if n, w := shown(); n != 0 || w != clinic.Rejected {
			t.Errorf("note first %v: %d pictures, study %q", noteFirst, n, w)
		}
		if missing, err := s.Missing(t.Context(), []dicom.UID{all[0].SOPInstanceUID}); err != nil || len(missing) != 0 {
			t.Errorf("what was taken back would be fetched again: %v, %v", missing, err)
		}
		if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
			t.Errorf("verify: %v, %v", v.Problems, err)
		}
	}
}

func TestKeyImagesAreFound(t *testing.T) {
	s := open(t, store.Params{})
	synthetic, files := ctSlices(t, 3)
	addBytes(t, s, files...)
	all, err := s.StudyInstances(t.Context(), synthetic.UID())
	if err != nil {
		t.Fatal(err)
	}
	study, err := s.Study(t.Context(), synthetic.UID())
	if err != nil {
		t.Fatal(err)
	}
	addBytes(t, s, note(t, study, evidence.OfInterest, all[1:2]), note(t, study, evidence.RejectedForQuality, all[2:]))
	keys, err := s.KeyImages(t.Context(), synthetic.UID())
	if err != nil || len(keys) != 1 || keys[0].SOPInstanceUID != all[1].SOPInstanceUID {
		t.Errorf("key images %v, %v", keys, err)
	}
}

func TestAStudyDeletedInItsArchive(t *testing.T) {
	s := open(t, store.Params{})
	synthetic, files := ctSlices(t, 1)
	addBytes(t, s, files...)
	known := clinic.Study{StudyInstanceUID: "2.25.77", Patient: clinic.Patient{PatientID: "T-1"}, Source: "city"}
	if err := s.SaveStudies(t.Context(), []clinic.Study{known}); err != nil {
		t.Fatal(err)
	}
	for _, uid := range []dicom.UID{synthetic.UID(), "2.25.77"} {
		if err := s.Withdraw(t.Context(), uid); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Study(t.Context(), "2.25.77"); err == nil {
		t.Error("what was only known is still known")
	}
	kept, err := s.Study(t.Context(), synthetic.UID())
	if err != nil || kept.Withdrawn != clinic.Deleted || kept.NumberOfInstances != 1 {
		t.Errorf("%+v, %v", kept, err)
	}
	back := kept
	back.Withdrawn = ""
	if err := s.SaveStudies(t.Context(), []clinic.Study{back}); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Study(t.Context(), synthetic.UID()); err != nil || again.Withdrawn != "" {
		t.Errorf("shown by the archive again: %q, %v", again.Withdrawn, err)
	}
}

// Once files are here an archive moves a study to another patient, and does not
// spell the same one anew: some answer in letters that they cannot write.
func TestAnArchiveDoesNotSpellFilesAnew(t *testing.T) {
	s := open(t, store.Params{})
	synthetic, files := ctSlices(t, 1)
	addBytes(t, s, files...)
	answer, err := s.Study(t.Context(), synthetic.UID())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ id, want string }{{"T-1", "Образцова"}, {"T-2", "????????"}} {
		answer.Patient = clinic.Patient{PatientID: c.id, PatientName: dicom.ParsePersonName("????????^?")}
		if err := s.SaveStudies(t.Context(), []clinic.Study{answer}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Study(t.Context(), synthetic.UID())
		if err != nil || got.Patient.PatientID != c.id || got.Patient.PatientName.Alphabetic.Family != c.want {
			t.Errorf("after an answer of %s: %+v, %v", c.id, got.Patient, err)
		}
	}
}

// A list of measurements is no report in words.
func TestMeasurementsAreNoReport(t *testing.T) {
	s := open(t, store.Params{})
	synthetic, files := ctSlices(t, 1)
	addBytes(t, s, files...)
	study, err := s.Study(t.Context(), synthetic.UID())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (evidence.Report{}).File(evidence.Header{Study: study, Made: time.Unix(0, 0)}).Write(&b); err != nil {
		t.Fatal(err)
	}
	addBytes(t, s, b.Bytes())
	if study, err = s.Study(t.Context(), synthetic.UID()); err != nil || study.Report != clinic.ReportNone || study.ReportText != "" {
		t.Errorf("report %q: %q, %v", study.Report, study.ReportText, err)
	}
}
