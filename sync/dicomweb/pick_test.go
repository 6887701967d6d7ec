package dicomweb_test

import (
	"bytes"
	"errors"
	"testing"

	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/node"
)

// A picture of a study is named with its series, by its number, and one of a series
// by its place.
func TestPick(t *testing.T) {
	archives(t, func(t *testing.T, c *dicomweb.Client, sent map[dicom.UID][]byte) {
		study, err := c.Study(t.Context(), mariya.UID())
		if err != nil {
			t.Fatal(err)
		}
		i, err := c.Pick(t.Context(), study.StudyInstanceUID, "", 1)
		if err != nil || i.InstanceNumber != 2 || i.Rows == 0 || i.SeriesInstanceUID == "" || !bytes.Contains(sent[i.SOPInstanceUID], []byte(i.SeriesInstanceUID)) {
			t.Errorf("picked %+v, %v", i, err)
		}
		other, err := c.Pick(t.Context(), study.StudyInstanceUID, i.SeriesInstanceUID, 0)
		if err != nil || other.SOPInstanceUID == "" || other.SeriesInstanceUID != i.SeriesInstanceUID {
			t.Errorf("picked %+v, %v", other, err)
		}
		if _, err := c.Pick(t.Context(), "2.25.4000", "", 1); !errors.Is(err, node.ErrNotFound) {
			t.Errorf("a study that is not there: %v", err)
		}
	})
}
