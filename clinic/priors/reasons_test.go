package priors_test

import (
	"os"
	"strings"
	"testing"

	"eris/clinic"
	"eris/clinic/priors"
)

// TestReasons reads why an order was made: an event after the prior, a planned
// control, a check-up, or a complaint that changes nothing.
func TestReasons(t *testing.T) {
	raw, err := os.ReadFile("testdata/reasons.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rules := loadRules(t)
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		reason, want, _ := strings.Cut(line, "\t")
		o := order("DX", "РГ ОГК")
		o.Reason = reason
		v := priors.Check(o, []clinic.Study{prior("DX", "РГ ОГК", 7)}, rules, today)
		got := "N"
		switch {
		case v.Priors[0].Block == priors.ByEvent:
			got = "E"
		case v.Rule == "R02":
			got = "S"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", reason, got, want)
		}
	}
}
