package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/priors"
)

// siteWindowsSetting is where a site's own table of repeat windows lies.
const siteWindowsSetting = "site windows"

// Rules are the rules that verdicts follow now.
func (d *Desk) Rules() *priors.Rules { return d.rules.Load() }

// loadRules reads the program's rules, and the site's windows in place of its own.
// A site's table that cannot be read any more is left out, and said.
func (d *Desk) loadRules(ctx context.Context) (err error) {
	if d.own, err = priors.Load(assets.Rules()); err != nil {
		return err
	}
	d.rules.Store(d.own)
	var table string
	if err := d.Store.Setting(ctx, siteWindowsSetting, &table); err != nil {
		return err
	}
	mappings, err := d.Mappings(ctx)
	if err != nil {
		return err
	}
	site, err := d.siteRules(table, mappings)
	if err != nil {
		d.Log.Error("the site's own rules cannot be read; the program's are followed", "error", err)
		return nil
	}
	d.rules.Store(site)
	return nil
}

// siteRules are the program's rules with a site's windows and mappings; with
// neither they are the program's.
func (d *Desk) siteRules(table string, mappings []anatomy.Mapping) (rules *priors.Rules, err error) {
	rules = d.own
	if table == "" && len(mappings) == 0 {
		return rules, nil
	}
	sum := sha256.Sum256(fmt.Append([]byte(table), mappings))
	version := d.own.Version + "+site-" + hex.EncodeToString(sum[:4])
	if table == "" {
		own, err := fs.ReadFile(assets.Rules(), "windows.tsv")
		if err != nil {
			return nil, err
		}
		table = string(own)
	}
	if rules, err = rules.WithWindows([]byte(table), version); err != nil {
		return nil, err
	}
	return rules.WithMappings(mappings)
}

// Windows is the table of repeat windows that is followed (the columns of
// assets/rules/windows.tsv); site says that it is the site's own.
func (d *Desk) Windows(ctx context.Context) (table string, site bool, err error) {
	if err := d.Store.Setting(ctx, siteWindowsSetting, &table); err != nil || table != "" {
		return table, true, err
	}
	own, err := fs.ReadFile(assets.Rules(), "windows.tsv")
	return string(own), false, err
}

// CheckWindows reports why a table cannot be followed. Errors: anatomy.ErrTable.
func (d *Desk) CheckWindows(table string) error {
	_, err := d.siteRules(table, nil)
	return err
}

// SaveWindows makes a table the site's own; an empty one brings the program's back.
// One that cannot be followed is refused, and the present one stays.
func (d *Desk) SaveWindows(ctx context.Context, table string) error {
	d.learning.Lock()
	defer d.learning.Unlock()
	own, err := fs.ReadFile(assets.Rules(), "windows.tsv")
	if err != nil {
		return err
	}
	if strings.TrimSpace(table) == "" || table == string(own) {
		table = ""
	}
	mappings, err := d.Mappings(ctx)
	if err != nil {
		return err
	}
	rules, err := d.siteRules(table, mappings)
	if err != nil {
		return err
	}
	if err := d.Store.SaveSetting(ctx, siteWindowsSetting, table); err != nil {
		return err
	}
	d.rules.Store(rules)
	return nil
}

// Errors of changes to the rules.
var (
	ErrNoRule = errors.New("no such rule")
	ErrDays   = errors.New("no number of days")
)

// Columns of the table of windows (priors.WindowColumns).
const (
	RuleColumn = iota
	FamilyColumn
	RegionsColumn
	TechniqueColumn
	WhenColumn
	DaysColumn
	CoversColumn
	EquivalentsColumn
	SourceColumn
)

// WindowRows are the rows of a table, each with all columns. Errors:
// anatomy.ErrTable.
func WindowRows(table string) ([][]string, error) {
	return anatomy.ReadTable(strings.NewReader(table), "windows.tsv", priors.WindowColumns...)
}

// WithRow is a table in which a row takes the place of a rule; with no rule the
// row comes first, where it is tried first, and with no row the rule is left out.
// Comments stay. Errors: ErrNoRule.
func WithRow(table, rule string, row []string) (string, error) {
	clean := make([]string, len(row))
	for i, field := range row {
		clean[i] = strings.Join(strings.Fields(field), " ")
	}
	written := strings.Join(clean, "\t")
	lines := strings.Split(table, "\n")
	header := false
	for i, line := range lines {
		fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
		switch {
		case fields[0] == "" || strings.HasPrefix(line, "#"):
		case !header:
			header = true
			if rule == "" {
				return strings.Join(slices.Insert(lines, i+1, written), "\n"), nil
			}
		case fields[RuleColumn] == rule && row == nil:
			return strings.Join(slices.Delete(lines, i, i+1), "\n"), nil
		case fields[RuleColumn] == rule:
			lines[i] = written
			return strings.Join(lines, "\n"), nil
		}
	}
	return "", fmt.Errorf("%w: %q", ErrNoRule, rule)
}

// WithDays is a table with other days for one rule, and whose decision that was.
func WithDays(table, rule string, days int, source string) (string, error) {
	rows, err := WindowRows(table)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(row []string) bool { return row[RuleColumn] == rule })
	if i < 0 {
		return "", fmt.Errorf("%w: %q", ErrNoRule, rule)
	}
	row := slices.Clone(rows[i])
	row[DaysColumn] = strconv.Itoa(days)
	if strings.TrimSpace(source) != "" {
		row[SourceColumn] = source
	}
	return WithRow(table, rule, row)
}

// RuleChange is an order whose verdict other rules would change.
type RuleChange struct {
	Order         clinic.Order
	Before, After priors.Verdict
}

// PreviewWindows says what a table would have said of the orders of the list, which
// goes back a month, by what is known of the patients now: how many there were, and
// those with another answer to whether it was a repeat.
func (d *Desk) PreviewWindows(ctx context.Context, table string) (judged int, changes []RuleChange, err error) {
	mappings, err := d.Mappings(ctx)
	if err != nil {
		return 0, nil, err
	}
	after, err := d.siteRules(table, mappings)
	if err != nil {
		return 0, nil, err
	}
	orders, err := d.Store.Orders(ctx)
	if err != nil {
		return 0, nil, err
	}
	before, now := d.Rules(), d.Now()
	for _, o := range orders {
		if err := ctx.Err(); err != nil {
			return judged, changes, err
		}
		if o.Scheduled.After(now) && o.Ordered.After(now) {
			continue
		}
		k, err := d.known(ctx, o, false)
		if err != nil {
			return judged, changes, err
		}
		judged++
		c := RuleChange{o, priors.Check(o, k.sure, before, now), priors.Check(o, k.sure, after, now)}
		if c.Before.Repeat != c.After.Repeat {
			changes = append(changes, c)
		}
	}
	return judged, changes, nil
}

// siteMappingsSetting is where a site's words for regions lie.
const siteMappingsSetting = "site mappings"

// mostMappings bounds them.
const mostMappings = 5000

// Mappings are the words for regions that people of this site have said.
func (d *Desk) Mappings(ctx context.Context) (list []anatomy.Mapping, err error) {
	err = d.Store.Setting(ctx, siteMappingsSetting, &list)
	return list, err
}

// Learn notes that exams of a family that are called so show these regions; with no
// region what was said before is forgotten. It holds for orders and studies alike,
// from now on.
func (d *Desk) Learn(ctx context.Context, m anatomy.Mapping) error {
	d.learning.Lock()
	defer d.learning.Unlock()
	list, err := d.Mappings(ctx)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(have anatomy.Mapping) bool {
		return have.Family == m.Family && anatomy.MappingText(have.Text) == anatomy.MappingText(m.Text)
	})
	if len(m.Regions) > 0 {
		list = append(list, m)
	}
	if len(list) > mostMappings {
		list = list[len(list)-mostMappings:]
	}
	var table string
	if err := d.Store.Setting(ctx, siteWindowsSetting, &table); err != nil {
		return err
	}
	rules, err := d.siteRules(table, list)
	if err != nil {
		return err
	}
	if err := d.Store.SaveSetting(ctx, siteMappingsSetting, list); err != nil {
		return err
	}
	d.rules.Store(rules)
	return nil
}
