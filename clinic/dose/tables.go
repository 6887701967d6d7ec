package dose

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"eris/clinic/anatomy"
)

// Region is a part of the body for which there are coefficients: a row of
// dose_regions.tsv, or a region of clinic/anatomy.
type Region string

// Tables are what doses are reckoned by. They are made by Load, never change
// after, and may be used from several goroutines.
type Tables struct {
	atlas   *anatomy.Atlas
	factors []factor
	regions map[anatomy.Region]Region
	joined  []join
	targets map[Code]Region
	typical []typicalRow
	limits  map[string]Limit
}

// factor is a row of dose_factors.tsv or dose_site.tsv, in mSv to the unit of
// the quantity.
type factor struct {
	Coefficient
	quantity Quantity
	families []anatomy.Family
	region   Region
	view     anatomy.View
	from, to int
}

// Coefficient leads from a measured quantity to effective dose.
type Coefficient struct {
	Table   string  `json:"table"`
	Version string  `json:"version,omitempty"`
	Age     string  `json:"age,omitempty"`     // of the phantom: "adult", "5 y"
	Phantom int     `json:"phantom,omitempty"` // CTDI phantom it assumes, diameter in cm
	Factor  float64 `json:"factor"`            // mSv to the unit of the quantity
}

type join struct {
	becomes Region
	parts   []Region
}

type typicalRow struct {
	families  []anatomy.Family
	regions   []anatomy.Region // nil: any
	technique anatomy.Technique
	Typical
}

// Typical is the usual effective dose of a kind of exam.
type Typical struct {
	Effective MilliSievert `json:"effective"`
	Source    string       `json:"source"`
}

// Limit is a dose that is pointed out when it is passed.
type Limit struct {
	Effective MilliSievert `json:"effective"`
	Source    string       `json:"source"`
}

// The limits of dose_limits.tsv.
const (
	PreventiveYear = "preventive"
	Lifetime       = "total"
)

// oldest stands for no upper bound of age.
const oldest = 200

// Load reads the tables dose_*.tsv of a rules folder; atlas reads the exams.
// Errors are anatomy.ErrTable with the table and the row.
func Load(folder fs.FS, atlas *anatomy.Atlas) (*Tables, error) {
	t := &Tables{atlas: atlas, regions: map[anatomy.Region]Region{}, targets: map[Code]Region{}, limits: map[string]Limit{}}
	for _, load := range []func(fs.FS) error{t.loadRegions, t.loadTargets, t.loadSite, t.loadFactors, t.loadTypical, t.loadLimits} {
		if err := load(folder); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Reading is t with another atlas to read exams with: that of a site, which knows
// more words.
func (t *Tables) Reading(atlas *anatomy.Atlas) *Tables {
	other := *t
	other.atlas = atlas
	return &other
}

// Prefer is t with the rows of one table before all others.
func (t *Tables) Prefer(table string) *Tables {
	other := *t
	other.factors = slices.Clone(t.factors)
	slices.SortStableFunc(other.factors, func(a, b factor) int {
		switch {
		case a.Table == b.Table:
			return 0
		case a.Table == table:
			return -1
		case b.Table == table:
			return 1
		}
		return 0
	})
	return &other
}

// Names lists the tables of coefficients, the preferred one first.
func (t *Tables) Names() []string {
	var names []string
	for _, f := range t.factors {
		if !slices.Contains(names, f.Table) {
			names = append(names, f.Table)
		}
	}
	return names
}

// Limit is a limit by its name; ok is false when the tables have none.
func (t *Tables) Limit(name string) (l Limit, ok bool) {
	l, ok = t.limits[name]
	return l, ok
}

func (t *Tables) loadRegions(folder fs.FS) error {
	rows, err := anatomy.Table(folder, "dose_regions.tsv", "region", "parts")
	defined := map[Region]bool{}
	for _, r := range rows {
		parts := strings.Split(r[1], ",")
		defined[Region(r[0])] = true
		if defined[Region(parts[0])] {
			t.joined = append(t.joined, join{Region(r[0]), regionsOf[Region](parts)})
			continue
		}
		for _, part := range parts {
			if _, ok := t.atlas.Place(anatomy.Region(part)); !ok {
				return bad("dose_regions.tsv", "region", part)
			}
			t.regions[anatomy.Region(part)] = Region(r[0])
		}
	}
	return err
}

func (t *Tables) loadTargets(folder fs.FS) error {
	rows, err := anatomy.Table(folder, "dose_targets.tsv", "code", "scheme", "region")
	for _, r := range rows {
		t.targets[Code{r[0], r[1]}] = Region(r[2])
	}
	return err
}

func (t *Tables) loadFactors(folder fs.FS) error { return t.loadRows(folder, "dose_factors.tsv") }
func (t *Tables) loadSite(folder fs.FS) error    { return t.loadRows(folder, "dose_site.tsv") }

func (t *Tables) loadRows(folder fs.FS, name string) error {
	rows, err := anatomy.Table(folder, name, "table", "version", "quantity", "unit", "family", "region", "view",
		"age", "age_from", "age_to", "phantom", "factor")
	for _, r := range rows {
		f, err := readFactor(name, r)
		if err != nil {
			return err
		}
		t.factors = append(t.factors, f)
	}
	return err
}

// factorUnits are the units a factor may be written in, and what brings it to
// mSv to the unit of its quantity.
var factorUnits = map[Quantity]map[string]float64{
	DLP:      {"mSv/(mGy.cm)": 1, "uSv/(mGy.cm)": 1e-3},
	DAP:      {"mSv/(Gy.cm2)": 1, "uSv/(cGy.cm2)": 0.1},
	AGD:      {"mSv/mGy": 1},
	Activity: {"mSv/MBq": 1, "uSv/MBq": 1e-3},
}

func readFactor(name string, r []string) (factor, error) {
	f := factor{Coefficient: Coefficient{Table: r[0], Version: r[1], Age: r[7]}, quantity: Quantity(r[2]),
		families: regionsOf[anatomy.Family](strings.Split(r[4], ",")), region: Region(r[5]), view: anatomy.View(r[6]), to: oldest}
	scale, ok := factorUnits[f.quantity][r[3]]
	if !ok {
		return f, bad(name, "unit of "+r[2], r[3])
	}
	for _, field := range []struct {
		text string
		into *int
	}{{r[8], &f.from}, {r[9], &f.to}, {r[10], &f.Phantom}} {
		if field.text == "" {
			continue
		}
		n, err := strconv.Atoi(field.text)
		if err != nil || n < 0 || n > oldest {
			return f, bad(name, "number", field.text)
		}
		*field.into = n
	}
	if f.Phantom != 0 && f.Phantom != 16 && f.Phantom != 32 {
		return f, bad(name, "phantom", r[10])
	}
	var err error
	f.Factor, err = positive(name, r[11])
	f.Factor *= scale
	return f, err
}

// positive reads a number above zero, written with a point or a comma.
func positive(table, text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || !(v > 0) || v > 1e6 {
		return 0, bad(table, "number", text)
	}
	return v, nil
}

func (t *Tables) loadTypical(folder fs.FS) error {
	rows, err := anatomy.Table(folder, "dose_typical.tsv", "family", "regions", "technique", "msv", "source")
	for _, r := range rows {
		v, err := positive("dose_typical.tsv", r[3])
		if err != nil {
			return err
		}
		row := typicalRow{families: regionsOf[anatomy.Family](strings.Split(r[0], ",")), technique: anatomy.Technique(r[2]),
			Typical: Typical{MilliSievert(v), r[4]}}
		if r[1] != "*" {
			row.regions = regionsOf[anatomy.Region](strings.Split(r[1], ","))
		}
		for _, region := range row.regions {
			if _, ok := t.atlas.Place(region); !ok {
				return bad("dose_typical.tsv", "region", string(region))
			}
		}
		t.typical = append(t.typical, row)
	}
	return err
}

func (t *Tables) loadLimits(folder fs.FS) error {
	rows, err := anatomy.Table(folder, "dose_limits.tsv", "limit", "msv", "source")
	for _, r := range rows {
		v, err := positive("dose_limits.tsv", r[1])
		if err != nil {
			return err
		}
		t.limits[r[0]] = Limit{MilliSievert(v), r[2]}
	}
	return err
}

func bad(table, what, value string) error {
	return fmt.Errorf("%w %s: %s %q", anatomy.ErrTable, table, what, value)
}

func regionsOf[T ~string](words []string) []T {
	var out []T
	for _, w := range words {
		out = append(out, T(strings.TrimSpace(w)))
	}
	return out
}
