package dicom

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	tests := []struct {
		in, iso, dicom string
		valid          bool
	}{
		{"20250314", "2025-03-14", "20250314", true},
		{"2025.03.14", "2025-03-14", "20250314", true},
		{"2025-03-14 ", "2025-03-14", "20250314", true},
		{"2025", "2025", "", false}, {"202503", "2025-03", "", false},
		{"20250230", "", "", false}, {"20251301", "", "", false}, {"", "", "", false},
		{"14.03.2025", "", "", false}, {"тест", "", "", false}, {"19000101", "1900-01-01", "", false},
		{"20240229", "2024-02-29", "20240229", true}, {"00000000", "", "", false},
	}
	for _, tc := range tests {
		d := ParseDate(tc.in)
		if d.ISO() != tc.iso || d.DICOM() != tc.dicom || d.Valid() != tc.valid {
			t.Errorf("%q: ISO %q, DICOM %q, valid %v", tc.in, d.ISO(), d.DICOM(), d.Valid())
		}
	}
	if !ParseDate("").IsZero() || ParseDate("wrong").IsZero() {
		t.Error("only the empty date is zero")
	}
}

func TestDatesCompareAndCount(t *testing.T) {
	a, b := ParseDate("20240228"), ParseDate("20240301")
	if days, ok := a.DaysUntil(b); !ok || days != 2 {
		t.Errorf("%d days, %v", days, ok)
	}
	if _, ok := a.DaysUntil(ParseDate("2024")); ok {
		t.Error("a year has no day")
	}
	if a.Compare(b) >= 0 || b.Compare(a) <= 0 || (Date{}).Compare(a) >= 0 {
		t.Error("order is wrong")
	}
	if got := DateOf(time.Date(2025, 3, 14, 23, 0, 0, 0, time.FixedZone("", 3*3600))); got.DICOM() != "20250314" || got != ParseDate("20250314") {
		t.Errorf("calendar day %v", got)
	}
}

func TestParseTime(t *testing.T) {
	tests := []struct {
		in, clock, dicom string
		parts            int
	}{
		{"142530.123456", "14:25", "142530", 3}, {"1425", "14:25", "142500", 2}, {"14", "14:00", "140000", 1},
		{"14:25:30", "14:25", "142530", 3}, {"", "", "", 0}, {"2500", "", "", 0}, {"noon", "", "", 0}, {"1425301", "", "", 0},
	}
	for _, tc := range tests {
		got := ParseTime(tc.in)
		if got.Clock() != tc.clock || got.DICOM() != tc.dicom || got.Parts != tc.parts {
			t.Errorf("%q: %+v", tc.in, got)
		}
	}
	if got := ParseTime("101010.5"); got.Nanosecond != 500_000_000 {
		t.Errorf("half a second is %d ns", got.Nanosecond)
	}
}
