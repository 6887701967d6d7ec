package geom

import (
	"math"
	"sort"
	"strings"
)

// obliqueShare is the least share of a direction that is worth a letter: 0.26
// is 15 degrees off the main axis.
const obliqueShare = 0.26

// Letters names a direction in the patient by the letters of PS3.3
// C.7.6.1.1.1: L R (left, right), P A (posterior, anterior), H F (head, feet);
// the strongest first, weaker ones behind it when the direction is oblique.
func Letters(v Vector) string {
	u, ok := v.Unit()
	if !ok {
		return ""
	}
	parts := []struct {
		share  float64
		letter string
	}{
		{math.Abs(u.X), pick(u.X, "L", "R")},
		{math.Abs(u.Y), pick(u.Y, "P", "A")},
		{math.Abs(u.Z), pick(u.Z, "H", "F")},
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].share > parts[j].share })
	var b strings.Builder
	for _, p := range parts {
		if p.share >= obliqueShare {
			b.WriteString(p.letter)
		}
	}
	return b.String()
}

func pick(v float64, plus, minus string) string {
	if v < 0 {
		return minus
	}
	return plus
}

var opposite = strings.NewReplacer("L", "R", "R", "L", "A", "P", "P", "A", "H", "F", "F", "H")

// Opposite are the letters of the opposite direction.
func Opposite(letters string) string { return opposite.Replace(letters) }

// Edges are the orientation letters at the four edges of a viewport.
type Edges struct{ Left, Right, Top, Bottom string }

// EdgesOf finds the letters at the edges of a viewport: rowLetters name the
// direction of growing columns and columnLetters that of growing rows, as
// PatientOrientation does (PS3.3 C.7.6.1.1.1); view is the transform in quarter
// turns and flips.
func EdgesOf(rowLetters, columnLetters string, view Affine) Edges {
	var e Edges
	place(&e, view.XX, view.YX, rowLetters)
	place(&e, view.XY, view.YY, columnLetters)
	return e
}

// place writes the letters of an image axis to the two edges the axis points at.
func place(e *Edges, dx, dy float64, letters string) {
	plus, minus := letters, Opposite(letters)
	switch {
	case math.Abs(dx) >= math.Abs(dy) && dx >= 0:
		e.Right, e.Left = plus, minus
	case math.Abs(dx) >= math.Abs(dy):
		e.Right, e.Left = minus, plus
	case dy >= 0:
		e.Bottom, e.Top = plus, minus
	default:
		e.Bottom, e.Top = minus, plus
	}
}
