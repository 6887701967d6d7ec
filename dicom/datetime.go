package dicom

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a DA value: perhaps partial (month or day 0), perhaps wrong; Raw
// keeps what was written. The zero Date is "not given".
type Date struct {
	Year, Month, Day int
	Raw              string
}

// ParseDate reads YYYYMMDD, the old YYYY.MM.DD, and partial YYYY or YYYYMM
// (PS3.5 6.2). What cannot be a date has Year 0 and keeps Raw.
func ParseDate(s string) Date {
	s = strings.Trim(s, " \x00")
	d := Date{Raw: s}
	digits := s
	if len(s) == 10 && strings.ContainsRune(".-/", rune(s[4])) && s[7] == s[4] {
		digits = s[:4] + s[5:7] + s[8:]
	}
	if !allDigits(digits) || len(digits) != 4 && len(digits) != 6 && len(digits) != 8 {
		return d
	}
	year, month, day := digitsAt(digits, 0, 4), digitsAt(digits, 4, 2), digitsAt(digits, 6, 2)
	if month > 12 || day > daysIn(year, month) {
		return d
	}
	if month == 0 {
		day = 0 // a day without a month says nothing
	}
	d.Year, d.Month, d.Day = year, month, day
	return d
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// digitsAt reads n digits at i; 0 where the string has ended.
func digitsAt(s string, i, n int) int {
	if i+n > len(s) {
		return 0
	}
	v, err := strconv.Atoi(s[i : i+n])
	if err != nil {
		return 0
	}
	return v
}

func daysIn(year, month int) int {
	if month == 0 {
		return 0
	}
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// DateOf is the calendar day of t.
func DateOf(t time.Time) Date {
	d := Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
	d.Raw = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
	return d
}

// Valid reports a full date that exists in the calendar and is not a
// placeholder: year above 1900.
func (d Date) Valid() bool {
	return d.Year > 1900 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 &&
		d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

// IsZero reports that no date was given.
func (d Date) IsZero() bool { return d.Year == 0 && d.Raw == "" }

// Time is the start of the day in UTC; the zero time when not Valid.
func (d Date) Time() time.Time {
	if !d.Valid() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// DICOM is the date as YYYYMMDD, "" when not Valid.
func (d Date) DICOM() string {
	if !d.Valid() {
		return ""
	}
	return fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
}

// ISO is the date as YYYY-MM-DD, shorter when partial, "" when unknown.
func (d Date) ISO() string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// DaysUntil counts the days from d to later; ok is false unless both are Valid.
func (d Date) DaysUntil(later Date) (days int, ok bool) {
	if !d.Valid() || !later.Valid() {
		return 0, false
	}
	return int(later.Time().Sub(d.Time()) / (24 * time.Hour)), true
}

// Compare orders dates; unknown dates come first.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Time is a TM value, perhaps partial: Parts counts the fields present
// (1 hour, 2 minute, 3 second); 0 is "not given".
type Time struct {
	Hour, Minute, Second, Nanosecond, Parts int
	Raw                                     string
}

// ParseTime reads HHMMSS.FFFFFF, shorter forms, and HH:MM:SS (PS3.5 6.2).
func ParseTime(s string) Time {
	s = strings.Trim(s, " \x00")
	t := Time{Raw: s}
	whole, fraction, _ := strings.Cut(s, ".")
	digits := strings.ReplaceAll(whole, ":", "")
	if !allDigits(digits) || len(digits) > 6 || len(digits)%2 != 0 || fraction != "" && !allDigits(fraction) {
		return t
	}
	hour, minute, second := digitsAt(digits, 0, 2), digitsAt(digits, 2, 2), digitsAt(digits, 4, 2)
	if hour > 23 || minute > 59 || second > 60 { // PS3.5 6.2: 60 is a leap second
		return t
	}
	t.Hour, t.Minute, t.Second, t.Parts = hour, minute, second, len(digits)/2
	if t.Parts == 3 {
		t.Nanosecond = digitsAt((fraction + "000000000")[:9], 0, 9)
	}
	return t
}

// Clock is the time as HH:MM, "" when unknown.
func (t Time) Clock() string {
	if t.Parts == 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute)
}

// DICOM is the time as HHMMSS, "" when unknown.
func (t Time) DICOM() string {
	if t.Parts == 0 {
		return ""
	}
	return fmt.Sprintf("%02d%02d%02d", t.Hour, t.Minute, t.Second)
}
