package dicomweb

import (
	"testing"

	"eris/dicom"
	"eris/sync/node"
)

// FuzzDataSets reads what a hostile archive may send as an answer: it is
// refused or read, and what was read can be asked.
func FuzzDataSets(f *testing.F) {
	f.Add([]byte(`[{"0020000D":{"vr":"UI","Value":["2.25.7"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Тестов"}]}}]`))
	f.Add([]byte(`{"00201208":{"Value":["12"]}}`))
	f.Add([]byte("\xEF\xBB\xBF[{},null,[]]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := dataSets(b)
		if err != nil && list != nil {
			t.Fatal("a list beside an error")
		}
		for _, d := range list {
			node.Study(d, "north")
			node.Series(d, d.UID(dicom.StudyInstanceUID))
		}
	})
}
