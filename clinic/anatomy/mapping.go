package anatomy

import (
	"fmt"
	"maps"
	"strings"
)

// Mapping is what a site says about its own words: exams of a family that are
// called so show these regions.
type Mapping struct {
	Family  Family
	Text    string // of an order or a study, whole; case and spaces do not count
	Regions []Region
}

type mappingKey struct {
	family Family
	text   string
}

func (m Mapping) key() mappingKey { return mappingKey{m.Family, MappingText(m.Text)} }

// MappingText is a text as mappings compare it.
func MappingText(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// WithMappings is the atlas with a site's mappings in the place of those it has. An
// empty text, no region, or one that the tables do not hold is ErrTable.
func (a *Atlas) WithMappings(list []Mapping) (*Atlas, error) {
	site := *a
	site.mappings = map[mappingKey]set[Region]{}
	for _, m := range list {
		regions := set[Region]{}
		for _, r := range m.Regions {
			if _, ok := a.places[r]; !ok {
				return nil, fmt.Errorf("%w: mapping of %q: no region %q", ErrTable, m.Text, r)
			}
			regions[r] = true
		}
		if k := m.key(); k.text == "" || len(regions) == 0 {
			return nil, fmt.Errorf("%w: a mapping needs a text and a region", ErrTable)
		}
		site.mappings[m.key()] = regions
	}
	return &site, nil
}

// mapped is what the site says about a text.
func (a *Atlas) mapped(f Family, text string) clue {
	return clue{source: FromSite, regions: maps.Clone(a.mappings[mappingKey{f, MappingText(text)}])}
}
