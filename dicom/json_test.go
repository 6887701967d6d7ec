package dicom

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestJSONBothWays(t *testing.T) {
	d := NewDataSet()
	d.SetString(PatientName, "Yamada^Tarou=山田^太郎")
	d.SetString(StudyDescription, "КТ головы")
	d.SetString(ImageType, "ORIGINAL", "", "AXIAL")
	d.SetFloat(PixelSpacing, 0.5, 0.25)
	d.SetInt(InstanceNumber, 7)
	d.SetInt(Rows, 512)
	d.Put(Element{Tag: 0x00091002, VR: "OB", Raw: []byte{1, 2, 3, 4}})
	d.Put(Element{Tag: 0x00091003, VR: "UV", Raw: []byte{255, 255, 255, 255, 255, 255, 255, 255}})
	d.Put(Element{Tag: 0x00280009, VR: "AT", Raw: []byte{0x18, 0, 0x63, 0x10}})
	d.SetString(AccessionNumber)
	item := NewDataSet()
	item.SetString(CodeMeaning, "Голова")
	d.SetItems(ProcedureCodeSequence, item, NewDataSet())
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"00100010":{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou","Ideographic":"山田^太郎"}]}`,
		`"00080008":{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]}`,
		`"00280030":{"vr":"DS","Value":[0.5,0.25]}`, `"00200013":{"vr":"IS","Value":[7]}`,
		`"00091002":{"vr":"OB","InlineBinary":"AQIDBA=="}`, `"00091003":{"vr":"UV","Value":["18446744073709551615"]}`,
		`"00280009":{"vr":"AT","Value":["00181063"]}`, `"00080050":{"vr":"SH"}`,
		`"00081032":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["Голова"]}},{}]}`,
	} {
		if !strings.Contains(string(b), part) {
			t.Errorf("%s\nis not in %s", part, b)
		}
	}
	var again DataSet
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(&again)
	if err != nil || string(second) != string(b) {
		t.Errorf("read and written again (%v):\n%s\n%s", err, b, second)
	}
	if again.String(StudyDescription) != "КТ головы" || len(again.Items(ProcedureCodeSequence)) != 2 {
		t.Errorf("%q", again.String(StudyDescription))
	}
}

func TestJSONFromOthers(t *testing.T) {
	var d DataSet
	err := json.Unmarshal([]byte(`{
		"00200013":{"vr":"IS","Value":["12"]}, "00280030":{"vr":"DS","Value":["0.5","0.5"]},
		"7FE00010":{"vr":"OW","BulkDataURI":"http://example.invalid/bulk/1"}, "00081032":{"vr":"SQ","Value":[null]},
		"00100010":{"vr":"PN","Value":[null]}, "00080016":{"Value":["1.2.840.10008.5.1.4.1.1.2"]}}`), &d)
	if err != nil {
		t.Fatal(err)
	}
	if d.IntOr(InstanceNumber, 0) != 12 || d.FloatOr(PixelSpacing, 0) != 0.5 || d.Has(PixelData) || d.UID(SOPClassUID) != CTImageStorage {
		t.Errorf("%v", d)
	}
	for _, bad := range []string{`[]`, `{"x":{"vr":"LO"}}`, `{"00100010":{"vr":"PN","Value":[[1]]}}`, `{"00091002":{"vr":"OB","InlineBinary":"?"}}`,
		`{"00280010":{"vr":"US","Value":["many"]}}`, strings.Repeat(`{"00081032":{"vr":"SQ","Value":[`, 50) + strings.Repeat(`]}}`, 50)} {
		if err := json.Unmarshal([]byte(bad), &d); err == nil || !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrLimit) {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}
