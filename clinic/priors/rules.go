package priors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"eris/clinic/anatomy"
)

// Rules are the tables a verdict follows. They are made by Load, never change
// after, and may be used from several goroutines.
type Rules struct {
	Version string
	atlas   *anatomy.Atlas
	windows []Window
	phrases map[string]map[string]string // by language
}

// Window is a repeat window: how long one kind of order is answered by an
// equivalent exam.
type Window struct {
	Rule        string // "R06"
	Days        int    // the last day counts
	Covers      string // the orders it speaks of, in words
	Equivalents string // what answers them, in words
	Source      string // where the number comes from

	family    anatomy.Family
	anyOf     []anatomy.Region
	allOf     []anatomy.Region
	technique anatomy.Technique
	when      string
}

// Load reads the tables of a rules folder (assets.Rules, or a site's own).
// Errors are anatomy.ErrTable.
func Load(folder fs.FS) (*Rules, error) {
	atlas, err := anatomy.Load(folder)
	if err != nil {
		return nil, err
	}
	r := &Rules{atlas: atlas, phrases: map[string]map[string]string{}}
	version := struct{ Version string }{}
	if err := readJSON(folder, "version.json", &version); err != nil {
		return nil, err
	}
	r.Version = version.Version
	for _, lang := range []string{"en", "ru"} {
		words := map[string]string{}
		if err := readJSON(folder, "reasons."+lang+".json", &words); err != nil {
			return nil, err
		}
		r.phrases[lang] = words
	}
	table, err := folder.Open("windows.tsv")
	if err != nil {
		return nil, fmt.Errorf("%w windows.tsv: %w", anatomy.ErrTable, err)
	}
	defer table.Close()
	return r, r.readWindows(table)
}

// Atlas is the anatomy the rules read exams with.
func (r *Rules) Atlas() *anatomy.Atlas { return r.atlas }

// Windows lists the repeat windows in the order they are tried.
func (r *Rules) Windows() []Window { return append([]Window(nil), r.windows...) }

func readJSON(folder fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(folder, name)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return fmt.Errorf("%w %s: %w", anatomy.ErrTable, name, err)
	}
	return nil
}

// Conditions are what an order must be for a window beside its exam; the empty one
// asks for nothing.
var Conditions = []string{"", screeningOrder, bothSides}

const (
	screeningOrder = "screening"
	bothSides      = "bothsides"
)

// WithWindows are the rules with another table of repeat windows, a site's own;
// version names them in every result. Errors are anatomy.ErrTable.
func (r *Rules) WithWindows(table []byte, version string) (*Rules, error) {
	site := *r
	site.Version, site.windows = version, nil
	if err := site.readWindows(bytes.NewReader(table)); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, w := range site.windows {
		if w.Rule == "" || seen[w.Rule] {
			return nil, fmt.Errorf("%w windows.tsv: the rule %q is not named once", anatomy.ErrTable, w.Rule)
		}
		seen[w.Rule] = true
	}
	return &site, nil
}

// WithMappings are the rules with a site's words for regions. Errors are
// anatomy.ErrTable.
func (r *Rules) WithMappings(list []anatomy.Mapping) (*Rules, error) {
	site := *r
	var err error
	site.atlas, err = r.atlas.WithMappings(list)
	return &site, err
}

// WindowColumns are those of windows.tsv.
var WindowColumns = []string{"rule", "family", "regions", "technique", "when", "days", "covers", "equivalents", "source"}

func (r *Rules) readWindows(table io.Reader) error {
	rows, err := anatomy.ReadTable(table, "windows.tsv", WindowColumns...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		days, err := strconv.Atoi(row[5])
		if err != nil || days < 0 {
			return fmt.Errorf("%w windows.tsv: %s: days %q", anatomy.ErrTable, row[0], row[5])
		}
		w := Window{
			Rule: row[0], Days: days, Covers: row[6], Equivalents: row[7], Source: row[8],
			family: anatomy.Family(row[1]), technique: anatomy.Technique(row[3]), when: row[4],
		}
		if strings.Contains(row[2], "+") {
			w.allOf = split(row[2], "+")
		} else {
			w.anyOf = split(row[2], ",")
		}
		if err := r.checkWindow(w); err != nil {
			return err
		}
		r.windows = append(r.windows, w)
	}
	return nil
}

// checkWindow refuses a row that no order could fall under.
func (r *Rules) checkWindow(w Window) error {
	refuse := func(what, value string) error {
		return fmt.Errorf("%w windows.tsv: %s: no %s %q", anatomy.ErrTable, w.Rule, what, value)
	}
	if !slices.Contains(anatomy.Families(), w.family) {
		return refuse("family", string(w.family))
	}
	if w.technique != "" && !slices.Contains(r.atlas.Techniques(), w.technique) {
		return refuse("technique", string(w.technique))
	}
	if !slices.Contains(Conditions, w.when) {
		return refuse("condition", w.when)
	}
	for _, region := range append(slices.Clone(w.anyOf), w.allOf...) {
		if _, ok := r.atlas.Place(region); !ok {
			return refuse("region", string(region))
		}
	}
	return nil
}

func split(field, by string) []anatomy.Region {
	var out []anatomy.Region
	for _, one := range strings.Split(field, by) {
		if one != "" {
			out = append(out, anatomy.Region(one))
		}
	}
	return out
}

// window is the first row an order fits; ok is false when none speaks of it.
func (r *Rules) window(order anatomy.Exam) (Window, bool) {
	for _, w := range r.windows {
		if w.fits(order) {
			return w, true
		}
	}
	return Window{}, false
}

func (w Window) fits(order anatomy.Exam) bool {
	if w.family != order.Family || w.technique != "" && !order.Has(w.technique) {
		return false
	}
	for _, r := range w.allOf {
		if !holds(order, r) {
			return false
		}
	}
	any := len(w.anyOf) == 0
	for _, r := range w.anyOf {
		any = any || holds(order, r)
	}
	return any && w.condition(order)
}

func (w Window) condition(order anatomy.Exam) bool {
	switch w.when {
	case screeningOrder:
		return order.Screening
	case bothSides:
		return order.Side == anatomy.Both && !order.Shows("spot") && !order.Shows(anatomy.Magnified)
	}
	return true
}

func holds(e anatomy.Exam, r anatomy.Region) bool {
	for _, have := range e.Regions {
		if have == r {
			return true
		}
	}
	return false
}
