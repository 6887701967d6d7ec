package priors_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/priors"
)

// label is what the case table says of a row; only this test reads it.
type label struct{ class, repeat, agree, tags, why string }

// publicTable finds the table of labelled cases, or skips.
func publicTable(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "relevance", "public.tsv")
	if corpus := os.Getenv("ERIS_CORPUS"); corpus != "" {
		path = filepath.Join(corpus, "..", "relevance", "public.tsv")
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("relevance/public.tsv is not here: set ERIS_CORPUS")
	}
	return path
}

func readLabels(t *testing.T, path string) map[string]label {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string]label{}
	var header map[string]int
	for lines := bufio.NewScanner(file); lines.Scan(); {
		row := strings.Split(lines.Text(), "\t")
		if header == nil {
			header = map[string]int{}
			for i, name := range row {
				header[name] = i
			}
			continue
		}
		out[row[header["case_id"]]] = label{row[header["label"]], row[header["repeat"]], row[header["agree"]], row[header["tags"]], row[header["why"]]}
	}
	return out
}

// floors are the shares of right answers a table has to reach.
type floors struct{ class, repeat float64 }

// TestPublicCases holds the engine to the labelled cases: floors a little
// under what it reaches, and two errors that must never happen.
func TestPublicCases(t *testing.T) {
	judgeTable(t, publicTable(t), floors{0.97, 0.97})
}

// TestWordings holds it to cases in other words: every rule of the definition
// in full and cut-short Russian, with typing errors, in letters of the wrong
// alphabet, in English and in the protocol names of vendors.
func TestWordings(t *testing.T) {
	judgeTable(t, filepath.Join("testdata", "wordings.tsv"), floors{0.98, 0.98})
}

// judgeTable compares the verdicts on a table of cases with its labels; rows
// on which readers differ are not counted.
func judgeTable(t *testing.T, path string, least floors) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cases, err := priors.ReadCases(file)
	if err != nil {
		t.Fatal(err)
	}
	labels, rules := readLabels(t, path), loadRules(t)
	confusion := map[string]int{}
	scored, classRight, repeatRight := 0, 0, 0
	for _, c := range cases {
		want := labels[c.ID]
		if want.agree == "low" {
			continue
		}
		got := priors.Check(c.Order, []clinic.Study{c.Prior}, rules, time.Now()).Priors[0]
		scored++
		confusion[want.class+" read as "+string(got.Class)]++
		classOK, repeatOK := want.class == string(got.Class), want.repeat == yes(got.Repeat)
		if classOK {
			classRight++
		}
		if repeatOK {
			repeatRight++
		}
		if !classOK || !repeatOK {
			t.Logf("%s: want %s/%s, got %s/%s (%s): %q / %q: %s", c.ID, want.class, want.repeat, got.Class, yes(got.Repeat), got.Why.Key, c.Order.Text, c.Prior.StudyDescription, want.why)
		}
		if want.class == "same" && got.Class == priors.Unrelated {
			t.Errorf("%s: a same exam is hidden as unrelated", c.ID)
		}
		if got.RegionUnknown && got.Class == priors.Unrelated {
			t.Errorf("%s: a prior of unknown region is hidden as unrelated", c.ID)
		}
	}
	for _, a := range []string{"same", "comparable", "related", "unrelated"} {
		row := fmt.Sprintf("%-10s", a)
		for _, b := range []string{"same", "comparable", "related", "unrelated"} {
			row += fmt.Sprintf(" %4d", confusion[a+" read as "+b])
		}
		t.Log(row)
	}
	t.Logf("%d scored: class %.3f, repeat %.3f", scored, float64(classRight)/float64(scored), float64(repeatRight)/float64(scored))
	if float64(classRight) < least.class*float64(scored) {
		t.Errorf("class accuracy %d of %d is under %.2f", classRight, scored, least.class)
	}
	if float64(repeatRight) < least.repeat*float64(scored) {
		t.Errorf("repeat accuracy %d of %d is under %.2f", repeatRight, scored, least.repeat)
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func loadRules(t testing.TB) *priors.Rules {
	t.Helper()
	rules, err := priors.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return rules
}
