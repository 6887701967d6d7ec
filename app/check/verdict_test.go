package check

import (
	"testing"
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/assets"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
	"eris/dicom"

	fynewidget "fyne.io/fyne/v2/widget"
)

func english(t *testing.T) *words.Words {
	t.Helper()
	w, err := words.Load(assets.Words(), "en")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestHeadlines(t *testing.T) {
	w := english(t)
	order := clinic.Order{Patient: clinic.Patient{PatientID: "1"}}
	now := time.Now()
	asked := []desk.Source{{Name: "city", Asked: now}}
	prior := func(class priors.Class, repeat bool, age int) priors.Verdict {
		p := priors.Prior{Class: class, Repeat: repeat, AgeDays: age, AgeKnown: true}
		return priors.Verdict{Repeat: repeat, Best: &p, Priors: []priors.Prior{p}}
	}
	for want, card := range map[string]desk.Card{
		"DONE 12 D AGO":            {Order: order, Sources: asked, Verdict: prior(priors.Same, true, 12)},
		"DONE TODAY":               {Order: order, Sources: asked, Verdict: prior(priors.Same, true, 0)},
		"A COMPARABLE EXAM BEFORE": {Order: order, Sources: asked, Verdict: prior(priors.Comparable, false, 40)},
		"NOTHING COMPARABLE UNDER THIS ID, BUT THE PATIENT MAY HAVE ANOTHER": {Order: order, Sources: asked,
			Candidates: []desk.Candidate{{Match: identity.Match{Confidence: identity.Candidate, Reason: identity.NameBirth}}}},
		"NOTHING COMPARABLE BEFORE":                                    {Order: order, Sources: asked},
		"NOTHING COMPARABLE KNOWN, BUT NOT EVERY ARCHIVE HAS ANSWERED": {Order: order, Sources: []desk.Source{{Name: "city"}}},
		"NO PATIENT ID: EARLIER EXAMS CANNOT BE LOOKED UP":             {},
		"AN EARLIER EXAM OF UNKNOWN REGION": {Order: order, Sources: asked,
			Verdict: priors.Verdict{Priors: []priors.Prior{{Class: priors.Related, RegionUnknown: true}}}},
		"EARLIER EXAMS UNDER THIS ID MAY BE ANOTHER PERSON'S": {Order: order, Sources: asked, Doubtful: []priors.Prior{{Class: priors.Same}}},
		"NOTHING COMPARABLE KNOWN 9 DAYS AGO, NEWER EXAMS MAY BE MISSING": {Order: order, At: now,
			Sources: []desk.Source{{Name: "city", Asked: now.Add(-20 * 24 * time.Hour), Indexed: now.Add(-9 * 24 * time.Hour)}}},
	} {
		if got, _ := headline(w, card); got != want {
			t.Errorf("headline %q, want %q", got, want)
		}
	}
}

func TestIrrelevantPriorsAreFoldedNotHidden(t *testing.T) {
	w := english(t)
	card := desk.Card{
		Verdict:  priors.Verdict{Priors: []priors.Prior{{Class: priors.Same}, {Class: priors.Unrelated}, {Class: priors.Unrelated}}},
		Doubtful: []priors.Prior{{Class: priors.Same}},
	}
	if rows := priorRows(w, card, false); len(rows) != 3 || rows[2].folded != 2 || !rows[1].doubtful {
		t.Errorf("folded: %+v", rows)
	}
	if rows := priorRows(w, card, true); len(rows) != 4 {
		t.Errorf("unfolded: %+v", rows)
	}
}

// Exams of somebody who may be the same person stand on the page, and can never
// take the place of the ordered exam.
func TestCandidatesAreShownAndNotUsable(t *testing.T) {
	one := desk.Candidate{Match: identity.Match{Confidence: identity.Candidate}, Priors: []priors.Prior{{Class: priors.Same, Repeat: true}}}
	none := desk.Candidate{Match: identity.Match{Confidence: identity.Conflict}}
	rows := priorRows(english(t), desk.Card{Candidates: []desk.Candidate{one, none}}, false)
	if len(rows) != 2 || rows[0].candidate == nil || rows[0].conflict() || !rows[1].conflict() {
		t.Fatalf("rows %+v", rows)
	}
	for _, r := range rows {
		if blockWord(r) != "not counted" || importance(r) != fynewidget.DangerImportance {
			t.Errorf("a row of another ID says %q", blockWord(r))
		}
	}
}

// A prior that counts through a link says so; the order's own exam and one under
// another issuer's equal ID do not.
func TestLinkedPriorsSaySo(t *testing.T) {
	own, other := clinic.Patient{PatientID: "7", IssuerOfPatientID: "A"}, clinic.Patient{PatientID: "7", IssuerOfPatientID: "B"}
	study := func(uid dicom.UID, p clinic.Patient) priors.Prior {
		return priors.Prior{Class: priors.Same, Study: clinic.Study{StudyInstanceUID: uid, Patient: p}}
	}
	certain := identity.Match{Confidence: identity.Certain, Reason: identity.ByNumber}
	c := desk.Card{Order: clinic.Order{Patient: own}, Verdict: priors.Verdict{Priors: []priors.Prior{study("1", own), study("2", other)}},
		Linked:   []desk.Linked{{Patient: other, Match: certain}},
		Identity: map[dicom.UID]identity.Match{"1": {Confidence: identity.Own}, "2": certain}}
	rows := priorRows(english(t), c, false)
	if rows[0].through != "" || rows[1].through != identity.Certain {
		t.Errorf("own through %q, the other's through %q", rows[0].through, rows[1].through)
	}
	if candidateWord(desk.Candidate{Judged: true}) == candidateWord(desk.Candidate{}) {
		t.Error("a candidate who was not looked through says that nothing is known")
	}
}
