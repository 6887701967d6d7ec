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

// volume is a multi-frame object whose frames have their own positions.
func volume(heights ...float64) *dicom.File {
	frames := make([][]uint16, len(heights))
	for i := range frames {
		frames[i] = []uint16{1, 2, 3, 4}
	}
	f := object("2.25.7", 2, frames...)
	var groups []*dicom.DataSet
	for _, z := range heights {
		position, orientation := dicom.NewDataSet(), dicom.NewDataSet()
		position.SetFloat(dicom.ImagePositionPatient, 0, 0, z)
		orientation.SetFloat(dicom.ImageOrientationPatient, axial...)
		group := dicom.NewDataSet()
		group.SetItems(0x00209113, position)
		group.SetItems(0x00209116, orientation)
		groups = append(groups, group)
	}
	f.SetItems(dicom.PerFrameFunctionalGroupsSequence, groups...)
	return f
}

func TestFramesOfOneObjectLieInThePatient(t *testing.T) {
	whole := func(n int) viewer.Stack {
		in := instance(7, 0)
		in.NumberOfFrames, in.ImagePositionPatient, in.ImageOrientationPatient = n, nil, nil
		return viewer.Stacks(clinic.Series{}, []clinic.Instance{in})[0]
	}
	indices := func(s viewer.Stack) (out []int) {
		for _, f := range s.Frames {
			out = append(out, f.Index)
		}
		return out
	}
	for name, c := range map[string]struct {
		heights []float64
		want    string
	}{
		"one volume":             {[]float64{10, 30, 20}, "[[0 2 1]]"},
		"two phases, one by one": {[]float64{10, 10, 20, 20}, "[[0 2] [1 3]]"},
		"two phases, in turn":    {[]float64{10, 20, 10, 20}, "[[0 1] [2 3]]"},
		"an uneven rest":         {[]float64{10, 20, 20}, "[[0 1 2]]"},
		"one place, in time":     {[]float64{10, 10, 10}, "[[0 1 2]]"},
	} {
		s := viewer.Places(whole(len(c.heights)), volume(c.heights...))
		var got [][]int
		for _, part := range s {
			got = append(got, indices(part))
			if !part.Located {
				t.Errorf("%s: not located", name)
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: frames %v, want %s", name, got, c.want)
		}
	}
	plain := viewer.Places(whole(2), object("2.25.8", 2, []uint16{1, 2, 3, 4}, []uint16{1, 2, 3, 4}))
	if len(plain) != 1 || plain[0].Located {
		t.Errorf("frames without positions were placed: %+v", plain)
	}
}
