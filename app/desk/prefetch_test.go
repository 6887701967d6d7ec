package desk_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
)

// known lets a desk know studies of the city's archive by their metadata.
func known(t *testing.T, d *desk.Desk, studies ...clinic.Study) {
	t.Helper()
	for i := range studies {
		studies[i].Source = "city"
	}
	if err := d.Store.SaveStudies(t.Context(), studies); err != nil {
		t.Fatal(err)
	}
}

func inArchive(uid, patient, date, modality, description string, images int) clinic.Study {
	return clinic.Study{Patient: clinic.Patient{PatientID: patient}, StudyInstanceUID: dicom.UID(uid), StudyDate: dicom.ParseDate(date),
		ModalitiesInStudy: []string{modality}, StudyDescription: description, ExpectedInstances: images}
}

// inLine is what waits for the archive, with why.
func inLine(d *desk.Desk) map[dicom.UID]string {
	line := map[dicom.UID]string{}
	for _, j := range d.Transfer.Jobs() {
		line[j.StudyInstanceUID] = j.Reason
	}
	return line
}

// awayDesk is a workstation whose archive never answers, so that what is put in
// line stays there.
func awayDesk(t *testing.T, at time.Time) (*desk.Desk, *clock) {
	t.Helper()
	archive := httptest.NewServer(http.NotFoundHandler())
	url := archive.URL
	archive.Close()
	c := &clock{at: at}
	return clinicDesk(t, c, url, 2), c
}

func prefetchOnce(t *testing.T, d *desk.Desk) int {
	t.Helper()
	n, err := d.Prefetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPrefetchFollowsTheRules(t *testing.T) {
	night := time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	d, c := awayDesk(t, night.Add(-12*time.Hour))
	known(t, d, inArchive("1.1", "T1", "20261101", "CT", "КТ ОГК", 10), inArchive("1.2", "T1", "20261101", "MR", "МРТ головного мозга", 10),
		inArchive("2.1", "T2", "20260901", "DX", "РГ ОГК", 1), inArchive("3.1", "PINNED", "20260901", "US", "УЗИ ОБП", 4),
		inArchive("9.1", "STRANGER", "20260901", "DX", "РГ ОГК", 1))
	if err := d.Store.Pin(t.Context(), clinic.Patient{PatientID: "PINNED"}); err != nil {
		t.Fatal(err)
	}
	today, yesterday := order(), order()
	today.Patient, yesterday.Patient = clinic.Patient{PatientID: "T1"}, clinic.Patient{PatientID: "STRANGER"}
	today.Scheduled, yesterday.Scheduled, yesterday.AccessionNumber = c.now(), c.now().Add(-24*time.Hour), "O0"
	if err := d.Store.SaveOrders(t.Context(), today, yesterday); err != nil {
		t.Fatal(err)
	}
	if n := prefetchOnce(t, d); n != 2 || inLine(d)["1.1"] != "P01" || inLine(d)["3.1"] != "P03" {
		t.Errorf("by day: %d, %v", n, inLine(d))
	}
	if text, ok := d.Ahead.Reason(inLine(d)["1.1"], "ru"); !ok || text == "" {
		t.Errorf("no reason: %q", text)
	}
	waitFor(t, "the jobs to wait for the archive", func() bool { return d.Transfer.Summary().Offline == 2 })
	c.pass(12 * time.Hour)
	if n := prefetchOnce(t, d); n != 1 || inLine(d)["2.1"] != "P06" {
		t.Errorf("at night: %d, %v", n, inLine(d))
	}
	if n := prefetchOnce(t, d); n != 0 {
		t.Errorf("again: %d", n)
	}
	for _, j := range d.Transfer.Jobs() { // what a person canceled stays away
		if err := d.Transfer.Cancel(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := prefetchOnce(t, d); n != 0 {
		t.Errorf("after it was canceled: %d", n)
	}
	if err := d.SavePrefetch(t.Context(), desk.PrefetchOptions{NightFrom: 25}); err == nil {
		t.Error("a night from 25 o'clock was taken")
	}
}

// TestPrefetchStaysInItsRoom has 1 GB for what nobody asked for.
func TestPrefetchStaysInItsRoom(t *testing.T) {
	for _, c := range []struct {
		name         string
		cache, share int // GB
		want         int
	}{{"share", 0, 1, 1}, {"a fifth of the cache", 5, 0, 1}, {"room for two", 100, 2, 2}, {"off with no room", 1, 1, 0}} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := awayDesk(t, today)
			known(t, d, inArchive("1.1", "PINNED", "20261101", "CT", "КТ ОГК", 1800), inArchive("1.2", "PINNED", "20261001", "CT", "КТ ОГК", 1800))
			if err := d.Store.Pin(t.Context(), clinic.Patient{PatientID: "PINNED"}); err != nil {
				t.Fatal(err)
			}
			if err := d.SetQuotaGB(t.Context(), c.cache); err != nil {
				t.Fatal(err)
			}
			if err := d.SavePrefetch(t.Context(), desk.PrefetchOptions{GB: c.share}); err != nil {
				t.Fatal(err)
			}
			if n := prefetchOnce(t, d); n != c.want {
				t.Errorf("%d in line, want %d: %v", n, c.want, inLine(d))
			}
		})
	}
}

// TestPrefetchGivesWay has nothing to do while somebody waits for a transfer,
// except for today's orders.
func TestPrefetchGivesWay(t *testing.T) {
	answer := make(chan struct{})
	archive := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-answer:
		case <-r.Context().Done():
		}
	}))
	defer archive.Close()
	defer close(answer)
	d := clinicDesk(t, &clock{at: today}, archive.URL, 0)
	known(t, d, inArchive("1.1", "PINNED", "20261101", "CT", "КТ ОГК", 10), inArchive("2.1", "T1", "20261101", "CT", "КТ ОГК", 10))
	if err := d.Store.Pin(t.Context(), clinic.Patient{PatientID: "PINNED"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Store.SaveOrders(t.Context(), clinic.Order{AccessionNumber: "O1", Patient: clinic.Patient{PatientID: "T1"}, Modality: "CT", Text: "КТ ОГК"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Fetch(t.Context(), clinic.Study{StudyInstanceUID: "9.9", Source: "city"}); err != nil {
		t.Fatal(err)
	}
	if n := prefetchOnce(t, d); n != 1 || inLine(d)["2.1"] != "P01" {
		t.Errorf("%d, %v", n, inLine(d))
	}
}

// TestAPrefetchedStudyIsMarkedUntilItIsOpened fetches one from a real archive.
func TestAPrefetchedStudyIsMarkedUntilItIsOpened(t *testing.T) {
	archive := orthanctest.Start(t)
	s := chest("20261111", "КТ ОГК")
	upload(t, archive.URL, s, 3)
	d := clinicDesk(t, &clock{at: today}, archive.URL, 1)
	if got := syncIndex(t, d); got.Changed != 1 {
		t.Fatalf("%+v", got)
	}
	if err := d.Store.SaveOrders(t.Context(), order()); err != nil {
		t.Fatal(err)
	}
	if n := prefetchOnce(t, d); n != 1 {
		t.Fatal(n)
	}
	settle(t, d)
	study, err := d.Store.Study(t.Context(), s.UID())
	if err != nil || study.Completeness != clinic.Complete {
		t.Fatalf("%+v, %v", study, err)
	}
	if j := d.Transfer.Jobs()[0]; j.Priority == transfer.Now || j.Reason != "P01" {
		t.Errorf("%+v", j)
	}
	if n, err := d.Store.PrefetchedBytes(t.Context()); err != nil || n == 0 {
		t.Errorf("%d bytes are marked, %v", n, err)
	}
	d.Opened(t.Context(), study)
	if n, err := d.Store.PrefetchedBytes(t.Context()); err != nil || n != 0 {
		t.Errorf("%d bytes are marked after it was opened, %v", n, err)
	}
}
