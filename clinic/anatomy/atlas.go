package anatomy

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Atlas holds the tables the reading of exams follows. It is made by Load,
// never changes after, and may be used from several goroutines.
type Atlas struct {
	places     map[Region]Place
	composites map[string]composite
	bodyParts  map[string]string // normalised BodyPartExamined → region or composite id
	codes      map[string]code   // by prefix
	contents   map[Family]map[pair]Detail
	holders    map[Region]set[Region] // the body regions a region lies in
	neighbours map[pair]set[Family]
	byFamily   map[Family]map[Region][]Region
	joins      []join
	lexicon    *lexicon
	mappings   map[mappingKey]set[Region] // a site's own
}

type composite struct {
	regions []Region
	broad   bool
}

type code struct {
	family    Family
	regions   []string
	technique Technique
	contrast  Contrast
}

// join is a set of parts that is ordered under one name.
type join struct {
	family  Family
	parts   []Region
	becomes Region
}

type pair struct{ a, b Region }

// Load reads the tables of a rules folder (assets.Rules, or a site's own).
// Errors are ErrTable with the table and the row.
func Load(folder fs.FS) (*Atlas, error) {
	a := &Atlas{
		places: map[Region]Place{}, composites: map[string]composite{}, bodyParts: map[string]string{}, codes: map[string]code{},
		contents: map[Family]map[pair]Detail{}, neighbours: map[pair]set[Family]{}, byFamily: map[Family]map[Region][]Region{}, holders: map[Region]set[Region]{},
	}
	for _, load := range []func(fs.FS) error{a.loadRegions, a.loadComposites, a.loadCodes, a.loadContents, a.loadNeighbours, a.loadByFamily, a.loadJoins} {
		if err := load(folder); err != nil {
			return nil, err
		}
	}
	var err error
	if a.lexicon, err = loadLexicon(folder); err != nil {
		return nil, err
	}
	return a, a.checkWords(folder)
}

func (a *Atlas) loadRegions(folder fs.FS) error {
	rows, err := Table(folder, "regions.tsv", "id", "coarse", "paired", "level", "snomed", "body_part_examined", "en", "ru")
	for _, r := range rows {
		a.places[Region(r[0])] = Place{
			Region: Region(r[0]), Coarse: Coarse(r[1]), Paired: Pairedness(r[2]), Level: Level(r[3]), SNOMED: r[4],
			Names: map[string]string{"en": r[6], "ru": r[7]},
		}
		for _, term := range list(r[5]) {
			a.bodyParts[term] = r[0]
		}
	}
	return err
}

func (a *Atlas) loadComposites(folder fs.FS) error {
	rows, err := Table(folder, "composites.tsv", "id", "regions", "body_part_examined", "broad")
	for _, r := range rows {
		c := composite{broad: r[3] != ""}
		for _, id := range strings.Fields(r[1]) {
			if err := a.must("composites.tsv", id); err != nil {
				return err
			}
			c.regions = append(c.regions, Region(id))
		}
		a.composites[r[0]] = c
		for _, term := range list(r[2]) {
			a.bodyParts[term] = r[0]
		}
	}
	return err
}

func (a *Atlas) loadCodes(folder fs.FS) error {
	rows, err := Table(folder, "codes.tsv", "prefix", "family", "regions", "technique", "contrast")
	for _, r := range rows {
		c := code{family: Family(r[1]), regions: list(r[2]), technique: Technique(r[3]), contrast: Contrast(r[4])}
		if err := a.must("codes.tsv", c.regions...); err != nil {
			return err
		}
		a.codes[r[0]] = c
	}
	return err
}

func (a *Atlas) loadContents(folder fs.FS) error {
	rows, err := Table(folder, "contents.tsv", "families", "container", "parts", "detail")
	for _, r := range rows {
		if err := a.must("contents.tsv", append(list(r[2]), r[1])...); err != nil {
			return err
		}
		for _, f := range list(r[0]) {
			if a.contents[Family(f)] == nil {
				a.contents[Family(f)] = map[pair]Detail{}
			}
			for _, part := range list(r[2]) {
				a.contents[Family(f)][pair{Region(r[1]), Region(part)}] = Detail(r[3])
				a.hold(Region(r[1]), Region(part))
			}
		}
	}
	return err
}

// hold remembers which body region an organ lies in. Limbs do not count: the
// wrist and the elbow lie in one limb and show nothing of each other.
func (a *Atlas) hold(container, part Region) {
	c := a.places[container]
	if c.Level != BodyLevel || c.Coarse == UpperLimb || c.Coarse == LowerLimb || a.places[part].Level == BodyLevel {
		return
	}
	if a.holders[part] == nil {
		a.holders[part] = set[Region]{}
	}
	a.holders[part][container] = true
}

func (a *Atlas) loadNeighbours(folder fs.FS) error {
	rows, err := Table(folder, "neighbours.tsv", "a", "b", "families")
	for _, r := range rows {
		if err := a.must("neighbours.tsv", append(list(r[1]), r[0])...); err != nil {
			return err
		}
		families := set[Family]{}
		for _, f := range list(r[2]) {
			families[Family(f)] = true
		}
		if len(families) == 0 {
			families[""] = true
		}
		for _, other := range list(r[1]) {
			a.befriend(pair{Region(r[0]), Region(other)}, families)
			a.befriend(pair{Region(other), Region(r[0])}, families)
		}
	}
	return err
}

func (a *Atlas) befriend(p pair, families set[Family]) {
	if a.neighbours[p] == nil {
		a.neighbours[p] = set[Family]{}
	}
	a.neighbours[p].addAll(families)
}

func (a *Atlas) loadByFamily(folder fs.FS) error {
	rows, err := Table(folder, "byfamily.tsv", "region", "families", "becomes")
	for _, r := range rows {
		if err := a.must("byfamily.tsv", append(list(r[2]), r[0])...); err != nil {
			return err
		}
		for _, f := range list(r[1]) {
			if a.byFamily[Family(f)] == nil {
				a.byFamily[Family(f)] = map[Region][]Region{}
			}
			a.byFamily[Family(f)][Region(r[0])] = regionsOf(list(r[2]))
		}
	}
	return err
}

func (a *Atlas) loadJoins(folder fs.FS) error {
	rows, err := Table(folder, "joins.tsv", "families", "parts", "becomes")
	for _, r := range rows {
		if err := a.must("joins.tsv", append(list(r[1]), r[2])...); err != nil {
			return err
		}
		for _, f := range list(r[0]) {
			a.joins = append(a.joins, join{Family(f), regionsOf(list(r[1])), Region(r[2])})
		}
	}
	return err
}

// must reports ids that are neither a region nor a composite.
func (a *Atlas) must(table string, ids ...string) error {
	for _, id := range ids {
		if _, ok := a.places[Region(id)]; ok {
			continue
		}
		if _, ok := a.composites[id]; !ok {
			return fmt.Errorf("%w %s: unknown region %q", ErrTable, table, id)
		}
	}
	return nil
}

func (a *Atlas) checkWords(folder fs.FS) error {
	rows, err := Table(folder, "words.tsv", "kind", "value", "patterns")
	for _, r := range rows {
		if r[0] != "region" || r[1] == "-" {
			continue
		}
		if err := a.must("words.tsv", list(strings.TrimSuffix(r[1], "?"))...); err != nil {
			return err
		}
	}
	return err
}

// Place is the row of a region; ok is false for an id the tables do not hold.
func (a *Atlas) Place(r Region) (Place, bool) {
	p, ok := a.places[r]
	return p, ok
}

// Places lists all regions, by id.
func (a *Atlas) Places() []Place {
	out := slices.Collect(maps.Values(a.places))
	slices.SortFunc(out, func(x, y Place) int { return strings.Compare(string(x.Region), string(y.Region)) })
	return out
}

// Techniques lists the techniques that the words of orders and exams are read for.
func (a *Atlas) Techniques() []Technique {
	seen := set[Technique]{}
	for _, index := range []map[string][]pattern{a.lexicon.exact["technique"], a.lexicon.stems["technique"]} {
		for _, patterns := range index {
			for _, p := range patterns {
				if p.value != "-" {
					seen[Technique(p.value)] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func regionsOf(ids []string) []Region {
	var out []Region
	for _, id := range ids {
		out = append(out, Region(id))
	}
	return out
}
