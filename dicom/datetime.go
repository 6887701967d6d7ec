package dicom

import "time"

// Date is a DA value: perhaps partial (month or day 0), perhaps wrong; Raw
// keeps what was written. The zero Date is "not given".
type Date struct {
	Year, Month, Day int
	Raw              string
}

// ParseDate reads YYYYMMDD, the old YYYY.MM.DD, and partial YYYY or YYYYMM
// (PS3.5 6.2). What cannot be a date has Year 0 and keeps Raw.
func ParseDate(s string) Date { panic("stub") }

// DateOf is the calendar day of t.
func DateOf(t time.Time) Date { panic("stub") }

// Valid reports a full date that exists in the calendar and is not a
// placeholder: year above 1900.
func (d Date) Valid() bool { panic("stub") }

// IsZero reports that no date was given.
func (d Date) IsZero() bool { return d.Year == 0 && d.Raw == "" }

// Time is the start of the day in UTC; the zero time when not Valid.
func (d Date) Time() time.Time { panic("stub") }

// DICOM is the date as YYYYMMDD, "" when not Valid.
func (d Date) DICOM() string { panic("stub") }

// ISO is the date as YYYY-MM-DD, shorter when partial, "" when unknown.
func (d Date) ISO() string { panic("stub") }

// DaysUntil counts the days from d to later; ok is false unless both are Valid.
func (d Date) DaysUntil(later Date) (days int, ok bool) { panic("stub") }

// Compare orders dates; unknown dates come first.
func (d Date) Compare(other Date) int { panic("stub") }

// Time is a TM value, perhaps partial: Parts counts the fields present
// (1 hour, 2 minute, 3 second); 0 is "not given".
type Time struct {
	Hour, Minute, Second, Nanosecond, Parts int
	Raw                                     string
}

// ParseTime reads HHMMSS.FFFFFF, shorter forms, and HH:MM:SS (PS3.5 6.2).
func ParseTime(s string) Time { panic("stub") }

// Clock is the time as HH:MM, "" when unknown.
func (t Time) Clock() string { panic("stub") }

// DICOM is the time as HHMMSS, "" when unknown.
func (t Time) DICOM() string { panic("stub") }
