package priors_test

import (
	"os"
	"strings"
	"testing"

	"eris/clinic"
	"eris/clinic/priors"
)

// TestPairs judges pairs of exams told in a few words each.
func TestPairs(t *testing.T) {
	raw, err := os.ReadFile("testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rules := loadRules(t)
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 6 {
			t.Fatalf("row %q has %d fields", line, len(c))
		}
		p := priors.Check(order(c[0], c[1]), []clinic.Study{prior(c[2], c[3], 5)}, rules, today).Priors[0]
		if string(p.Class) != c[4] || yes(p.Repeat) != c[5] {
			t.Errorf("%q after %q: got %s/%s (%s), want %s/%s", c[1], c[3], p.Class, yes(p.Repeat), p.Why.Key, c[4], c[5])
		}
	}
}
