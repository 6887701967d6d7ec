package dicomweb_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/node"
)

// TestArchivesAnswerAlike holds the embedded archive against a real one: the
// same questions about the same objects.
func TestArchivesAnswerAlike(t *testing.T) {
	questions := map[string]struct {
		query node.Query
		want  []string // accession numbers
	}{
		"all":          {node.Query{}, []string{"A-0", "A-1", "A-2"}},
		"patient":      {node.Query{PatientID: "T-1"}, []string{"A-0", "A-1"}},
		"patient wild": {node.Query{PatientID: "T*"}, []string{"A-0", "A-1", "A-2"}},
		"name":         {node.Query{PatientName: "PRIMER*"}, []string{"A-2"}},
		"accession":    {node.Query{AccessionNumber: "A-2"}, []string{"A-2"}},
		"study":        {node.Query{StudyInstanceUID: mariya.UID()}, []string{"A-1"}},
		"modality":     {node.Query{Modality: "CT"}, []string{"A-0", "A-1"}},
		"from":         {node.Query{From: dicom.ParseDate("20250101")}, []string{"A-1", "A-2"}},
		"between":      {node.Query{From: dicom.ParseDate("20240101"), To: dicom.ParseDate("20251231")}, []string{"A-0", "A-2"}},
		"nobody":       {node.Query{PatientID: "T-9"}, nil},
	}
	archives(t, func(t *testing.T, c *dicomweb.Client, _ map[dicom.UID][]byte) {
		for name, q := range questions {
			studies, err := c.Studies(t.Context(), q.query)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, s := range studies {
				got = append(got, s.AccessionNumber)
			}
			slices.Sort(got)
			if !slices.Equal(got, q.want) {
				t.Errorf("%s: studies %v, want %v", name, got, q.want)
			}
		}
		if limited, err := c.Studies(t.Context(), node.Query{Limit: 1}); err != nil || len(limited) != 1 {
			t.Errorf("with limit 1: %d studies, %v", len(limited), err)
		}
	})
}

// TestCyrillicNamesAreFound asks the embedded archive only: the DICOMweb
// plugin of Orthanc 1.10 finds no name that is not Latin.
func TestCyrillicNamesAreFound(t *testing.T) {
	c := client(t, dicomweb.Options{URL: serveOrigin(t)})
	send(t, c, encoded(t, ct(mariya, 2, 1)[0]))
	for name, want := range map[string]int{"Образц*": 1, "образцова^мар?я*": 1, "Примеров*": 0, "Образцова": 0, "*[*": 0} {
		if got, err := c.Studies(t.Context(), node.Query{PatientName: name}); err != nil || len(got) != want {
			t.Errorf("%s: %d studies, want %d, %v", name, len(got), want, err)
		}
	}
}

func TestStudyIsReadWhole(t *testing.T) {
	archives(t, func(t *testing.T, c *dicomweb.Client, sent map[dicom.UID][]byte) {
		got, err := c.Study(t.Context(), mariya.UID())
		if err != nil {
			t.Fatal(err)
		}
		// Whether an archive tells the body parts on the study level is its own affair.
		got.BodyPartsExamined = nil
		want := clinic.Study{
			Patient: clinic.Patient{PatientID: "T-1", PatientName: dicom.ParsePersonName(mariya.PatientName),
				PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"},
			StudyInstanceUID: mariya.UID(), StudyDate: dicom.ParseDate("20261111"), StudyTime: dicom.ParseTime("101500"),
			AccessionNumber: "A-1", StudyDescription: mariya.StudyDescription, InstitutionName: mariya.InstitutionName,
			ModalitiesInStudy: []string{"CT"}, NumberOfSeries: 2, ExpectedInstances: 8,
			Completeness: clinic.Absent, Source: "north", Report: clinic.ReportNone,
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("study\n%+v, want\n%+v", got, want)
		}
		series, err := c.Series(t.Context(), mariya.UID())
		if err != nil || len(series) != 2 {
			t.Fatalf("%d series, %v", len(series), err)
		}
		counts := map[int]int{2: 5, 3: 3}
		for _, s := range series {
			if s.ExpectedInstances != counts[s.SeriesNumber] || s.Modality != "CT" || s.BodyPartExamined != "CHEST" {
				t.Errorf("series %+v", s)
			}
			instances, err := c.Instances(t.Context(), mariya.UID(), s.SeriesInstanceUID)
			if err != nil || len(instances) != counts[s.SeriesNumber] {
				t.Errorf("series %d: %d instances, %v", s.SeriesNumber, len(instances), err)
			}
			for _, i := range instances {
				if sent[i.SOPInstanceUID] == nil || i.SOPClassUID != dicom.CTImageStorage || i.InstanceNumber == 0 {
					t.Errorf("instance %+v", i)
				}
			}
		}
		if _, err := c.Study(t.Context(), "2.25.1"); !errors.Is(err, dicomweb.ErrNotFound) {
			t.Errorf("a study that is not there: %v", err)
		}
	})
}

func TestRetrieveGivesTheBytesBack(t *testing.T) {
	archives(t, func(t *testing.T, c *dicomweb.Client, sent map[dicom.UID][]byte) {
		got := 0
		each := func(r io.Reader) error {
			b, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
			if err != nil {
				return err
			}
			if !bytes.Equal(b, sent[f.UID(dicom.SOPInstanceUID)]) {
				t.Errorf("instance %s is not what was sent", f.UID(dicom.SOPInstanceUID))
			}
			got++
			return nil
		}
		if err := c.Retrieve(t.Context(), mariya.UID(), "", each); err != nil || got != 8 {
			t.Fatalf("study: %d objects, %v", got, err)
		}
		first := ct(mariya, 3, 1)[0]
		series, instance := first.UID(dicom.SeriesInstanceUID), first.UID(dicom.SOPInstanceUID)
		if err := c.Retrieve(t.Context(), mariya.UID(), series, each); err != nil || got != 11 {
			t.Fatalf("series: %d objects, %v", got-8, err)
		}
		if err := c.RetrieveInstance(t.Context(), mariya.UID(), series, instance, each); err != nil || got != 12 {
			t.Fatalf("instance: %d objects, %v", got-11, err)
		}
		if err := c.Retrieve(t.Context(), "2.25.1", "", each); !errors.Is(err, dicomweb.ErrNotFound) {
			t.Errorf("a study that is not there: %v", err)
		}
		stop := errors.New("enough")
		if err := c.Retrieve(t.Context(), mariya.UID(), "", func(io.Reader) error { return stop }); err != stop {
			t.Errorf("stopped by the caller: %v", err)
		}
		headers, err := c.Metadata(t.Context(), mariya.UID(), series)
		if err != nil || len(headers) != 3 || headers[0].String(dicom.PatientID) != "T-1" {
			t.Errorf("%d headers, %v", len(headers), err)
		}
		if picture, err := c.Rendered(t.Context(), mariya.UID(), series, instance, dicomweb.Rendering{}); err != nil || !bytes.Contains(picture[:8], []byte("PNG")) {
			t.Errorf("rendered: %v", err)
		}
		if _, err := c.Echo(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestStoreNamesWhatWasRefused(t *testing.T) {
	c := client(t, dicomweb.Options{URL: serveOrigin(t)})
	object := ct(mariya, 2, 1)[0]
	stored := send(t, c, encoded(t, object), []byte("this is no DICOM object"))
	if len(stored.Taken) != 1 || stored.Taken[0].SOPInstanceUID != object.UID(dicom.SOPInstanceUID) ||
		len(stored.Failed) != 1 || stored.Failed[0].Reason != 0xC000 {
		t.Errorf("took %v, refused %v", stored.Taken, stored.Failed)
	}
	if stored := send(t, c, []byte("nor is this")); len(stored.Taken) != 0 || len(stored.Failed) != 1 {
		t.Errorf("took %v, refused %v", stored.Taken, stored.Failed)
	}
}

func TestStoreEndsWithItsObjects(t *testing.T) {
	archives(t, func(t *testing.T, c *dicomweb.Client, _ map[dicom.UID][]byte) {
		broken := errors.New("the disk")
		_, err := c.Store(t.Context(), func(yield func(io.Reader, error) bool) { yield(nil, broken) })
		if !errors.Is(err, broken) {
			t.Errorf("an object that cannot be read: %v", err)
		}
	})
	c := client(t, dicomweb.Options{URL: scripted(t, status(401))})
	_, err := c.Store(t.Context(), func(yield func(io.Reader, error) bool) {
		for range 1000 { // the archive refuses long before the end
			if !yield(bytes.NewReader(make([]byte, 1<<16)), nil) {
				return
			}
		}
	})
	if !errors.Is(err, dicomweb.ErrRefused) {
		t.Errorf("an archive that refuses early: %v", err)
	}
}
