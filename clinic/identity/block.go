package identity

import "slices"

// Blocks are the keys under which a patient is kept and looked for: two who
// may be one person share at least one, unless both the birth date and a name
// are wrong. By numbers, by the birth date, and by family and given name for
// when the date is wrong or not told. Of a million patients a birth date is
// shared by some tens, a name by at most some thousands.
func (p Person) Blocks() []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, n := range p.numbers {
		if !n.madeUp() {
			add(string(n.Kind) + ":" + n.Value)
		}
	}
	if p.PatientBirthDate.Valid() {
		add("born:" + p.PatientBirthDate.DICOM())
	}
	if len(p.name.given) > 1 {
		for _, family := range p.name.family {
			add("name:" + min(family, p.name.given) + ":" + max(family, p.name.given)) // whichever field they were typed into
		}
	}
	return keys
}
