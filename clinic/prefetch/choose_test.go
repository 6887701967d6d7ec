package prefetch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/prefetch"
	"eris/clinic/priors"
	"eris/dicom"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func judged(t testing.TB) *priors.Rules {
	t.Helper()
	rules, err := priors.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// table reads rows of a table; its columns are parted by |.
func table(t testing.TB, rows ...string) (*prefetch.Rules, error) {
	t.Helper()
	text := "rule|for|family|relation|regions|months|count|when|en|ru\n" + strings.Join(rows, "\n") + "\n"
	return prefetch.Load(fstest.MapFS{"prefetch.tsv": {Data: []byte(strings.ReplaceAll(text, "|", "\t"))}}, judged(t))
}

// study is a study in an archive.
func study(uid, date, modality, description string) clinic.Study {
	return clinic.Study{StudyInstanceUID: dicom.UID(uid), StudyDate: dicom.ParseDate(date), ModalitiesInStudy: []string{modality},
		StudyDescription: description, Completeness: clinic.Absent, Source: "city"}
}

func chosen(list []prefetch.Choice) string {
	var out []string
	for _, c := range list {
		out = append(out, string(c.Study.StudyInstanceUID)+" "+c.Rule.Rule)
	}
	return strings.Join(out, ", ")
}

func TestChoices(t *testing.T) {
	here, rejected, imported := study("here", "20261001", "CT", "КТ ОГК"), study("rejected", "20261120", "CT", "КТ ОГК"), study("imported", "20261119", "CT", "КТ ОГК")
	here.Completeness, rejected.Withdrawn, imported.Source = clinic.Complete, clinic.Deleted, ""
	studies := []clinic.Study{
		study("old", "20100101", "CT", "КТ ОГК"), study("ct1", "20261101", "CT", "КТ ОГК"), study("ct2", "20250101", "CT", "КТ ОГК"),
		here, rejected, imported, study("head", "20261110", "MR", "МРТ головного мозга"), study("film", "20260901", "DX", "РГ ОГК"),
		study("undated", "", "CT", "КТ ОГК"), study("ahead", "20270101", "CT", "КТ ОГК"),
	}
	order := clinic.Order{Modality: "CT", Text: "КТ ОГК без контраста", Ordered: now}
	for _, c := range []struct {
		name    string
		group   prefetch.Group
		allowed prefetch.When
		rules   []string
		want    string
	}{
		{"the nearest, and what is here counts", prefetch.Worklist, prefetch.Now, []string{"A|worklist||same||60|3|now||"}, "ct1 A, ct2 A"},
		{"one is enough, and it is fetched", prefetch.Worklist, prefetch.Now, []string{"A|worklist||same||60|1|now||"}, "ct1 A"},
		{"too old", prefetch.Worklist, prefetch.Now, []string{"A|worklist||same||12|9|now||"}, "ct1 A"},
		{"not at this time", prefetch.Worklist, prefetch.Now, []string{"A|worklist||same||60|3|idle||"}, ""},
		{"night allows idle", prefetch.Worklist, prefetch.Night, []string{"A|worklist||same||60|1|idle||"}, "ct1 A"},
		{"for others", prefetch.Pinned, prefetch.Night, []string{"A|worklist||same||60|3|now||"}, ""},
		{"the newest without an order", prefetch.Pinned, prefetch.Idle, []string{"A|pinned||||60|2|idle||"}, "head A, ct1 A"},
		{"family", prefetch.Population, prefetch.Night, []string{"A|population|XR|||60|2|night||"}, "film A"},
		{"region", prefetch.Population, prefetch.Night, []string{"A|population|||brain,breast|60|2|night||"}, "head A"},
		{"the first row that fits", prefetch.Pinned, prefetch.Night,
			[]string{"A|pinned|CT|||60|1|idle||", "B|pinned||||60|3|night||"}, "ct1 A, head B"},
	} {
		rules, err := table(t, c.rules...)
		if err != nil {
			t.Fatal(err)
		}
		if got := chosen(rules.Choose(prefetch.Wish{For: c.group, Order: order, Studies: studies}, c.allowed, now)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBadRowsAreNamed(t *testing.T) {
	for _, row := range []string{
		"A|everybody||||60|3|now||", "A|pinned||same||60|3|now||", "A|worklist||near||60|3|now||", "A|pinned|||moon|60|3|now||",
		"A|pinned||||x|3|now||", "A|pinned||||60|0|now||", "A|pinned||||60|3|noon||",
	} {
		if _, err := table(t, row); !errors.Is(err, anatomy.ErrTable) || !strings.Contains(err.Error(), "A: ") {
			t.Errorf("%s: %v", row, err)
		}
	}
}

func TestTheShippedRules(t *testing.T) {
	rules, err := prefetch.Load(assets.Rules(), judged(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	groups := map[prefetch.Group]bool{}
	for _, rule := range rules.All() {
		if seen[rule.Rule] {
			t.Errorf("%s stands there twice", rule.Rule)
		}
		seen[rule.Rule], groups[rule.For] = true, true
		for _, language := range []string{"en", "ru"} {
			if text, ok := rules.Reason(rule.Rule, language); !ok || text == "" {
				t.Errorf("%s says no reason in %s", rule.Rule, language)
			}
		}
	}
	if len(groups) != 3 {
		t.Errorf("groups %v", groups)
	}
	if text, ok := rules.Reason("opened", "en"); ok {
		t.Errorf("a reason of no rule: %q", text)
	}
}

func ExampleRules_Choose() {
	judged, err := priors.Load(assets.Rules())
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := prefetch.Load(assets.Rules(), judged)
	if err != nil {
		fmt.Println(err)
		return
	}
	order := clinic.Order{Modality: "CT", Text: "CT chest", Ordered: now}
	known := []clinic.Study{study("1.2.3", "20251101", "CT", "CT chest"), study("1.2.4", "20251101", "MR", "MRI knee")}
	for _, c := range rules.Choose(prefetch.Wish{For: prefetch.Worklist, Order: order, Studies: known}, prefetch.Now, now) {
		fmt.Println(c.Study.StudyInstanceUID, c.Rule.Rule)
	}
	// Output: 1.2.3 P01
}
