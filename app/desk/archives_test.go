package desk_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"eris/app/desk"
	"eris/clinic"
)

// TestAQuestionGivenUpIsNoFailure asks an archive that is slow, and gives up
// as a person does who goes on to the next patient.
func TestAQuestionGivenUpIsNoFailure(t *testing.T) {
	asked := make(chan struct{}, 8)
	archive := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer archive.Close()
	d := workstation(t, t.TempDir(), archive.URL)
	ctx, giveUp := context.WithCancel(t.Context())
	go func() { <-asked; giveUp() }()
	d.Ask(ctx, clinic.Patient{PatientID: "T1"})
	if err := d.LastError("city"); err != nil {
		t.Errorf("the archive is said to have failed: %v", err)
	}
}

func TestAFetchAskedForStaysInLine(t *testing.T) {
	archive := httptest.NewServer(http.NotFoundHandler())
	defer archive.Close()
	d := workstation(t, t.TempDir(), archive.URL)
	ctx, goOn := context.WithCancel(t.Context())
	goOn()
	if err := d.Fetch(ctx, clinic.Study{StudyInstanceUID: "2.25.1", Source: "city"}); err != nil {
		t.Fatal(err)
	}
	if jobs := d.Transfer.Jobs(); len(jobs) != 1 || jobs[0].StudyInstanceUID != "2.25.1" {
		t.Errorf("jobs %+v", jobs)
	}
}

func TestAnArchiveThatIsAwayIsAFailure(t *testing.T) {
	archive := httptest.NewServer(http.NotFoundHandler())
	url := archive.URL
	archive.Close()
	d := workstation(t, t.TempDir(), url)
	d.Ask(t.Context(), clinic.Patient{PatientID: "T1"})
	card, err := d.Card(t.Context(), order())
	if err != nil || len(card.Sources) != 1 || card.Sources[0].Err == nil || !card.Sources[0].Asked.IsZero() {
		t.Errorf("sources %+v, %v", card.Sources, err)
	}
	var health []desk.Health = d.Echo(t.Context())
	if len(health) != 1 || health[0].Err == nil {
		t.Errorf("health %+v", health)
	}
}
