package dicomweb

import (
	"bytes"
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
		for raw, err := range objects(bytes.NewReader(b)) {
			if err != nil {
				return
			}
			d, err := dataSet(raw)
			if err != nil {
				continue
			}
			node.Study(d, "north")
			node.Series(d, d.UID(dicom.StudyInstanceUID))
		}
	})
}
