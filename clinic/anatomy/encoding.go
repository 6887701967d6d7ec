package anatomy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cp1251High are the characters of bytes 0x80 to 0xBF of code page 1251; 0xC0
// to 0xFF are А to я.
const cp1251High = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї"

// repair undoes the two usual ways in which Russian text is shown with wrong
// letters: bytes of code page 1251 read as Latin-1, and UTF-8 read as either.
// Text that is fine comes back as it was.
func repair(text string) string {
	latin, cyrillic, letters := 0, 0, 0
	for _, r := range text {
		if !unicode.IsLetter(r) && r < 0x80 {
			continue
		}
		letters++
		switch {
		case r >= 0x80 && r <= 0xFF:
			latin++
		case r >= 0x400 && r <= 0x45F:
			cyrillic++
		}
	}
	switch {
	case latin > 0 && latin*2 >= letters:
		return fromLatin1(text)
	case strings.Count(text, "Р")+strings.Count(text, "С") >= 3 && cyrillic > 3:
		if fixed, ok := utf8Of(text, cp1251Byte); ok {
			return fixed
		}
	}
	return text
}

func fromLatin1(text string) string {
	if fixed, ok := utf8Of(text, latin1Byte); ok {
		return fixed
	}
	high := []rune(cp1251High)
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xC0 && r <= 0xFF:
			return 'А' + r - 0xC0
		case r >= 0x80 && r < 0xC0:
			return high[r-0x80]
		}
		return r
	}, text)
}

// utf8Of turns the characters into bytes and reads these as UTF-8; ok is false
// when they are not UTF-8 holding Cyrillic.
func utf8Of(text string, byteOf func(rune) (byte, bool)) (string, bool) {
	var raw []byte
	for _, r := range text {
		b, ok := byteOf(r)
		if !ok {
			return "", false
		}
		raw = append(raw, b)
	}
	if !utf8.Valid(raw) {
		return "", false
	}
	fixed := string(raw)
	return fixed, strings.IndexFunc(fixed, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) >= 0
}

func latin1Byte(r rune) (byte, bool) { return byte(r), r <= 0xFF }

func cp1251Byte(r rune) (byte, bool) {
	switch {
	case r < 0x80:
		return byte(r), true
	case r >= 'А' && r <= 'я':
		return byte(0xC0 + r - 'А'), true
	}
	for i, h := range []rune(cp1251High) {
		if h == r {
			return byte(0x80 + i), true
		}
	}
	return 0, false
}
