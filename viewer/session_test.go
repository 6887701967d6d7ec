package viewer_test

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"math"
	"strings"
	"testing"

	"eris/dicom"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
)

var window = image.Pt(320, 240)

// two is a room with two linked-up stacks ready to be seen.
func two(t testing.TB, frameA, frameB dicom.UID, p viewer.Params) *room {
	s := &shelf{}
	a, b := s.stack("current", frameA, 20, 0, 2), s.stack("prior", frameB, 15, 100, 4)
	p.Loader = s
	r := newRoom(t, p)
	r.Show(0, a, viewer.Current)
	r.Show(1, b, viewer.Prior)
	for i := range 2 {
		r.wait(i)
		r.Picture(i, window)
	}
	return r
}

func drag(r *room, button viewer.Button, from, to geom.Screen) (menu bool) {
	r.Press(viewer.Pointer{At: from, Button: button})
	r.Drag(viewer.Pointer{At: to, Button: button})
	return r.Release(viewer.Pointer{At: to, Button: button})
}

func TestLinkedScrollingByAnchor(t *testing.T) {
	r := two(t, "2.25.1", "2.25.2", viewer.Params{})
	r.GoTo(1, 3)
	r.do("link-all")
	r.do("next-10") // 20 mm onwards
	if a, b := r.Viewport(0).Index, r.Viewport(1).Index; a != 10 || b != 8 {
		t.Errorf("frames %d and %d, want 10 and 8: 20 mm from each anchor", a, b)
	}
	r.do("last-image")
	r.do("first-image")
	if b := r.Viewport(1).Index; b != 3 {
		t.Errorf("back at the anchor the prior shows frame %d, want 3", b)
	}
	r.do("link-none")
	r.do("next-image")
	if b := r.Viewport(1).Index; b != 3 {
		t.Errorf("unlinked, but the prior moved to %d", b)
	}
}

func TestLinkedScrollingInOneFrameOfReference(t *testing.T) {
	s := &shelf{}
	r := newRoom(t, viewer.Params{Loader: s})
	r.Show(0, s.stack("a", "2.25.1", 20, 0, 2), viewer.Current)
	r.Show(1, s.stack("b", "2.25.1", 15, 10, 3), viewer.Prior)
	r.do("link-all")
	r.GoTo(0, 11) // 22 mm
	if b := r.Viewport(1).Index; b != 4 {
		t.Errorf("at 22 mm the other shows frame %d, want 4 (22 mm)", b)
	}
}

func TestWindowGestureAndDirections(t *testing.T) {
	r := two(t, "2.25.1", "2.25.2", viewer.Params{})
	before := r.Viewport(0).State.Window
	drag(r, viewer.Left, geom.Screen{X: 50, Y: 50}, geom.Screen{X: 90, Y: 70})
	after := r.Viewport(0).State.Window
	if after.Width <= before.Width || after.Center >= before.Center {
		t.Errorf("right and down took %v to %v; want wider and brighter", before, after)
	}
	r.do("undo")
	if got := r.Viewport(0).State.Window; got != before {
		t.Errorf("undo left %v, want %v", got, before)
	}
	r.do("redo")
	if got := r.Viewport(0).State.Window; got != after {
		t.Errorf("redo gave %v, want %v", got, after)
	}
}

func TestMouseMap(t *testing.T) {
	r := two(t, "2.25.1", "2.25.2", viewer.Params{})
	if !drag(r, viewer.Right, geom.Screen{X: 50, Y: 50}, geom.Screen{X: 51, Y: 50}) {
		t.Error("a right click without motion asks for no menu")
	}
	if drag(r, viewer.Right, geom.Screen{X: 50, Y: 90}, geom.Screen{X: 50, Y: 30}) || r.Viewport(0).State.Zoom <= 1 {
		t.Errorf("right drag upwards: zoom %g", r.Viewport(0).State.Zoom)
	}
	drag(r, viewer.Middle, geom.Screen{X: 50, Y: 50}, geom.Screen{X: 70, Y: 50})
	if r.Viewport(0).State.Pan.Column == 0 {
		t.Error("middle drag does not pan")
	}
	r.Wheel(viewer.Pointer{}, 1)
	r.Wheel(viewer.Pointer{Shift: true}, 1)
	if i := r.Viewport(0).Index; i != 11 {
		t.Errorf("one notch and one by ten lead to frame %d, want 11", i)
	}
	zoom := r.Viewport(0).State.Zoom
	r.wait(0)
	r.Wheel(viewer.Pointer{Ctrl: true, At: geom.Screen{X: 9, Y: 9}}, -1)
	if got := r.Viewport(0).State.Zoom; math.Abs(got/zoom-1.1) > 1e-9 {
		t.Errorf("zoom %g after %g", got, zoom)
	}
}

func TestMeasureSaveKillRestore(t *testing.T) {
	l := &ledger{}
	l.broken.Store(true)
	r := two(t, "2.25.1", "2.25.2", viewer.Params{Journal: l})
	r.do("tool-length")
	drag(r, viewer.Left, geom.Screen{X: 150, Y: 60}, geom.Screen{X: 170, Y: 100})
	if err := r.Flush(context.Background()); !errors.Is(err, errFull) {
		t.Errorf("flush to a full disk: %v", err)
	}
	ms, err := r.Measurements()
	if len(ms) != 1 || ms[0].Saved || !errors.Is(err, errFull) {
		t.Fatalf("%+v %v, want one unsaved", ms, err)
	}
	l.broken.Store(false)
	if err := r.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if ms, err = r.Measurements(); !ms[0].Saved || err != nil {
		t.Errorf("after the disk came back: %+v %v", ms, err)
	}
	// 240 px show 32 mm: 20×40 px are 2.667 × 5.333 mm.
	want := math.Hypot(20, 40) * 32 / 240
	if v := ms[0].Values[0]; math.Abs(v.Number-want) > 1e-9 || v.Unit != "mm" {
		t.Errorf("length %v, want %g mm", v, want)
	}

	b, err := json.Marshal(l.all())
	if err != nil {
		t.Fatal(err)
	}
	var entries []viewer.Entry
	if err := json.Unmarshal(b, &entries); err != nil {
		t.Fatal(err)
	}
	again := two(t, "2.25.1", "2.25.2", viewer.Params{Journal: l})
	bad := viewer.Entry{ID: "x", Kind: measure.KindLength}
	if n := again.Restore(append(entries, bad)); n != 1 {
		t.Errorf("%d entries refused, want 1", n)
	}
	back, _ := again.Measurements()
	if len(back) != 1 || !back[0].Saved || math.Abs(back[0].Values[0].Number-want) > 1e-9 {
		t.Errorf("restored %+v", back)
	}
}

func TestEditsAreJournalled(t *testing.T) {
	l := &ledger{}
	r := two(t, "2.25.1", "2.25.2", viewer.Params{Journal: l})
	r.do("tool-ellipse")
	drag(r, viewer.Left, geom.Screen{X: 140, Y: 100}, geom.Screen{X: 180, Y: 140})
	drag(r, viewer.Left, geom.Screen{X: 160, Y: 120}, geom.Screen{X: 165, Y: 125}) // by its centre
	r.do("delete-measurement")
	r.do("undo")
	r.do("undo")
	r.do("undo")
	if err := r.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	var deleted []bool
	for _, e := range l.all() {
		deleted = append(deleted, e.Deleted)
		if e.Space != viewer.InPatientSpace || e.FrameOfReferenceUID != "2.25.1" || e.Kind != measure.KindEllipse {
			t.Errorf("entry %+v", e)
		}
	}
	want := []bool{false, false, true, false, false, true}
	if len(deleted) != len(want) {
		t.Fatalf("%d entries, want made, moved, deleted, undeleted, moved back, unmade", len(deleted))
	}
	for i := range want {
		if deleted[i] != want[i] {
			t.Errorf("entry %d deleted=%v", i, deleted[i])
		}
	}
}

func TestCancelTakesTheGestureBack(t *testing.T) {
	l := &ledger{}
	r := two(t, "2.25.1", "2.25.2", viewer.Params{Journal: l})
	before := r.Viewport(0).State
	r.Press(viewer.Pointer{At: geom.Screen{X: 9, Y: 9}})
	r.Drag(viewer.Pointer{At: geom.Screen{X: 90, Y: 90}})
	r.do("cancel")
	r.Release(viewer.Pointer{At: geom.Screen{X: 90, Y: 90}})
	if got := r.Viewport(0).State; got != before {
		t.Errorf("%+v, want %+v", got, before)
	}
	if a, _ := r.Action("undo"); a.Allowed() {
		t.Error("a canceled gesture can be undone")
	}
}

func TestDamagedFrameSaysSo(t *testing.T) {
	s := &shelf{}
	st := s.stack("current", "2.25.1", 3, 0, 1)
	delete(s.files, st.Frames[1].SOPInstanceUID)
	var said []string
	r := newRoom(t, viewer.Params{Loader: s, Words: func(key string, args ...any) string {
		said = append(said, key)
		return "<" + key + ">"
	}})
	r.Show(0, st, viewer.Current)
	r.GoTo(0, 1)
	if v := r.wait(0); v.Status != viewer.Failed || !errors.Is(v.Err, dicom.ErrCorrupt) {
		t.Fatalf("%s %v", v.Status, v.Err)
	}
	img := r.Picture(0, window)
	if !strings.Contains(strings.Join(said, "|"), "damaged") {
		t.Errorf("words asked for: %q", said)
	}
	bright := 0
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] > 200 {
			bright++
		}
	}
	if bright < 100 {
		t.Error("the viewport says nothing")
	}
}

func TestPictureOfCurrentAndPriorDiffer(t *testing.T) {
	r := two(t, "2.25.1", "2.25.2", viewer.Params{})
	a, b := r.Picture(0, window).RGBAAt(0, 120), r.Picture(1, window).RGBAAt(0, 120)
	if a == b || a.G < a.R || b.R < b.B {
		t.Errorf("frames %v and %v, want teal and amber", a, b)
	}
	if one, other := r.Picture(0, window), r.Picture(0, window); &one.Pix[0] == &other.Pix[0] {
		t.Error("the picture just handed out is drawn over")
	}
	if r.Picture(7, window) != nil {
		t.Error("a picture of no viewport")
	}
}

func TestPictureFollowsTurnsAndWindow(t *testing.T) {
	s := &shelf{}
	uid := dicom.UID("2.25.77")
	s.put(uid, object(uid, 2, []uint16{0, 100, 200, 255}))
	s.files[uid].SetFloat(dicom.WindowCenter, 128)
	s.files[uid].SetFloat(dicom.WindowWidth, 256)
	r := newRoom(t, viewer.Params{Loader: s, Viewports: 1})
	r.Show(0, viewer.Stack{Frames: []viewer.Frame{{SOPInstanceUID: uid, Rows: 2, Columns: 2}}}, viewer.NoRole)
	r.wait(0)
	r.do("overlays")
	r.do("overlays") // none
	corners := func() [4]uint8 {
		p := r.Picture(0, image.Pt(60, 60))
		return [4]uint8{p.RGBAAt(8, 8).R, p.RGBAAt(52, 8).R, p.RGBAAt(8, 52).R, p.RGBAAt(52, 52).R}
	}
	for _, c := range []struct {
		action string
		want   [4]uint8
	}{
		{"fit", [4]uint8{0, 100, 200, 255}},
		{"flip-horizontal", [4]uint8{100, 0, 255, 200}},
		{"rotate-right", [4]uint8{255, 100, 200, 0}},
		{"flip-vertical", [4]uint8{200, 0, 255, 100}},
		{"invert", [4]uint8{55, 255, 0, 155}},
		{"reset", [4]uint8{0, 100, 200, 255}},
	} {
		r.do(c.action)
		if got := corners(); got != c.want {
			t.Errorf("%s: %v, want %v", c.action, got, c.want)
		}
	}
}

func TestCacheStaysInBudgetAndDecodesAhead(t *testing.T) {
	s := &shelf{}
	st := s.stack("current", "2.25.1", 200, 0, 1)
	r := newRoom(t, viewer.Params{Loader: s, CacheBytes: 20 * 512, Viewports: 1})
	r.Show(0, st, viewer.Current)
	for i := 0; i < 200; i += 7 {
		r.GoTo(0, i)
		r.wait(0)
	}
	if held := r.CacheBytes(); held > 20*512 || held < 512 {
		t.Errorf("%d bytes held, budget %d", held, 20*512)
	}
}

func TestMultiFrameIsDecodedByAllWorkers(t *testing.T) {
	s := &shelf{}
	var frames [][]uint16
	st := viewer.Stack{}
	for i := range 40 {
		frames = append(frames, []uint16{uint16(i), 1, 2, 3})
		st.Frames = append(st.Frames, viewer.Frame{SOPInstanceUID: "2.25.5", Index: i, Rows: 2, Columns: 2})
	}
	s.put("2.25.5", object("2.25.5", 2, frames...))
	r := newRoom(t, viewer.Params{Loader: s, Workers: 4})
	r.Show(0, st, viewer.Current)
	for i := range 40 {
		r.GoTo(0, i)
		if v := r.wait(0); v.Status != viewer.Ready {
			t.Fatalf("frame %d: %v", i, v.Err)
		}
	}
}

func TestWindowOfHandIsKeptWide(t *testing.T) {
	r := two(t, "2.25.1", "2.25.2", viewer.Params{})
	drag(r, viewer.Left, geom.Screen{X: 300, Y: 50}, geom.Screen{X: -9000, Y: 50})
	if w := r.Viewport(0).State.Window; !w.Valid(lut.Linear) {
		t.Errorf("window %v", w)
	}
}
