package desk_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/node"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func openDesk(t testing.TB) *desk.Desk {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Now: func() time.Time { return today },
		Keyring: desk.NoKeyring{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func chest(date, description string) dicomtest.Study {
	return dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T1", BirthDate: "19610412", Sex: "F",
		Date: date, Time: "101500", StudyDescription: description, BodyPartExamined: "CHEST", InstitutionName: "Clinic 5"}
}

func add(t *testing.T, d *desk.Desk, s dicomtest.Study, slices int) {
	t.Helper()
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 32, Slices: slices}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Store.Add(t.Context(), &b, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func order() clinic.Order {
	return clinic.Order{AccessionNumber: "O1", Modality: "CT", Text: "КТ ОГК без контраста", Contrast: "none", Ordered: today,
		Patient: clinic.Patient{PatientID: "T1", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"),
			PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}}
}

func TestCardSaysWhatWasDone(t *testing.T) {
	d := openDesk(t)
	add(t, d, chest("20261111", "КТ органов грудной клетки"), 2)
	other := chest("20261112", "КТ ОГК")
	other.PatientName, other.BirthDate = "Примеров^Пётр", "19700101"
	add(t, d, other, 1)
	card, err := d.Card(t.Context(), order())
	if err != nil {
		t.Fatal(err)
	}
	best := card.Verdict.Best
	if !card.Verdict.Repeat || best == nil || best.Class != priors.Same || best.AgeDays != 12 {
		t.Errorf("verdict %+v", card.Verdict)
	}
	if len(card.Verdict.Priors) != 1 || len(card.Doubtful) != 1 {
		t.Errorf("%d priors and %d doubtful, want one each", len(card.Verdict.Priors), len(card.Doubtful))
	}
	bare := order()
	bare.Patient = clinic.Patient{PatientID: "T1"}
	if card, err := d.Card(t.Context(), bare); err != nil || len(card.Verdict.Priors) != 0 || len(card.Doubtful) != 2 || card.Verdict.Repeat {
		t.Errorf("a bare ID that two people have must count for neither: %+v, %v", card.Verdict, err)
	}
	for language, word := range map[string]string{"ru": "12 дней", "en": "12 days"} {
		if s := card.Verdict.Why.Sentence(language); !strings.Contains(s, word) {
			t.Errorf("%s: %q does not say %q", language, s, word)
		}
	}
}

func TestDecisionIsJournalledAndFound(t *testing.T) {
	d := openDesk(t)
	add(t, d, chest("20261111", "КТ органов грудной клетки"), 1)
	card, err := d.Card(t.Context(), order())
	if err != nil {
		t.Fatal(err)
	}
	made, err := d.Decide(t.Context(), card, clinic.JustifiedRepeat, "", clinic.NewSymptoms, " кровохарканье ", "ru")
	if err != nil {
		t.Fatal(err)
	}
	if card, err = d.Card(t.Context(), order()); err != nil || card.Decision == nil {
		t.Fatalf("the decision is not on the card: %+v, %v", card.Decision, err)
	}
	if got := *card.Decision; got.Choice != clinic.JustifiedRepeat || got.Note != "кровохарканье" || got.Verdict == "" ||
		got.Rules == "" || got.StudyInstanceUID == "" || !got.Made.Equal(made.Made) {
		t.Errorf("decision %+v", got)
	}
	unsent, err := d.Store.Unsent(t.Context(), "decision")
	if err != nil || len(unsent) != 1 {
		t.Errorf("unsent: %v, %v", unsent, err)
	}
}

func TestPairFindsThePriorThatHelps(t *testing.T) {
	d := openDesk(t)
	now, old := chest("20261111", "КТ органов грудной клетки"), chest("20251001", "КТ ОГК")
	head := chest("20261001", "КТ головного мозга")
	head.BodyPartExamined = "HEAD"
	for _, s := range []dicomtest.Study{now, old, head} {
		add(t, d, s, 1)
	}
	for name, c := range map[string]struct{ study, prior, wantCurrent, wantPrior dicom.UID }{
		"study alone":  {now.UID(), "", now.UID(), old.UID()},
		"prior alone":  {"", old.UID(), now.UID(), old.UID()},
		"both":         {now.UID(), head.UID(), now.UID(), head.UID()},
		"newest alone": {"", now.UID(), now.UID(), old.UID()},
	} {
		p, err := d.Pair(t.Context(), c.study, c.prior)
		if err != nil || p.Current.StudyInstanceUID != c.wantCurrent || p.Prior.StudyInstanceUID != c.wantPrior || len(p.All) != 3 {
			t.Errorf("%s: %s beside %s of %d, %v", name, p.Prior.StudyDescription, p.Current.StudyDescription, len(p.All), err)
		}
	}
	if _, err := d.Pair(t.Context(), "1.2.3", ""); err == nil {
		t.Error("a study that is not known was opened")
	}
}

func TestThumbnailOfASlice(t *testing.T) {
	d := openDesk(t)
	s := chest("20261111", "КТ")
	add(t, d, s, 3)
	series, err := d.Store.Series(t.Context(), s.UID())
	if err != nil || len(series) != 1 {
		t.Fatal(series, err)
	}
	png, err := d.Store.ThumbnailPNG(t.Context(), s.UID(), series[0].SeriesInstanceUID)
	if err != nil || !bytes.HasPrefix(png, []byte("\x89PNG")) {
		t.Errorf("%d bytes, %v", len(png), err)
	}
}

func TestABadlySetUpArchiveIsShown(t *testing.T) {
	d := openDesk(t)
	if err := d.Store.SaveNode(t.Context(), "broken", desk.ArchiveOptions{URL: "no address"}); err != nil {
		t.Fatal(err)
	}
	nothing := httptest.NewServer(http.NotFoundHandler())
	defer nothing.Close()
	if err := d.SaveArchive(t.Context(), "elsewhere", desk.ArchiveOptions{URL: nothing.URL}); err != nil {
		t.Fatal(err)
	}
	health := d.Echo(t.Context())
	if len(health) != 2 || health[0].Name != "broken" || health[0].Err == nil || !errors.Is(health[1].Err, node.ErrGarbled) {
		t.Errorf("health %+v", health)
	}
	d.Ask(t.Context(), clinic.Patient{PatientID: "T1"}) // must not fall over the archive without a client
	card, err := d.Card(t.Context(), order())
	if err != nil || len(card.Sources) != 2 || !card.Silent() || card.AskedWithin(today, time.Hour) {
		t.Errorf("sources %+v, %v", card.Sources, err)
	}
}

func TestTheDecisionNamesTheChosenPrior(t *testing.T) {
	d := openDesk(t)
	now, old := chest("20261111", "КТ ОГК"), chest("20251001", "КТ ОГК")
	add(t, d, now, 1)
	add(t, d, old, 1)
	card, err := d.Card(t.Context(), order())
	if err != nil {
		t.Fatal(err)
	}
	for prior, want := range map[dicom.UID]dicom.UID{old.UID(): old.UID(), "": now.UID()} {
		made, err := d.Decide(t.Context(), card, clinic.UsePrior, prior, "", "", "en")
		if err != nil || made.StudyInstanceUID != want {
			t.Errorf("chosen %q, recorded %q, %v", prior, made.StudyInstanceUID, err)
		}
	}
}
