package viewer_test

import (
	"fmt"
	"slices"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/viewer"
)

var axial = []float64{1, 0, 0, 0, 1, 0}

func instance(number int, z float64) clinic.Instance {
	return clinic.Instance{SOPInstanceUID: dicom.UID(fmt.Sprintf("2.25.%d", number)), InstanceNumber: number, Rows: 4, Columns: 4,
		ImageType: []string{"ORIGINAL", "PRIMARY", "AXIAL"}, ImageOrientationPatient: axial, ImagePositionPatient: []float64{0, 0, z},
		FrameOfReferenceUID: "2.25.1000"}
}

func numbers(s viewer.Stack) []int {
	var out []int
	for _, f := range s.Frames {
		out = append(out, f.InstanceNumber)
	}
	return out
}

func TestStacksFollowTheNormal(t *testing.T) {
	// 3 lies out of order; numbers grow towards the feet.
	in := []clinic.Instance{instance(1, 30), instance(4, 0), instance(2, 20), instance(3, 25)}
	s := viewer.Stacks(clinic.Series{}, in)
	if len(s) != 1 || !s[0].Located {
		t.Fatalf("%d stacks, want 1 in the patient", len(s))
	}
	if got, want := numbers(s[0]), []int{1, 3, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if i := s[0].Nearest(21); numbers(s[0])[i] != 2 {
		t.Errorf("nearest to 21 mm is frame %d", i)
	}
}

func TestStacksSplit(t *testing.T) {
	scout, coronal, wide, cine, report := instance(1, 0), instance(5, 0), instance(6, 0), instance(7, 0), instance(8, 0)
	scout.ImageType = []string{"ORIGINAL", "PRIMARY", "LOCALIZER"}
	coronal.ImageOrientationPatient = []float64{1, 0, 0, 0, 0, -1}
	wide.Columns = 8
	cine.NumberOfFrames = 3
	report.Rows, report.Columns = 0, 0
	almost := instance(3, 2)
	almost.ImageOrientationPatient = []float64{1, 0.0001, 0, 0, 1, 0}
	s := viewer.Stacks(clinic.Series{}, []clinic.Instance{cine, wide, instance(2, 1), scout, coronal, almost, report})
	var got [][]int
	for _, st := range s {
		got = append(got, numbers(st))
	}
	if want := "[[1] [2 3] [5] [6] [7 7 7]]"; fmt.Sprint(got) != want {
		t.Fatalf("stacks %v, want %s", got, want)
	}
	if !s[0].Localizer || s[1].Localizer || s[4].Frames[2].Index != 2 {
		t.Errorf("localizer or frame index is wrong: %+v", s)
	}
}

func TestStacksWithoutPositionsGoByNumber(t *testing.T) {
	in := []clinic.Instance{instance(3, 0), instance(1, 9), instance(2, 5)}
	in[1].ImagePositionPatient = nil
	s := viewer.Stacks(clinic.Series{}, in)
	if got := numbers(s[0]); !slices.Equal(got, []int{1, 2, 3}) || s[0].Located {
		t.Errorf("order %v, located %v", got, s[0].Located)
	}
}
