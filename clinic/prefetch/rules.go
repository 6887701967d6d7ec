package prefetch

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"eris/clinic/anatomy"
	"eris/clinic/priors"
)

// Group is for whom a rule looks ahead.
type Group string

// The groups.
const (
	Worklist   Group = "worklist"   // patients of today's orders
	Pinned     Group = "pinned"     // patients whose studies stay
	Population Group = "population" // patients attached to the clinic
)

// When is how much a rule may disturb; each allows what stands before it.
type When int

// The times.
const (
	Now   When = iota // at once
	Idle              // while nobody waits for a transfer
	Night             // idle at night
)

var times = map[string]When{"now": Now, "idle": Idle, "night": Night}

// nearness orders the classes a rule may ask for.
var nearness = map[priors.Class]int{priors.Same: 1, priors.Comparable: 2, priors.Related: 3}

// Rule is a row of the table; empty fields do not choose.
type Rule struct {
	Rule     string // "P01"
	For      Group
	Family   anatomy.Family
	Relation priors.Class // to the order: this or nearer
	Regions  []anatomy.Region
	Months   int // age of the study at most
	Count    int // the newest so many per order or patient
	When     When

	words map[string]string // the reason, by language
}

// Rules are the table. They are made by Load, never change after, and may be
// used from several goroutines.
type Rules struct {
	rules  []Rule
	priors *priors.Rules
}

// Load reads prefetch.tsv of a rules folder (assets.Rules, or a site's own);
// judged are the rules that say how an exam relates to an order. Errors are
// anatomy.ErrTable.
func Load(folder fs.FS, judged *priors.Rules) (*Rules, error) {
	const name = "prefetch.tsv"
	rows, err := anatomy.Table(folder, name, "rule", "for", "family", "relation", "regions", "months", "count", "when", "en", "ru")
	if err != nil {
		return nil, err
	}
	r := &Rules{priors: judged}
	for _, row := range rows {
		rule, err := r.read(row)
		if err != nil {
			return nil, fmt.Errorf("%w %s: %s: %w", anatomy.ErrTable, name, row[0], err)
		}
		r.rules = append(r.rules, rule)
	}
	return r, nil
}

func (r *Rules) read(row []string) (rule Rule, err error) {
	rule = Rule{Rule: row[0], For: Group(row[1]), Family: anatomy.Family(row[2]), Relation: priors.Class(row[3]),
		words: map[string]string{"en": row[8], "ru": row[9]}}
	if !slices.Contains([]Group{Worklist, Pinned, Population}, rule.For) {
		return rule, fmt.Errorf("for %q", row[1])
	}
	if rule.Relation != "" && (nearness[rule.Relation] == 0 || rule.For != Worklist) {
		return rule, fmt.Errorf("relation %q", row[3])
	}
	for _, id := range strings.FieldsFunc(row[4], func(c rune) bool { return c == ',' }) {
		if _, known := r.priors.Atlas().Place(anatomy.Region(id)); !known {
			return rule, fmt.Errorf("region %q", id)
		}
		rule.Regions = append(rule.Regions, anatomy.Region(id))
	}
	if rule.Months, err = strconv.Atoi(row[5]); err != nil || rule.Months < 1 {
		return rule, fmt.Errorf("months %q", row[5])
	}
	if rule.Count, err = strconv.Atoi(row[6]); err != nil || rule.Count < 1 {
		return rule, fmt.Errorf("count %q", row[6])
	}
	when, known := times[row[7]]
	if rule.When = when; !known {
		return rule, fmt.Errorf("when %q", row[7])
	}
	return rule, nil
}

// All lists the rules in the order in which they are tried.
func (r *Rules) All() []Rule { return slices.Clone(r.rules) }

// Wanted reports a rule for a group that may be followed now.
func (r *Rules) Wanted(g Group, allowed When) bool {
	return slices.ContainsFunc(r.rules, func(rule Rule) bool { return rule.For == g && rule.When <= allowed })
}

// Reason is why a rule fetches, in a language; ok is false for a rule that is
// not in the table.
func (r *Rules) Reason(rule, language string) (text string, ok bool) {
	i := slices.IndexFunc(r.rules, func(have Rule) bool { return have.Rule == rule })
	if i < 0 {
		return "", false
	}
	return r.rules[i].words[language], true
}
