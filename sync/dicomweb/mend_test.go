package dicomweb_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"eris/dicom"
	"eris/sync/dicomweb"
)

// TestJSONAsArchivesSendIt reads objects that break the DICOM JSON model in the
// ways that archives were seen to, and finds in each what it says.
func TestJSONAsArchivesSendIt(t *testing.T) {
	const uid = `"00080018":{"vr":"UI","Value":["2.25.7"]}`
	name := func(want string) func(d *dicom.DataSet) bool {
		return func(d *dicom.DataSet) bool { return d.Name(dicom.PatientName).String() == want }
	}
	cases := map[string]struct {
		attributes string
		holds      func(d *dicom.DataSet) bool
	}{
		// dcm4chee-arc-light issue 5007: Rows as a string, empty strings as values.
		"numbers as strings": {`"00280010":{"vr":"US","Value":["512"]},"00200013":{"vr":"IS","Value":["4"]}`,
			func(d *dicom.DataSet) bool {
				return d.IntOr(dicom.Rows, 0) == 512 && d.IntOr(dicom.InstanceNumber, 0) == 4
			}},
		"empty strings": {`"00280010":{"vr":"US","Value":[""]},"00080020":{"vr":"DA","Value":[""]},"00280011":{"vr":"US","Value":[256]}`,
			func(d *dicom.DataSet) bool {
				return d.IntOr(dicom.Columns, 0) == 256 && !d.Has(dicom.Rows) && !d.Has(dicom.StudyDate)
			}},
		// dcmjs-org/dicomweb-server issue 38.
		"a name as a string": {`"00100010":{"vr":"PN","Value":["9810^42278"]}`, name("9810^42278")},
		// microsoft/dicom-server issue 1097: all groups in one.
		"groups in one": {`"00100010":{"vr":"PN","Value":[{"Alphabetic":"Two^Jimmy=ideo=phon"}]}`, name("Two^Jimmy=ideo=phon")},
		// dcm4chee-arc-light issue 5007 and Orthanc 1.10: an empty name.
		"an empty name": {`"00080090":{"vr":"PN","Value":[""]},"00100010":{"vr":"PN"}`, name("")},
		"a null name":   {`"00100010":{"vr":"PN","Value":[{"Alphabetic":null}]},"00080090":{"vr":"PN","Value":null}`, name("")},
		// dcm4che pull 1079: a value without its list, a VR that is empty.
		"no list":     {`"00100020":{"vr":"LO","Value":"T-1"}`, func(d *dicom.DataSet) bool { return d.String(dicom.PatientID) == "T-1" }},
		"an empty VR": {`"00100020":{"vr":"","Value":["T-1"]}`, func(d *dicom.DataSet) bool { return d.String(dicom.PatientID) == "T-1" }},
		"no VR":       {`"00280010":{"Value":[512]}`, func(d *dicom.DataSet) bool { return d.IntOr(dicom.Rows, 0) == 512 }},
		"a null VR":   {`"00280010":{"vr":null,"Value":512}`, func(d *dicom.DataSet) bool { return d.IntOr(dicom.Rows, 0) == 512 }},
		"null among values": {`"00280030":{"vr":"DS","Value":[null,0.5]},"00080061":{"vr":"CS","Value":[null,"CT"]}`,
			func(d *dicom.DataSet) bool { return d.Strings(dicom.ModalitiesInStudy)[1] == "CT" }},
		// PS3.18 F.2.7.
		"InlineBinary":       {`"00431028":{"vr":"OB","InlineBinary":"AAEC"}`, func(d *dicom.DataSet) bool { return len(d.Bytes(0x00431028)) >= 3 }},
		"InlineBinary, list": {`"00431028":{"vr":"OB","InlineBinary":["AAEC"]}`, func(d *dicom.DataSet) bool { return len(d.Bytes(0x00431028)) >= 3 }},
		"lower case":         {`"0020000d":{"vr":"UI","Value":["2.25.9"]}`, func(d *dicom.DataSet) bool { return d.UID(dicom.StudyInstanceUID) == "2.25.9" }},
		"bad inside an item": {`"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["2.25.5"]},"00280010":{"vr":"US","Value":[{"a":1}]}},null]}`,
			func(d *dicom.DataSet) bool {
				items := d.Items(dicom.ReferencedSOPSequence)
				return len(items) > 0 && items[0].UID(dicom.ReferencedSOPInstanceUID) == "2.25.5"
			}},
		"a bare value": {`"00100020":"T-1","00100040":["F"]`,
			func(d *dicom.DataSet) bool {
				return d.String(dicom.PatientID) == "T-1" && d.String(dicom.PatientSex) == "F"
			}},
		"true":          {`"00100020":{"vr":"LO","Value":[true]}`, func(d *dicom.DataSet) bool { return true }},
		"keys of words": {`"status":"ok"`, func(d *dicom.DataSet) bool { return true }},
	}
	for what, c := range cases {
		for _, form := range []string{"[{%}]", "{%}", "\xEF\xBB\xBF \n[ {%} ]\n", "[{%},{}]"} {
			answer := strings.Replace(form, "%", uid+","+c.attributes, 1)
			peer := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })})
			list, err := peer.Metadata(t.Context(), "2.25.1", "")
			if err != nil || len(list) == 0 || list[0].UID(dicom.SOPInstanceUID) != "2.25.7" || !c.holds(list[0]) {
				t.Errorf("%s as %s: %v, %v", what, form, list, err)
			}
		}
	}
}
