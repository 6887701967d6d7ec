package dimse_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/nodetest"
	"eris/sync/orthanctest"
	"eris/sync/ul"
)

func references(list []*dicom.File) []node.Reference {
	out := make([]node.Reference, len(list))
	for i, f := range list {
		out[i] = node.Reference{SOPClassUID: f.UID(dicom.SOPClassUID), SOPInstanceUID: f.UID(dicom.SOPInstanceUID)}
	}
	return out
}

// TestOrthancAnswersForObjects: storage commitment with a real archive, whose
// result comes on another association.
func TestOrthancAnswersForObjects(t *testing.T) {
	results := make(chan dimse.Commitment, 1)
	s := &dimse.Server{Committed: func(_ context.Context, c dimse.Commitment) { results <- c }}
	c, archive := orthanc(t, dimse.Options{})
	archive.Modality(t, "ERIS", serve(t, s))
	send(t, c, encodedAll(t, objects()))
	asked := append(references(objects()), node.Reference{SOPClassUID: dicom.CTImageStorage, SOPInstanceUID: "2.25.404"})
	transaction := dicom.NewUID()
	if _, known, err := c.Commit(t.Context(), transaction, asked, 0); err != nil || known {
		t.Fatalf("known %v, %v", known, err)
	}
	result := <-results
	if result.TransactionUID != transaction || result.Source != orthanctest.AETitle || len(result.Taken) != len(asked)-1 ||
		len(result.Failed) != 1 || result.Failed[0].SOPInstanceUID != "2.25.404" || result.Failed[0].Reason != int(dimse.NoSuchInstance) {
		t.Errorf("%+v", result)
	}
}

// committing plays an archive that sends the result on the same association,
// before or after it answers the request.
func committing(early bool) script {
	return func(p *puppet) {
		c, context, set, ok := p.request()
		if !ok {
			return
		}
		result := dicom.NewDataSet()
		result.SetUID(dicom.TransactionUID, set.UID(dicom.TransactionUID))
		result.SetItems(dicom.ReferencedSOPSequence, set.Items(dicom.ReferencedSOPSequence)...)
		report := dimse.Command{Field: dimse.NEventReportRQ, MessageID: 1, AffectedSOPClassUID: dimse.StorageCommitment, EventTypeID: 1}
		answer := dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID}
		if !early {
			p.say(context, answer, nil)
		}
		p.say(context, report, result)
		if said, _, _, ok := p.request(); !ok || said.Field != dimse.NEventReportRQ|0x8000 || said.Status != dimse.Success {
			p.t.Errorf("the report was answered with %+v", said)
		}
		if early {
			p.say(context, answer, nil)
		}
		p.linger()
	}
}

func TestCommitmentOnTheSameAssociation(t *testing.T) {
	for _, early := range []bool{true, false} {
		c := client(t, dimse.Options{Address: scripted(t, committing(early)), CalledAE: "SCRIPT"})
		asked := references(objects())
		result, known, err := c.Commit(t.Context(), dicom.NewUID(), asked, time.Minute)
		if err != nil || !known || !slices.Equal(result.Taken, asked) {
			t.Errorf("early %v: %+v, %v, %v", early, result, known, err)
		}
	}
	c := client(t, dimse.Options{Address: scripted(t, answers(dimse.Status(0x0131), func(*dimse.Command, *dicom.DataSet) {})), CalledAE: "SCRIPT"})
	if _, _, err := c.Commit(t.Context(), dicom.NewUID(), references(objects()), time.Minute); !errors.Is(err, node.ErrConflict) {
		t.Errorf("a transaction that is known: %v", err)
	}
}

// TestReportsOfStrangers: only a report that belongs to the service is believed.
func TestReportsOfStrangers(t *testing.T) {
	s := &dimse.Server{Committed: func(context.Context, dimse.Commitment) { t.Error("a report was believed") }}
	a, err := ul.Dial(t.Context(), ul.DialOptions{Address: serve(t, s)}, ul.Request{CallingAE: "HOSTILE", CalledAE: "ERIS", Contexts: []ul.Context{
		{AbstractSyntax: dimse.StorageCommitment, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}, SCP: true}}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Abort()
	p := &puppet{t, t.Context(), a}
	report := dimse.Command{Field: dimse.NEventReportRQ, MessageID: 1, AffectedSOPClassUID: dimse.StorageCommitment, EventTypeID: 7}
	p.say(1, report, nil)
	if answer, _, _, ok := p.request(); !ok || answer.Status != dimse.NoSuchEventType {
		t.Errorf("%+v", answer)
	}
	report.EventTypeID = 1
	p.say(1, report, nil)
	if answer, _, _, ok := p.request(); !ok || answer.Status != dimse.ProcessingFailure {
		t.Errorf("%+v", answer)
	}
}

func TestProceduresAreReported(t *testing.T) {
	type said struct {
		c   *dimse.Command
		set *dicom.DataSet
	}
	heard := make(chan said, 3)
	c := client(t, dimse.Options{CalledAE: "RIS", Address: scripted(t, answers(dimse.Success, func(c *dimse.Command, set *dicom.DataSet) { heard <- said{c, set} }))})
	p := dimse.Procedure{SOPInstanceUID: dicom.NewUID(), ID: "P-1", StationAETitle: "CT1", Modality: "CT", Description: "Голова",
		Started: time.Date(2026, 11, 26, 10, 15, 0, 0, time.UTC), Item: dimse.WorklistItem{AccessionNumber: "A-1", StudyInstanceUID: "1.2.3", RequestedProcedureID: "R-1"}}
	p.Item.Set = dicom.NewDataSet()
	p.Item.Set.SetString(dicom.PatientName, mariya.PatientName)
	p.Item.Set.SetString(dicom.PatientID, "T-1")
	if err := c.StartProcedure(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	got := <-heard
	step := got.set.Items(dicom.ScheduledStepAttributesSequence)
	if got.c.Field != dimse.NCreateRQ || got.c.AffectedSOPInstanceUID != p.SOPInstanceUID || got.set.String(dicom.PerformedProcedureStepStatus) != "IN PROGRESS" ||
		got.set.String(dicom.PatientName) != mariya.PatientName || got.set.String(dicom.PerformedProcedureStepStartTime) != "101500" ||
		len(step) != 1 || step[0].UID(dicom.StudyInstanceUID) != "1.2.3" || step[0].String(dicom.AccessionNumber) != "A-1" {
		t.Errorf("created %+v %v", got.c, got.set)
	}
	series := []dimse.PerformedSeries{{SeriesInstanceUID: "1.2.3.4", ProtocolName: "Head", Images: references(ct(mariya, 2, 2, 32))}}
	if err := c.CompleteProcedure(t.Context(), p, p.Started.Add(time.Minute), series); err != nil {
		t.Fatal(err)
	}
	got = <-heard
	made := got.set.Items(dicom.PerformedSeriesSequence)
	if got.c.Field != dimse.NSetRQ || got.c.RequestedSOPInstanceUID != p.SOPInstanceUID || got.set.String(dicom.PerformedProcedureStepStatus) != "COMPLETED" ||
		len(made) != 1 || len(made[0].Items(dicom.ReferencedImageSequence)) != 2 || got.set.String(dicom.PerformedProcedureStepEndTime) != "101600" {
		t.Errorf("completed %+v %v", got.c, got.set)
	}
	if err := c.DiscontinueProcedure(t.Context(), p, p.Started, dimse.Code{Value: "110513", Scheme: "DCM", Meaning: "Discontinued for unspecified reason"}, nil); err != nil {
		t.Fatal(err)
	}
	got = <-heard
	if reason := got.set.Items(dicom.DiscontinuationReasonCodeSequence); got.set.String(dicom.PerformedProcedureStepStatus) != "DISCONTINUED" ||
		len(reason) != 1 || reason[0].String(dicom.CodeValue) != "110513" {
		t.Errorf("discontinued %+v %v", got.c, got.set)
	}
	c = client(t, dimse.Options{CalledAE: "RIS", Address: scripted(t, answers(dimse.ProcessingFailure, func(*dimse.Command, *dicom.DataSet) {}))})
	if err := c.CompleteProcedure(t.Context(), p, p.Started, nil); !errors.Is(err, node.ErrServer) {
		t.Errorf("refused: %v", err)
	}
}

// steps keeps procedures as the desk does, in memory.
type steps struct {
	sync.Mutex
	states map[dicom.UID]string
	heard  []dimse.StepReport
}

func (s *steps) take(_ context.Context, r dimse.StepReport) error {
	s.Lock()
	defer s.Unlock()
	s.heard = append(s.heard, r)
	state, known := s.states[r.SOPInstanceUID]
	switch {
	case r.Created && known:
		return dimse.ErrStepKnown
	case !r.Created && !known:
		return dimse.ErrStepUnknown
	case known && state != dimse.StepInProgress:
		return dimse.ErrStepOver
	}
	if now := r.Set.String(dicom.PerformedProcedureStepStatus); now != "" {
		s.states[r.SOPInstanceUID] = now
	}
	return nil
}

// TestScannerTellsOfProcedures: a scanner that is not ours, in and out of turn.
func TestScannerTellsOfProcedures(t *testing.T) {
	kept := &steps{states: map[dicom.UID]string{}}
	address := serve(t, &dimse.Server{Steps: kept.take})
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	status := func(now string) map[string]any { return map[string]any{"PerformedProcedureStepStatus": now} }
	said := nodetest.Scan(t, number, "ERIS",
		nodetest.Request{Operation: "create", UID: "2.25.1", Set: map[string]any{"PerformedProcedureStepStatus": "IN PROGRESS", "Modality": "CT",
			"ScheduledStepAttributesSequence": []any{map[string]any{"StudyInstanceUID": "1.2.3", "AccessionNumber": "A-1"}}}},
		nodetest.Request{Operation: "create", UID: "2.25.1", Set: status("IN PROGRESS")},
		nodetest.Request{Operation: "create", UID: "2.25.2", Set: status("COMPLETED")},
		nodetest.Request{Operation: "set", UID: "2.25.3", Set: status("COMPLETED")},
		nodetest.Request{Operation: "set", UID: "2.25.1", Set: map[string]any{"PerformedProcedureStepDescription": "CT"}},
		nodetest.Request{Operation: "set", UID: "2.25.1", Set: status("NO STATUS")},
		nodetest.Request{Operation: "set", UID: "2.25.1", Set: status("COMPLETED")},
		nodetest.Request{Operation: "set", UID: "2.25.1", Set: status("COMPLETED")})
	if want := []int{0, 0x0111, 0x0106, 0x0112, 0, 0x0106, 0, 0x0110}; !slices.Equal(said, want) {
		t.Errorf("answered %04X, want %04X", said, want)
	}
	if first := kept.heard[0]; first.Source != "SCANNER" || !first.Created || first.SOPInstanceUID != "2.25.1" ||
		first.Set.Items(dicom.ScheduledStepAttributesSequence)[0].String(dicom.AccessionNumber) != "A-1" {
		t.Errorf("%+v", first)
	}
	// A server that takes none says so before a data set comes.
	deaf := serve(t, &dimse.Server{})
	p := dimse.Procedure{SOPInstanceUID: dicom.NewUID(), ID: "P-1", StationAETitle: "CT1", Modality: "CT", Started: time.Now()}
	if err := client(t, dimse.Options{Address: deaf, CalledAE: "ERIS"}).StartProcedure(t.Context(), p); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("%v", err)
	}
}

// TestDepartmentIsToldOfProcedures: a department's system that is not ours.
func TestDepartmentIsToldOfProcedures(t *testing.T) {
	ris := nodetest.StartDepartment(t)
	c := client(t, dimse.Options{Address: ris.Address, CalledAE: "RIS"})
	p := dimse.Procedure{SOPInstanceUID: dicom.NewUID(), ID: "P-1", StationAETitle: "CT1", Modality: "CT", Description: "Голова", Started: time.Now()}
	if err := c.StartProcedure(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := c.StartProcedure(t.Context(), p); !errors.Is(err, node.ErrConflict) {
		t.Errorf("begun twice: %v", err)
	}
	if err := c.CompleteProcedure(t.Context(), p, time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	if err := c.CompleteProcedure(t.Context(), p, time.Now(), nil); !errors.Is(err, node.ErrServer) {
		t.Errorf("completed twice: %v", err)
	}
	heard := ris.Said()
	if len(heard) != 4 || heard[0].UID != string(p.SOPInstanceUID) || string(heard[0].Set["PerformedProcedureStepDescription"]) != `"Голова"` ||
		string(heard[2].Set["PerformedProcedureStepStatus"]) != `"COMPLETED"` {
		t.Errorf("%+v", heard)
	}
}
