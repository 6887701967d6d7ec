package viewer_test

import (
	"context"
	"image"
	"math"
	"reflect"
	"testing"

	"eris/viewer"
	"eris/viewer/geom"
)

// FuzzSession plays any actions and pointer events without a screen.
func FuzzSession(f *testing.F) {
	f.Add([]byte("any actions in any order, and the room stays a room"))
	f.Add([]byte{16, 40, 200, 41, 90, 90, 41, 10, 200, 42, 30, 31, 31, 32, 29, 200, 43, 44, 250, 45, 2, 3, 60, 61})
	f.Add([]byte{18, 200, 50, 50, 201, 120, 120, 202, 200, 85, 85, 201, 99, 99, 202, 33, 34, 34, 35, 7, 9, 10, 36, 200, 1, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		l := &ledger{}
		r := two(t, "2.25.1", "2.25.2", viewer.Params{Journal: l, Viewports: 3})
		actions := r.Actions()
		for i := 0; i+2 < len(script) && i < 300; i++ {
			play(r, actions, script[i], float64(script[i+1]), float64(script[i+2]))
			invariants(t, r)
		}
		undoRedoIsIdentity(t, r)
		if err := r.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

func play(r *room, actions []viewer.Action, what byte, x, y float64) {
	p := viewer.Pointer{Viewport: int(what) % 4, At: geom.Screen{X: x*2 - 60, Y: y*2 - 60}, Button: viewer.Button(int(x) % 3),
		Ctrl: what&1 == 1, Shift: what&2 == 2}
	switch {
	case what < 192:
		actions[int(what)%len(actions)].Do()
	case what < 210:
		r.Press(p)
	case what < 228:
		r.Drag(p)
	case what < 236:
		r.Release(p)
	case what < 250:
		r.Wheel(p, int(x)-128)
	default:
		r.Picture(p.Viewport, image.Pt(int(x), int(y)))
	}
}

func invariants(t *testing.T, r *room) {
	t.Helper()
	view := r.View()
	if view.Active < 0 || view.Active >= view.Viewports {
		t.Fatalf("viewport %d of %d is active", view.Active, view.Viewports)
	}
	for i := range view.Viewports {
		v := r.Viewport(i)
		if v.Index < 0 || v.Index > 0 && v.Index >= len(v.Stack.Frames) {
			t.Fatalf("frame %d of %d", v.Index, len(v.Stack.Frames))
		}
		if w := v.State.Window; !(w.Width >= 1) || math.IsNaN(w.Center) {
			t.Fatalf("window %v", w)
		}
		if s := v.State; !(s.Zoom > 0) || s.Turn < 0 || s.Turn > 3 || math.IsNaN(s.Pan.Row+s.Pan.Column) {
			t.Fatalf("state %+v", s)
		}
	}
}

// seen is all that undo and redo answer for.
func seen(r *room) []any {
	r.wait(0)
	r.wait(1)
	ms, _ := r.Measurements()
	for i := range ms {
		ms[i].Saved, ms[i].Selected = false, false
	}
	return []any{r.Viewport(0).State, r.Viewport(1).State, ms}
}

func undoRedoIsIdentity(t *testing.T, r *room) {
	t.Helper()
	r.Release(viewer.Pointer{})
	if r.View().Single {
		r.do("toggle-grid") // a hidden viewport is not decoded
	}
	before := seen(r)
	undo, _ := r.Action("undo")
	redo, _ := r.Action("redo")
	steps := 0
	for undo.Allowed() {
		undo.Do()
		invariants(t, r)
		steps++
	}
	for range steps {
		redo.Do()
	}
	if after := seen(r); !reflect.DeepEqual(before, after) {
		t.Fatalf("after %d undos and redos:\n%+v\nwant\n%+v", steps, after, before)
	}
}
