package identity_test

import (
	"errors"
	"testing"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]identity.Number{
		"112-233-445 95":             {Kind: identity.SNILS, Value: "11223344595", Strong: true},
		" 11223344595\r\n":           {Kind: identity.SNILS, Value: "11223344595", Strong: true},
		"СНИЛС: 112-233-445-95":      {Kind: identity.SNILS, Value: "11223344595", Strong: true},
		"]C111223344595":             {Kind: identity.SNILS, Value: "11223344595", Strong: true},
		"112\u00a0233\u00a0445 95":   {Kind: identity.SNILS, Value: "11223344595", Strong: true},
		"001-001-998 77":             {Kind: identity.SNILS, Value: "00100199877"}, // no check digits so early
		"000-000-000 00":             {Kind: identity.SNILS, Value: "00000000000"},
		"111-111-111 45":             {Kind: identity.SNILS, Value: "11111111145"}, // agrees, and is nobody's
		"4000 0000 0000 0002":        {Kind: identity.ENP, Value: "4000000000000002", Strong: true},
		"полис ОМС 4000000000000002": {Kind: identity.ENP, Value: "4000000000000002", Strong: true},
		"0000000000000000":           {Kind: identity.ENP, Value: "0000000000000000"},
		"№ 123456782":                {Kind: identity.Temporary, Value: "123456782"},
	} {
		if got, err := identity.Parse(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"112-233-445 96": identity.ErrCheck, "4000000000000003": identity.ErrCheck,
		"": identity.ErrLength, "12345": identity.ErrLength, "TEST-1": identity.ErrLength, "112A233B445C95": identity.ErrLength,
	} {
		if n, err := identity.Parse(text); !errors.Is(err, want) || n.Strong {
			t.Errorf("%q: %+v, %v; want %v", text, n, err, want)
		}
	}
}

// TestSNILSRemainders: 100 and 101 are both written 00.
func TestSNILSRemainders(t *testing.T) {
	for _, good := range []string{"920-000-100 00", "920-000-101 00"} {
		if _, err := identity.Parse(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestReadNumber(t *testing.T) {
	for id, want := range map[clinic.Identifier]identity.Kind{
		{ID: "11223344595", Issuer: identity.SystemSNILS}:      identity.SNILS,
		{ID: "112-233-445 95", Issuer: "СНИЛС"}:                identity.SNILS,
		{ID: "112-233-445 95"}:                                 identity.SNILS,
		{ID: "11223344595"}:                                    identity.Local, // may be a clinic's own
		{ID: "4000000000000002"}:                               identity.Local,
		{ID: "4000000000000002", Issuer: identity.SystemENP}:   identity.ENP,
		{ID: "4000000000000002", Issuer: "ОМС"}:                identity.ENP,
		{ID: "4000000000000003", Issuer: "ENP"}:                identity.Local, // mistyped
		{ID: "123456782", Issuer: "oms"}:                       identity.Temporary,
		{ID: "1000021145", Issuer: "ЕМИАС"}:                    identity.EMIAS,
		{ID: "T1", Issuer: "Комсомольская больница (TEST-49)"}: identity.Local,
	} {
		if got := identity.ReadNumber(id); got.Kind != want {
			t.Errorf("%+v: %+v, want %s", id, got, want)
		}
	}
}

func TestIdentifiersOfADataSet(t *testing.T) {
	d := dicom.NewDataSet()
	d.SetString(dicom.PatientID, "T1")
	d.SetString(dicom.IssuerOfPatientID, "TEST-1")
	item := func(id, issuer string) *dicom.DataSet {
		i := dicom.NewDataSet()
		i.SetString(dicom.PatientID, id)
		if issuer != "" {
			q := dicom.NewDataSet()
			q.SetString(dicom.Tag(0x00400032), issuer)
			i.SetItems(dicom.Tag(0x00100024), q)
		}
		return i
	}
	d.SetItems(dicom.OtherPatientIDsSequence, item("11223344595", identity.SystemSNILS), item("T1", ""), item("", "x"), item("112-233-445 95", ""))
	p := clinic.PatientOf(d)
	want := []clinic.Identifier{{ID: "11223344595", Issuer: identity.SystemSNILS}, {ID: "112-233-445 95"}}
	if len(p.OtherPatientIDs) != 2 || p.OtherPatientIDs[0] != want[0] || p.OtherPatientIDs[1] != want[1] {
		t.Errorf("%+v", p.OtherPatientIDs)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("]C1112-233-445 95")
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := identity.Parse(text); err != nil && n.Strong {
			t.Errorf("%q is strong and wrong", text)
		}
	})
}
