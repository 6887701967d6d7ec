package identity

import (
	"strings"

	"eris/dicom"
)

// birthLikeness says how two birth dates agree.
type birthLikeness string

const (
	birthMissing birthLikeness = "birth.missing" // one is not told, or stands for that
	birthSame    birthLikeness = "birth.same"
	birthSwapped birthLikeness = "birth.swapped" // day and month in each other's place
	birthDigit   birthLikeness = "birth.digit"   // one digit another one, or two neighbours swapped
	birthYear    birthLikeness = "birth.year"    // of one only the year is known, and it is the other's
	birthOther   birthLikeness = "birth.other"
)

// compareBirths compares birth dates with the errors that are made in them.
// Dates up to 1900 stand for an unknown one.
func compareBirths(a, b dicom.Date) birthLikeness {
	if !a.Valid() || !b.Valid() {
		if a.Year > 1900 && a.Year == b.Year {
			return birthYear
		}
		return birthMissing
	}
	x, y := a.DICOM(), b.DICOM()
	switch {
	case x == y:
		return birthSame
	case a.Year == b.Year && a.Month == b.Day && a.Day == b.Month:
		return birthSwapped
	case oneDigit(x, y):
		return birthDigit
	case a.Year == b.Year && (strings.HasSuffix(x, "0101") || strings.HasSuffix(y, "0101")):
		return birthYear // the first of January is typed when the day is not known
	}
	return birthOther
}

func oneDigit(a, b string) bool {
	var at []int
	for i := range len(a) {
		if a[i] != b[i] {
			at = append(at, i)
		}
	}
	return len(at) == 1 || len(at) == 2 && at[1] == at[0]+1 && a[at[0]] == b[at[1]] && a[at[1]] == b[at[0]]
}
