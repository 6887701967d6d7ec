package deploy_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestGrowthIsComputed holds the results of docs/growth.md against its inputs.
func TestGrowthIsComputed(t *testing.T) {
	page, err := os.ReadFile("../docs/growth.md")
	if err != nil {
		t.Fatal(err)
	}
	inputs, results, found := strings.Cut(string(page), "## Results")
	if !found {
		t.Fatal("the page has no results")
	}
	in := table(t, inputs)
	get := func(name string) float64 {
		v, ok := in[name]
		if !ok {
			t.Fatalf("the page has no input %q", name)
		}
		return v
	}
	size, image := get("study size"), get("image size") // MB
	stored := get("studies") * size / 1e6               // TB a year
	images := stored / image                            // million a year
	busiest := get("studies") * get("on working days") / get("working days") * get("busiest hour")
	written := busiest * size * 8 / 3600 // Mbit/s
	storing := written / 8 / image
	fetching := storing * get("reads")
	link := get("clinic link") * get("usable share of a link")
	night := link / 8 * 3600 * get("night") / 1000 // GB
	wanted := get("exams of a clinic") * get("priors fetched ahead")
	all := get("clinics") * link
	index := get("attached patients") * get("studies of an inhabitant") * get("index on a workstation")
	want := map[string]float64{
		"stored a year":               stored,
		"stored online":               stored * get("years online"),
		"images a year":               images,
		"index a year":                images * get("index per image") / 1e6,
		"studies in the busiest hour": busiest,
		"written in the busiest hour": written,
		"images stored at the peak":   storing,
		"images fetched at the peak":  fetching,
		"Orthanc pairs for that":      math.Ceil(storing/get("stored by a pair") + fetching/get("fetched from a pair")),
		"studies per modality":        get("studies") / get("modalities") / get("working days"),
		"a clinic's night":            night,
		"studies in a clinic's night": night * 1000 / size,
		"wanted in a clinic's night":  wanted,
		"that takes":                  wanted * size * 8 / link / 3600,
		"all clinics at once":         all,
		"Orthanc pairs for the night": math.Ceil(all / 8 / image / get("fetched from a pair")),
		"a clinic's index":            index * get("years online") / 1e6,
		"its daily change":            index / 365 / 1e3,
	}
	said := table(t, results)
	for name, v := range want {
		decimals := 0
		if v < 100 && v != math.Trunc(v) {
			decimals = 1
		}
		if got, ok := said[name]; !ok || fmt.Sprintf("%.*f", decimals, got) != fmt.Sprintf("%.*f", decimals, v) {
			t.Errorf("%s: the page says %v, it is %.*f", name, got, decimals, v)
		}
		delete(said, name)
	}
	for name := range said {
		t.Errorf("nothing computes %q", name)
	}
}

// table reads the first two columns of the tables of a page.
func table(t *testing.T, text string) map[string]float64 {
	t.Helper()
	rows := map[string]float64{}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(line, "|---") {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(cells[2]), 64)
		if err != nil {
			continue // the heading
		}
		rows[strings.TrimSpace(cells[1])] = v
	}
	return rows
}
