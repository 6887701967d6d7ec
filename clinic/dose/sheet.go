package dose

import (
	"cmp"
	"slices"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// Sheet is a patient's dose sheet (лист учёта дозовых нагрузок).
type Sheet struct {
	Patient clinic.Patient
	At      time.Time
	Exams   []Exam // with radiation, oldest first; undated ones at the end
	Years   []Year // oldest first
	// TwelveMonths is up to At.
	TwelveMonths Sums
	Total        Sums
	// Undated counts exams that are in Total and in no year, because their date
	// is unknown or lies ahead.
	Undated int
	// Doubtful counts studies under the patient's ID that may be another
	// person's: they are not on the sheet.
	Doubtful int
	Flags    []Flag
}

// Year is the sum of a calendar year.
type Year struct {
	Year int
	Sums
}

// Sums are doses apart: preventive exams have a limit, clinical ones have none.
type Sums struct {
	Preventive, Clinical Sum
}

// All is both together.
func (s Sums) All() Sum {
	p, c := s.Preventive, s.Clinical
	return Sum{p.Effective + c.Effective, p.Typical + c.Typical, p.Exams + c.Exams, p.Unknown + c.Unknown, p.AtLeast || c.AtLeast}
}

// Sum is the dose of several exams.
type Sum struct {
	Effective MilliSievert
	Typical   MilliSievert // the part of Effective that is typical and not measured
	Exams     int
	Unknown   int  // exams whose dose is not in Effective, because nobody knows it
	AtLeast   bool // some exam gave more than could be reckoned
}

// Known reports that Effective is all of the dose.
func (s Sum) Known() bool { return s.Unknown == 0 && !s.AtLeast }

func (s *Sum) add(e Exam) {
	s.Exams++
	switch e.Basis {
	case NotKnown:
		s.Unknown++
	case FromTypical:
		s.Typical += e.Effective
	}
	s.Effective += e.Effective
	s.AtLeast = s.AtLeast || e.AtLeast
}

func (s *Sums) add(e Exam) {
	if e.Preventive {
		s.Preventive.add(e)
		return
	}
	s.Clinical.add(e)
}

// Flag points out a sum that passes a limit.
type Flag struct {
	Limit     string // PreventiveYear or Lifetime
	Year      int    // of PreventiveYear; 0 for the twelve months
	Effective MilliSievert
	Of        Limit
}

// StudyReports is a study with what its objects tell.
type StudyReports struct {
	Study   clinic.Study
	Reports []Report
}

// Sheet makes the sheet of one patient. An event that objects of two studies
// tell of counts in the study that comes first.
func (t *Tables) Sheet(p clinic.Patient, studies []StudyReports, at time.Time) Sheet {
	s := Sheet{Patient: p, At: at}
	seen := map[eventKey]bool{}
	for _, one := range slices.SortedStableFunc(slices.Values(studies), func(a, b StudyReports) int { return older(a.Study, b.Study) }) {
		record := Combine(one.Reports)
		record.Events = slices.DeleteFunc(record.Events, func(c Counted) bool { return seen[c.key()] })
		for _, c := range record.Events {
			seen[c.key()] = true
		}
		if e := t.exam(one.Study, record); e.Basis != NoRadiation {
			s.Exams = append(s.Exams, e)
		}
	}
	s.sum()
	s.Flags = t.flags(s)
	return s
}

// older orders studies by date and time, unknown dates last.
func older(a, b clinic.Study) int {
	switch {
	case a.StudyDate.Valid() != b.StudyDate.Valid():
		return map[bool]int{true: -1, false: 1}[a.StudyDate.Valid()]
	}
	return cmp.Or(a.StudyDate.Compare(b.StudyDate), cmp.Compare(a.StudyTime.DICOM(), b.StudyTime.DICOM()),
		cmp.Compare(a.StudyInstanceUID, b.StudyInstanceUID))
}

func (s *Sheet) sum() {
	today := dicom.DateOf(s.At)
	since := dicom.DateOf(s.At.AddDate(-1, 0, 0))
	years := map[int]*Year{}
	for _, e := range s.Exams {
		s.Total.add(e)
		if !e.StudyDate.Valid() || e.StudyDate.Compare(today) > 0 {
			s.Undated++
			continue
		}
		if years[e.StudyDate.Year] == nil {
			years[e.StudyDate.Year] = &Year{Year: e.StudyDate.Year}
		}
		years[e.StudyDate.Year].add(e)
		if e.StudyDate.Compare(since) > 0 {
			s.TwelveMonths.add(e)
		}
	}
	for _, y := range years {
		s.Years = append(s.Years, *y)
	}
	slices.SortFunc(s.Years, func(a, b Year) int { return cmp.Compare(a.Year, b.Year) })
}

// flags compares the sums with the limits.
func (t *Tables) flags(s Sheet) (flags []Flag) {
	if limit, ok := t.Limit(PreventiveYear); ok {
		for _, y := range s.Years {
			if y.Preventive.Effective > limit.Effective {
				flags = append(flags, Flag{PreventiveYear, y.Year, y.Preventive.Effective, limit})
			}
		}
		if s.TwelveMonths.Preventive.Effective > limit.Effective {
			flags = append(flags, Flag{PreventiveYear, 0, s.TwelveMonths.Preventive.Effective, limit})
		}
	}
	if limit, ok := t.Limit(Lifetime); ok {
		if all := s.Total.All(); all.Effective > limit.Effective {
			flags = append(flags, Flag{Lifetime, 0, all.Effective, limit})
		}
	}
	return flags
}
