package hl7_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/hl7"
)

var msk = time.FixedZone("MSK", 3*60*60)

// message joins segments as they go over the wire.
func message(segments ...string) []byte { return []byte(strings.Join(segments, "\r") + "\r") }

const (
	msh = `MSH|^~\&|EMIAS|CLINIC5|ERIS|CLINIC5|20261127091000+0300||ORM^O01|M1|P|2.5.1`
	pid = `PID|1||771^^^CLINIC5^MR~112-233-445 95^^^PFR^SS||Образцова&Образцова^Мария^Тестовна||19610412|F`
)

func orders(t *testing.T, b []byte) ([]clinic.Order, error) {
	t.Helper()
	m, err := hl7.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return hl7.Orders(m, msk)
}

func TestOrderOfORM(t *testing.T) {
	list, err := orders(t, message(msh, pid,
		`ORC|NW|P-17^EMIAS|F-17||SC||^^^20261127104000||20261126083000`,
		`OBR|1|P-17^EMIAS|F-17|A06.09.005^КТ органов грудной клетки^NSI|||||||||||^^^Грудная клетка|||A-17||||||CT|||||||R05^Кашель^ICD10~R06.0^Одышка`,
		`ZDS|1.2.643.7.17^EMIAS^Application^DICOM`))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	o := list[0]
	if o.AccessionNumber != "A-17" || o.PlacerOrderNumber != "P-17" || o.FillerOrderNumber != "F-17" || o.Status != clinic.OrderActive {
		t.Errorf("numbers and state %+v", o)
	}
	if o.Code != "A06.09.005" || o.Text != "КТ органов грудной клетки" || o.Modality != "CT" || o.BodyPart != "Грудная клетка" || o.Reason != "Кашель; Одышка" {
		t.Errorf("what is asked for %+v", o)
	}
	if want := time.Date(2026, 11, 27, 10, 40, 0, 0, msk); !o.Scheduled.Equal(want) || o.StudyInstanceUID != "1.2.643.7.17" {
		t.Errorf("planned %v, %v", o.Scheduled, o.StudyInstanceUID)
	}
	if want := time.Date(2026, 11, 26, 8, 30, 0, 0, msk); !o.Ordered.Equal(want) {
		t.Errorf("ordered %v", o.Ordered)
	}
	p := o.Patient
	if p.PatientID != "771" || p.IssuerOfPatientID != "CLINIC5" || len(p.OtherPatientIDs) != 1 || p.OtherPatientIDs[0] != (clinic.Identifier{ID: "112-233-445 95", Issuer: "PFR"}) {
		t.Errorf("numbers of the patient %+v", p)
	}
	if p.PatientName != dicom.ParsePersonName("Образцова^Мария^Тестовна") || p.PatientBirthDate.DICOM() != "19610412" || p.PatientSex != "F" {
		t.Errorf("patient %+v", p)
	}
}

func TestOrderOfOMI(t *testing.T) {
	list, err := orders(t, message(strings.Replace(msh, "ORM^O01", "OMI^O23^OMI_O23", 1), pid,
		`ORC|NW|P-18`, `TQ1|1||||||20261128080000+0300`, `OBR|1|P-18||^МРТ головного мозга`,
		`IPC|A-18|RP-18|1.2.643.7.18|SPS-18|MR|^Brain|||MR01`,
		`ORC|CA|P-19`, `OBR|1|P-19|F-19|^КТ`))
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if o := list[0]; o.AccessionNumber != "A-18" || o.StudyInstanceUID != "1.2.643.7.18" || o.Modality != "MR" || o.StationAETitle != "MR01" ||
		o.Text != "МРТ головного мозга" || !o.Scheduled.Equal(time.Date(2026, 11, 28, 8, 0, 0, 0, msk)) {
		t.Errorf("%+v", o)
	}
	if o := list[1]; o.AccessionNumber != "F-19" || o.Status != clinic.OrderRevoked || o.Patient.PatientID != "771" {
		t.Errorf("%+v", o)
	}
}

func TestStates(t *testing.T) {
	for orc, want := range map[string]clinic.OrderStatus{"NW": clinic.OrderActive, "XO": clinic.OrderActive, "OC": clinic.OrderRevoked, "DC": clinic.OrderRevoked,
		"HD": clinic.OrderOnHold, "SC||||CM": clinic.OrderCompleted, "SC||||ER": clinic.OrderEnteredInError, "SC||||CA": clinic.OrderRevoked} {
		if list, err := orders(t, message(msh, pid, strings.Replace("ORC|"+orc, "||||", "|P-1|||", 1), `OBR|1|P-1||^КТ`)); err != nil || list[0].Status != want {
			t.Errorf("%s: %v, %v", orc, list, err)
		}
	}
}

func TestWhatIsNoOrderIsRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		code     string
		segments []string
	}{
		"another type":   {hl7.UnsupportedType, []string{strings.Replace(msh, "ORM^O01", "ADT^A08", 1), pid}},
		"no patient":     {hl7.RequiredMissing, []string{msh, `PID|1`, `ORC|NW|P-1`, `OBR|1`}},
		"patient's null": {hl7.RequiredMissing, []string{msh, `PID|1||""`, `ORC|NW|P-1`, `OBR|1`}},
		"no number":      {hl7.RequiredMissing, []string{msh, pid, `ORC|NW`, `OBR|1|||^КТ`}},
		"no order":       {hl7.RequiredMissing, []string{msh, pid}},
	} {
		_, err := orders(t, message(tc.segments...))
		var refusal *hl7.Refusal
		if !errors.As(err, &refusal) || refusal.Code != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a sender gets wrong about one thing leaves the others as they are.
func TestWrongValuesAreLeftOut(t *testing.T) {
	list, err := orders(t, message(msh, `PID|1||771||Образцова||1961|x`, `ORC|NW|P-1|||||^^^2026-11-27 10:40||yesterday`, `OBR|1|||^КТ||||||||||||||||||||BLOOD`))
	if err != nil {
		t.Fatal(err)
	}
	o := list[0]
	if !o.Scheduled.IsZero() || !o.Ordered.IsZero() || o.Modality != "" || o.Patient.PatientSex != "" || o.Patient.PatientBirthDate.Valid() {
		t.Errorf("%+v", o)
	}
	if o.Text != "КТ" || o.Patient.PatientName.Alphabetic.Family != "Образцова" {
		t.Errorf("%+v", o)
	}
}

func TestCharacterSets(t *testing.T) {
	text := func(set string) string { return msh + "||||||" + set + "\r" + pid + "\r" }
	for name, tc := range map[string]struct {
		set  string
		with *charmap.Charmap
	}{"8859/5": {"8859/5", charmap.ISO8859_5}, "not named": {"", charmap.Windows1251}, "named": {"WINDOWS-1251", charmap.Windows1251}, "KOI8": {"KOI8-R", charmap.KOI8R},
		"UTF-8": {"UNICODE UTF-8", nil}, "UTF-8, not named": {"", nil}, "not known": {"ISO IR87", nil}} {
		b := []byte(text(tc.set))
		if tc.with != nil {
			var err error
			if b, err = tc.with.NewEncoder().Bytes(b); err != nil {
				t.Fatal(err)
			}
		}
		m, err := hl7.Parse(b)
		if err != nil || m.Get("PID", 5, 2) != "Мария" {
			t.Errorf("%s: %q, %v", name, m.Get("PID", 5, 2), err)
		}
	}
}

func TestEscapes(t *testing.T) {
	m, err := hl7.Parse(message(`MSH#*@!&#A`, `OBX#a!F!b!S!c!R!d!E!e!T!f#x!.br!y#!X41D0AF!#!H!bold!N!#lone!sign#!Xzz!z`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a#b*c@d!e&f", "x\ny", "AЯ", "bold", "lone!sign", "z"} {
		if got := m.Get("OBX", i+1, 1); got != want {
			t.Errorf("OBX-%d is %q, want %q", i+1, got, want)
		}
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	for _, text := range []string{"", "MSH", "PID|1", "MSH|||||||", "MSHAAAAAAAA", "MSH|^^^^|x", "MSH|^~\\&|" + strings.Repeat("\rX", 6000), "\x00\x01\x02"} {
		if _, err := hl7.Parse([]byte(text)); !errors.Is(err, hl7.ErrMessage) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestCancelIsReadBack(t *testing.T) {
	given := clinic.Order{AccessionNumber: "A-1", PlacerOrderNumber: "P-1", FillerOrderNumber: "F-1", Code: "A06.09.005", Text: "КТ | ОГК ^ без контраста",
		Patient: clinic.Patient{PatientID: "771", IssuerOfPatientID: "CLINIC5", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"),
			PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}}
	text := hl7.Cancel(hl7.Party{Application: "ERIS"}, hl7.Party{Application: "EMIAS"}, hl7.Cancellation{Order: given, Control: hl7.Canceled,
		Why: "Выполнено 12 дней назад", Prior: "1.2.643.7.1", At: time.Date(2026, 11, 27, 9, 0, 0, 0, msk)})
	list, err := orders(t, []byte(text))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	want := given
	want.Status, want.Reason = clinic.OrderRevoked, "Выполнено 12 дней назад"
	want.Ordered = time.Date(2026, 11, 27, 9, 0, 0, 0, msk)
	if got := list[0]; !got.Ordered.Equal(want.Ordered) || got.StudyInstanceUID != "" {
		t.Errorf("%+v", got)
	} else if got.Ordered = want.Ordered; !got.Patient.Equal(want.Patient) || got.Text != want.Text || got.Reason != want.Reason || got.Status != want.Status || got.AccessionNumber != "A-1" {
		t.Errorf("%+v, want %+v", got, want)
	}
	if !strings.Contains(text, "1.2.643.7.1") {
		t.Error("the earlier exam is not named")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(message(msh, pid, `ORC|NW|P-1`, `OBR|1|P-1||^КТ`))
	f.Add([]byte("MSH|^~\\&|\\X\\|\\X4\\"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := hl7.Parse(b)
		if err != nil {
			return
		}
		m.ControlID()
		list, err := hl7.Orders(m, msk)
		if err == nil && len(list) == 0 {
			t.Error("neither orders nor a refusal")
		}
	})
}
