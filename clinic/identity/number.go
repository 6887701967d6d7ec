package identity

import (
	"strings"
	"unicode"

	"eris/clinic"
)

// Kind says what a number is.
type Kind string

// The kinds of numbers.
const (
	Local     Kind = "local"     // of one clinic: says nothing elsewhere
	SNILS     Kind = "snils"     // of the pension fund, 11 digits
	ENP       Kind = "enp"       // of the compulsory health insurance, 16 digits
	Temporary Kind = "temporary" // certificate in place of a policy, 9 digits
	EMIAS     Kind = "emias"     // of the city's information system; its format is not published
)

// Systems of FHIR identifiers (RuCoreIG).
const (
	SystemSNILS = "https://fhir.ru/ig/core/systems/snils"
	SystemENP   = "https://fhir.ru/ig/core/systems/oms"
)

// Number is a number by its kind, without the signs that people write in it.
type Number struct {
	Kind  Kind
	Value string
	// Strong: it names one person wherever it is met, and its check digits agree.
	Strong bool
}

// ReadNumber tells the kind of an identifier. The issuer decides; without one
// only a СНИЛС in its own writing (112-233-445 95) is known, because the
// numbers of clinics have eleven or sixteen digits too. Of a number that its
// check digits deny nothing is left but a local one.
func ReadNumber(i clinic.Identifier) Number {
	switch kind := kindOfIssuer(i.Issuer); {
	case kind == SNILS, kind == ENP:
		if n, err := Parse(i.ID); err == nil && n.Kind == kind || n.Kind == Temporary && kind == ENP {
			return n
		}
	case kind == EMIAS:
		return Number{Kind: EMIAS, Value: strings.TrimSpace(i.ID)}
	case i.Issuer == "" && writtenAsSNILS(i.ID):
		if n, err := Parse(i.ID); err == nil {
			return n
		}
	}
	return Number{Kind: Local, Value: strings.TrimSpace(i.ID)}
}

// numbers are the numbers of a patient that mean something beyond one clinic.
func numbers(p clinic.Patient) []Number {
	var list []Number
	for _, i := range append([]clinic.Identifier{{ID: p.PatientID, Issuer: p.IssuerOfPatientID}}, p.OtherPatientIDs...) {
		if n := ReadNumber(i); n.Kind != Local && n.Value != "" {
			list = append(list, n)
		}
	}
	return unlessTwo(list)
}

// unlessTwo takes the strength from strong numbers of which one patient has two
// of a kind: at least one is somebody else's.
func unlessTwo(list []Number) []Number {
	first := map[Kind]string{}
	doubtful := map[Kind]bool{}
	for _, n := range list {
		if !n.Strong {
			continue
		}
		if have, ok := first[n.Kind]; ok && have != n.Value {
			doubtful[n.Kind] = true
		}
		first[n.Kind] = n.Value
	}
	for i := range list {
		list[i].Strong = list[i].Strong && !doubtful[list[i].Kind]
	}
	return list
}

// issuers are words in the name of an issuer or system, in either script; the
// first that is in it counts.
var issuers = []struct {
	word string
	kind Kind
}{
	{"snils", SNILS}, {"снилс", SNILS}, {"systems/oms", ENP}, {"enp", ENP}, {"енп", ENP}, {"emias", EMIAS}, {"емиас", EMIAS},
}

func kindOfIssuer(issuer string) Kind {
	issuer = strings.ToLower(issuer)
	for _, i := range issuers {
		if strings.Contains(issuer, i.word) {
			return i.kind
		}
	}
	switch issuer {
	case "oms", "омс":
		return ENP
	}
	return Local
}

// writtenAsSNILS reports the digits in groups of three, three, three and two.
func writtenAsSNILS(text string) bool {
	groups := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || unicode.IsSpace(r) })
	return len(groups) == 4 && len(groups[0]) == 3 && len(groups[1]) == 3 && len(groups[2]) == 3 && len(groups[3]) == 2
}

// NumberError says what is wrong with a number that was typed or scanned.
type NumberError string

// What can be wrong with a number.
const (
	ErrLength NumberError = "a СНИЛС has 11 digits, a policy 16, a temporary certificate 9"
	ErrCheck  NumberError = "the check digits do not agree: one digit is wrong"
)

func (e NumberError) Error() string { return string(e) }

// Parse reads a СНИЛС, a policy or a temporary certificate as people type it
// and scanners send it: with spaces, hyphens, a word before it, the marks of a
// scanner around it. The error keeps company with the kind that was meant.
// Errors: ErrLength, ErrCheck.
func Parse(text string) (Number, error) {
	text = withoutSymbology(strings.TrimSpace(text))
	var digits strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case digits.Len() > 0 && !strings.ContainsRune(" -–.\u00a0\u2011\t\r\n\x1d", r):
			return Number{}, ErrLength // letters inside: another number of another house
		}
	}
	n := Number{Value: digits.String()}
	sound := true
	switch len(n.Value) {
	case 11:
		n.Kind, sound, n.Strong = SNILS, soundSNILS(n.Value), checkedSNILS(n.Value)
	case 16:
		n.Kind, sound, n.Strong = ENP, luhn(n.Value), true
	case 9:
		n.Kind = Temporary
	default:
		return Number{}, ErrLength
	}
	if !sound {
		n.Strong = false
		return n, ErrCheck
	}
	n.Strong = n.Strong && !n.madeUp()
	return n, nil
}

// withoutSymbology drops what a scanner puts before the data to name the code
// (ISO/IEC 15424: "]" and two characters).
func withoutSymbology(text string) string {
	if len(text) > 3 && text[0] == ']' {
		return text[3:]
	}
	return text
}

// checkedSNILS reports a number that has check digits: those up to 001-001-998
// have none.
func checkedSNILS(digits string) bool { return digits[:9] > "001001998" }

// soundSNILS checks eleven digits: the sum of the first nine, each times ten
// less its place, modulo 101, where 100 is written 00.
func soundSNILS(digits string) bool {
	if !checkedSNILS(digits) {
		return true
	}
	sum := 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (9 - i)
	}
	return sum%101%100 == int(digits[9]-'0')*10+int(digits[10]-'0')
}

// luhn is the check of a policy's number.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// madeUp reports numbers that people type when they have none: one digit all
// the way, or the digits in turn.
func (n Number) madeUp() bool {
	if n.Kind == EMIAS {
		return false
	}
	body := n.Value[:9]
	return strings.Count(body, body[:1]) == len(body) || body == "123456789" || body == "987654321"
}
