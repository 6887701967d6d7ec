package main

import (
	"math"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{7, 7, 1, 100, 7}, 7}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %g, want %g", c.values, got, c.want)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("the median of nothing is a number")
	}
}

func TestMedianLeavesItsValues(t *testing.T) {
	values := []float64{3, 1, 2}
	median(values)
	if values[0] != 3 || values[1] != 1 {
		t.Errorf("sorted in place: %v", values)
	}
}

func TestRowsAreJudgedBySense(t *testing.T) {
	for _, c := range []struct {
		row  Row
		want bool
	}{
		{limited("time", []float64{9}, "ms", AtMost, 10), true},
		{limited("time", []float64{11}, "ms", AtMost, 10), false},
		{limited("rate", []float64{59}, "/s", AtLeast, 60), false},
		{againstPeer("rate", []float64{30}, "files/s", "peer", []float64{10}, 3), true},
		{againstPeer("rate", []float64{29}, "files/s", "peer", []float64{10}, 3), false},
		{againstPeer("rate", nil, "files/s", "peer", []float64{10}, 3), false},
		{skipped("rate", "no peer"), false},
	} {
		if c.row.OK() != c.want {
			t.Errorf("%+v: OK is %v", c.row, c.row.OK())
		}
	}
}

func TestTableCountsOnlyMeasuredRows(t *testing.T) {
	var out strings.Builder
	bad, err := printTable(&out, []Row{limited("a", []float64{2}, "ms", AtMost, 1), limited("b", []float64{1}, "ms", AtMost, 2), skipped("c", "absent")})
	if err != nil || bad != 1 {
		t.Errorf("%d bad, %v", bad, err)
	}
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 4 || !strings.HasSuffix(lines[1], "NOT") || !strings.HasSuffix(lines[2], "ok") {
		t.Errorf("table:\n%s", out.String())
	}
}
