package viewer_test

import (
	"image"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/viewer"
	"eris/viewer/geom"
)

var wide = image.Pt(1600, 900)

// bench shows n frames of noise and waits until all are decoded once.
func bench(b *testing.B, columns, rows, n int) *room {
	s := &shelf{}
	st := viewer.Stack{Series: clinic.Series{Modality: "CT"}}
	values := make([]uint16, columns*rows)
	for i := range values {
		values[i] = uint16(i * 2654435761 >> 16 & 0xFFF)
	}
	for i := range n {
		uid := dicom.DeriveUID("bench", string(rune('a'+i)))
		s.put(uid, object(uid, columns, values))
		st.Frames = append(st.Frames, viewer.Frame{SOPInstanceUID: uid, Rows: rows, Columns: columns})
	}
	r := newRoom(b, viewer.Params{Loader: s, Viewports: 1})
	r.Show(0, st, viewer.Current)
	for i := range n {
		r.GoTo(0, i)
		r.wait(0)
	}
	r.GoTo(0, 0)
	r.wait(0)
	r.Picture(0, wide)
	return r
}

func BenchmarkPictureWindow(b *testing.B) {
	for name, size := range map[string]image.Point{"512x512": {X: 512, Y: 512}, "3000x2500": {X: 3000, Y: 2500}} {
		b.Run(name, func(b *testing.B) {
			r := bench(b, size.X, size.Y, 1)
			r.Press(viewer.Pointer{At: geom.Screen{X: 800, Y: 400}})
			for i := 0; b.Loop(); i++ {
				r.Drag(viewer.Pointer{At: geom.Screen{X: 800 + float64(i%100), Y: 400}})
				r.Picture(0, wide)
			}
		})
	}
}

func BenchmarkPictureNextSlice512(b *testing.B) {
	r := bench(b, 512, 512, 20)
	for i := 0; b.Loop(); i++ {
		r.GoTo(0, i%20)
		r.Picture(0, wide)
	}
}

func BenchmarkPicturePanRadiograph(b *testing.B) {
	r := bench(b, 3000, 2500, 1)
	r.Press(viewer.Pointer{At: geom.Screen{X: 800, Y: 400}, Button: viewer.Middle})
	for i := 0; b.Loop(); i++ {
		r.Drag(viewer.Pointer{At: geom.Screen{X: 810 + float64(i%100), Y: 400}, Button: viewer.Middle})
		r.Picture(0, wide)
	}
}

func BenchmarkPictureZoomRadiograph(b *testing.B) {
	r := bench(b, 3000, 2500, 1)
	for i := 0; b.Loop(); i++ {
		r.Wheel(viewer.Pointer{Ctrl: true, At: geom.Screen{X: 700, Y: 300}}, 1-2*(i%2))
		r.Picture(0, wide)
	}
}
