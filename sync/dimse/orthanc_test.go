package dimse_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

var (
	_ transfer.Archive = (*dimse.Client)(nil)
	_ transfer.Picker  = (*dimse.Client)(nil)
)

func orthanc(t testing.TB, o dimse.Options) (*dimse.Client, *orthanctest.Orthanc) {
	t.Helper()
	archive := orthanctest.StartDIMSE(t)
	o.Address, o.CalledAE = archive.Address, orthanctest.AETitle
	return client(t, o), archive
}

func TestOrthancAnswers(t *testing.T) {
	c, _ := orthanc(t, dimse.Options{})
	if _, err := c.Echo(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent := map[dicom.UID][]byte{}
	list := objects()
	for _, f := range list {
		sent[f.UID(dicom.SOPInstanceUID)] = encoded(t, f)
	}
	send(t, c, encodedAll(t, list))
	questions(t, c, true)
	retrieves(t, c, sent)
}

// questions asks an archive with the usual objects on every level. optional says
// that it knows optional keys: counts, modalities, SOP classes.
func questions(t *testing.T, c *dimse.Client, optional bool) {
	t.Helper()
	for name, q := range map[string]struct {
		query node.Query
		want  []string
	}{
		"all":       {node.Query{}, []string{"A-0", "A-1", "A-2"}},
		"patient":   {node.Query{PatientID: "T-1"}, []string{"A-0", "A-1"}},
		"name":      {node.Query{PatientName: "PRIMER*"}, []string{"A-2"}},
		"cyrillic":  {node.Query{PatientName: "Образц*"}, []string{"A-0", "A-1"}},
		"modality":  {node.Query{Modality: "CT"}, []string{"A-0", "A-1"}},
		"between":   {node.Query{From: dicom.ParseDate("20240101"), To: dicom.ParseDate("20251231")}, []string{"A-0", "A-2"}},
		"nobody":    {node.Query{PatientID: "T-9"}, nil},
		"accession": {node.Query{AccessionNumber: "A-2"}, []string{"A-2"}},
	} {
		studies, err := c.Studies(t.Context(), q.query)
		var got []string
		for _, s := range studies {
			got = append(got, s.AccessionNumber)
		}
		slices.Sort(got)
		if !optional && q.query.Modality != "" {
			continue
		}
		if err != nil || !slices.Equal(got, q.want) {
			t.Errorf("%s: studies %v, want %v, %v", name, got, q.want, err)
		}
	}
	if some, err := c.Studies(t.Context(), node.Query{Limit: 1}); err != nil || len(some) != 1 {
		t.Errorf("with limit 1: %d, %v", len(some), err)
	}
	study, err := c.Study(t.Context(), mariya.UID())
	if err != nil || optional && study.ExpectedInstances != 8 || study.Patient.PatientName.String() != mariya.PatientName {
		t.Errorf("study %+v, %v", study, err)
	}
	series, err := c.Series(t.Context(), mariya.UID())
	if err != nil || len(series) != 2 {
		t.Fatalf("series %+v, %v", series, err)
	}
	for _, s := range series {
		instances, err := c.Instances(t.Context(), mariya.UID(), s.SeriesInstanceUID)
		if err != nil || optional && len(instances) != s.ExpectedInstances || len(instances) == 0 || optional && instances[0].SOPClassUID != dicom.CTImageStorage {
			t.Errorf("instances %+v, %v", instances, err)
		}
		for _, n := range []int{1, 1000} { // the second has no such number
			if i, err := c.Pick(t.Context(), mariya.UID(), s.SeriesInstanceUID, n); err != nil || i.SOPInstanceUID == "" {
				t.Errorf("picked %+v, %v", i, err)
			}
		}
	}
}

// retrieves fetches the study of mariya in several ways and compares bytes.
func retrieves(t *testing.T, c *dimse.Client, sent map[dicom.UID][]byte) {
	t.Helper()
	got := 0
	take := func(r io.Reader) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
		if err != nil {
			return err
		}
		if !bytes.Equal(dataSetOf(t, b), dataSetOf(t, sent[f.UID(dicom.SOPInstanceUID)])) {
			t.Errorf("instance %s is not what was sent", f.UID(dicom.SOPInstanceUID))
		}
		got++
		return nil
	}
	if err := c.Retrieve(t.Context(), mariya.UID(), "", take); err != nil || got != 8 {
		t.Fatalf("study: %d objects, %v", got, err)
	}
	first := ct(mariya, 3, 1, 32)[0]
	series, instance := first.UID(dicom.SeriesInstanceUID), first.UID(dicom.SOPInstanceUID)
	if err := c.Retrieve(t.Context(), mariya.UID(), series, take); err != nil || got != 11 {
		t.Fatalf("series: %d objects, %v", got-8, err)
	}
	if err := c.RetrieveInstance(t.Context(), mariya.UID(), series, instance, take); err != nil || got != 12 {
		t.Fatalf("instance: %d objects, %v", got-11, err)
	}
	if err := c.Retrieve(t.Context(), "2.25.1", "", take); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("a study that is not there: %v", err)
	}
	stop := errors.New("enough")
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(io.Reader) error { return stop }); err != stop {
		t.Errorf("stopped by the caller: %v", err)
	}
	half := 0
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(r io.Reader) error { half++; _, err := r.Read(make([]byte, 200)); return err }); err != nil || half != 8 {
		t.Errorf("half read: %d objects, %v", half, err)
	}
}

func TestOrthancMoves(t *testing.T) {
	s := &dimse.Server{}
	c, archive := orthanc(t, dimse.Options{Retrieve: dimse.Move, Receiver: s})
	archive.Modality(t, "ERIS", serve(t, s))
	sent := map[dicom.UID][]byte{}
	for _, f := range objects() {
		sent[f.UID(dicom.SOPInstanceUID)] = encoded(t, f)
	}
	send(t, c, encodedAll(t, objects()))
	retrieves(t, c, sent)
}
