package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Sense says which side of a limit is good.
type Sense int

// AtMost is for times and sizes, AtLeast for rates and ratios.
const (
	AtMost Sense = iota
	AtLeast
)

// Row is one line of the table.
type Row struct {
	What     string
	Measured float64 // median of the runs, in Unit
	Unit     string
	Against  string  // what it is held against: "limit", or the peer with its value
	Ratio    float64 // measured to limit or peer, see Sense; 0 when it could not be had
	Sense    Sense
	Wanted   float64 // of Ratio
	Skipped  string  // why there is no value
}

// limited is a row held against a fixed limit; the ratio wanted is 1.
func limited(what string, values []float64, unit string, sense Sense, limit float64) Row {
	m := median(values)
	return Row{What: what, Measured: m, Unit: unit, Against: "limit " + number(limit), Ratio: m / limit, Sense: sense, Wanted: 1}
}

// againstPeer is a row whose rate is held against a peer's rate of the same run.
func againstPeer(what string, values []float64, unit, peer string, peers []float64, wanted float64) Row {
	m, p := median(values), median(peers)
	return Row{What: what, Measured: m, Unit: unit, Against: peer + " " + number(p), Ratio: m / p, Sense: AtLeast, Wanted: wanted}
}

// noSlower is a row whose time is held against a peer's time of the same run.
func noSlower(what string, value float64, unit, peer string, theirs, wanted float64) Row {
	return Row{What: what, Measured: value, Unit: unit, Against: peer + " " + number(theirs), Ratio: value / theirs, Sense: AtMost, Wanted: wanted}
}

// none is a row of which there must be nothing.
func none(what string, value float64, unit string) Row {
	return Row{What: what, Measured: value, Unit: unit, Against: "limit 0", Ratio: value, Sense: AtMost}
}

func skipped(what, why string) Row { return Row{What: what, Skipped: why} }

// OK says whether the row is good enough. What was not measured is not.
func (r Row) OK() bool {
	if r.Skipped != "" || r.Ratio != r.Ratio {
		return false
	}
	if r.Sense == AtMost {
		return r.Ratio <= r.Wanted
	}
	return r.Ratio >= r.Wanted
}

func (r Row) cells() []string {
	if r.Skipped != "" {
		return []string{r.What, "–", r.Skipped, "", "", "–"}
	}
	sign := map[Sense]string{AtMost: "≤", AtLeast: "≥"}[r.Sense]
	verdict := map[bool]string{true: "ok", false: "NOT"}[r.OK()]
	return []string{r.What, number(r.Measured) + " " + r.Unit, r.Against, fmt.Sprintf("%.2f", r.Ratio), fmt.Sprintf("%s %g", sign, r.Wanted), verdict}
}

// printTable writes the table, aligned, and returns how many rows are not good enough.
func printTable(w io.Writer, rows []Row) (bad int, err error) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join([]string{"what", "measured", "against", "ratio", "wanted", ""}, "\t"))
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r.cells(), "\t"))
		if r.Skipped == "" && !r.OK() {
			bad++
		}
	}
	return bad, t.Flush()
}

// number writes three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// median is the middle value, or the mean of the two in the middle; NaN of nothing.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	sorted := slices.SortedFunc(slices.Values(values), cmp.Compare)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
