package dicom

import (
	"bytes"
	"unicode/utf8"
)

// settleText decides in which set the text of the data set and of its items
// is read. Real files declare Latin-1 or nothing and hold Windows Cyrillic, so
// a declaration is believed only if the bytes bear it out.
func (d *DataSet) settleText() { d.settleWithin(nil) }

// settleWithin settles an item by its own declaration, else by its parent's codec.
func (d *DataSet) settleWithin(parent *textCodec) {
	d.text = parent
	if e, ok := d.Get(SpecificCharacterSet); ok || parent == nil {
		d.text = settled(declaredCodec(termsOf(e.Raw)), d.foreignText(nil, true))
	}
	for _, e := range d.elements {
		for _, item := range e.Items {
			item.settleWithin(d.text)
		}
	}
}

// foreignText collects the values with bytes above 7F of the text elements
// that share one declaration.
func (d *DataSet) foreignText(found [][]byte, top bool) [][]byte {
	if !top {
		if _, own := d.Get(SpecificCharacterSet); own {
			return found
		}
	}
	for _, e := range d.elements {
		switch e.VR.info().kind {
		case kindText, kindProse:
			if !plain(e.Raw) {
				found = append(found, e.Raw)
			}
		}
		for _, item := range e.Items {
			found = item.foreignText(found, false)
		}
	}
	return found
}

// settled is the codec that fits the values: declared, or a repaired one.
func settled(declared *textCodec, values [][]byte) *textCodec {
	text := bytes.Join(values, []byte{'\\'})
	if len(text) == 0 || bytes.IndexByte(text, escape) >= 0 || !declared.doubtful(text) {
		return declared
	}
	used := declared.ladder(text)
	if used == declared.first && !declared.invalid {
		return declared
	}
	return repairedCodec(declared.set.Declared, used)
}

// doubtful says whether the declaration is one that files often make wrongly.
func (c *textCodec) doubtful(text []byte) bool {
	if c.invalid {
		return true
	}
	if len(c.set.Declared) > 1 {
		return false
	}
	switch c.first {
	case setDefault, setLatin1, setRussian:
		return true
	case setUTF8:
		return !mostlyUTF8(text)
	}
	return false
}

// mostlyUTF8 allows for a character cut off at the end of a full field.
func mostlyUTF8(text []byte) bool {
	good, bad := 0, 0
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		text = text[n:]
	}
	return bad == 0 || good >= 4*bad
}

// ladder tries the likely sets from the surest to the weakest.
func (c *textCodec) ladder(text []byte) string {
	if mostlyUTF8(text) {
		// Other sets hardly ever make valid UTF-8 by chance.
		return setUTF8
	}
	best, score := bestCyrillic(text)
	if c.first == setRussian {
		if own := cyrillicScore(text, setRussian); own >= plausible && own >= score-declaredBonus || score < plausible {
			return setRussian
		}
		return best
	}
	if score >= plausible && cyrillicWordsPrevail(text) {
		return best
	}
	if c.first == setUTF8 || c.first == setDefault || c.invalid {
		return setLatin1
	}
	return c.first
}

// cyrillicWordsPrevail looks at bytes above 7F in words: in Western names they
// stand among ASCII letters ("Müller"), in Cyrillic ones among themselves.
func cyrillicWordsPrevail(text []byte) bool {
	pure, mixed := 0, 0
	for _, word := range bytes.FieldsFunc(asBytes(text), notInWord) {
		high, low := 0, 0
		for _, c := range []rune(string(word)) {
			if c >= 0x80 {
				high++
			} else {
				low++
			}
		}
		switch {
		case high > 0 && low > 0:
			mixed += high
		case high >= 2:
			pure += high
		}
	}
	return pure > mixed
}

// asBytes widens each byte to the character of the same number, so that the
// words of unknown text can be cut.
func asBytes(text []byte) []byte { return []byte(decodeIn(setLatin1, text)) }

func notInWord(r rune) bool {
	return r < 0x80 && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}
