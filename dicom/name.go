package dicom

import "strings"

// NameGroup is one component group of a PN: family^given^middle^prefix^suffix (PS3.5 6.2.1).
type NameGroup struct{ Family, Given, Middle, Prefix, Suffix string }

// PersonName is a PN value with its three component groups.
type PersonName struct{ Alphabetic, Ideographic, Phonetic NameGroup }

// ParsePersonName reads a PN value. A full name typed into the family
// component with spaces, as many Russian sites do, is split into its parts.
func ParsePersonName(s string) PersonName {
	var n PersonName
	groups := strings.SplitN(s, "=", 3)
	for i, g := range []*NameGroup{&n.Alphabetic, &n.Ideographic, &n.Phonetic} {
		if i < len(groups) {
			*g = parseNameGroup(groups[i])
		}
	}
	n.Alphabetic = n.Alphabetic.splitFamily()
	return n
}

func parseNameGroup(s string) NameGroup {
	var g NameGroup
	components := strings.SplitN(s, "^", 5)
	for i, c := range g.components() {
		if i < len(components) {
			*c = strings.Trim(strings.ReplaceAll(components[i], "^", " "), " \x00")
		}
	}
	return g
}

// components are the five parts in the order of PS3.5 6.2.1.
func (g *NameGroup) components() [5]*string {
	return [5]*string{&g.Family, &g.Given, &g.Middle, &g.Prefix, &g.Suffix}
}

// splitFamily parts "Иванов Иван Иванович" typed into the family component.
// Only Cyrillic names of two or three words are split: elsewhere a family name
// may well have several ("van der Berg"), and longer ones cannot be told apart.
func (g NameGroup) splitFamily() NameGroup {
	words := strings.Fields(g.Family)
	if len(words) < 2 || len(words) > 3 || g != (NameGroup{Family: g.Family}) || !cyrillicWords(words) {
		return g
	}
	g.Family, g.Given = words[0], words[1]
	if len(words) == 3 {
		g.Middle = words[2]
	}
	return g
}

func cyrillicWords(words []string) bool {
	for _, w := range words {
		for _, r := range w {
			if !cyrillicLetter(r) && r != '-' && r != '.' {
				return false
			}
		}
	}
	return true
}

func cyrillicLetter(r rune) bool { return r >= 0x0400 && r <= 0x04FF }

// String is the PN as DICOM writes it, with ^ and =.
func (n PersonName) String() string {
	return strings.TrimRight(n.Alphabetic.String()+"="+n.Ideographic.String()+"="+n.Phonetic.String(), "=")
}

// String is the group as DICOM writes it, with ^.
func (g NameGroup) String() string {
	return strings.TrimRight(strings.Join([]string{g.Family, g.Given, g.Middle, g.Prefix, g.Suffix}, "^"), "^")
}

// Display is the name for a reader: "Family Given Middle", suffixes behind.
func (n PersonName) Display() string {
	for _, g := range []NameGroup{n.Alphabetic, n.Ideographic, n.Phonetic} {
		if s := g.display(); s != "" {
			return s
		}
	}
	return ""
}

func (g NameGroup) display() string {
	name := strings.Join(strings.Fields(strings.Join([]string{g.Prefix, g.Family, g.Given, g.Middle}, " ")), " ")
	if g.Suffix == "" {
		return name
	}
	if name == "" {
		return g.Suffix
	}
	return name + ", " + g.Suffix
}

// IsZero reports a name with no component.
func (n PersonName) IsZero() bool { return n == PersonName{} }
