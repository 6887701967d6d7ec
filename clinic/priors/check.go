package priors

import (
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/dicom"
)

// Check judges every prior from the side of the order. Ages are counted to the
// day the order is scheduled, else ordered, else now. The verdict holds each
// of the priors handed in, in the order a reader wants them.
func Check(order clinic.Order, priors []clinic.Study, rules *Rules, now time.Time) Verdict {
	day := orderDay(order, now)
	wanted := rules.atlas.Order(order, day)
	window, ruled := rules.window(wanted)
	v := Verdict{RulesVersion: rules.Version, Wanted: wanted, OrderUnknown: !wanted.Known()}
	if ruled {
		v.Rule, v.WindowDays = window.Rule, window.Days
	}
	for _, study := range priors {
		v.Priors = append(v.Priors, judge(rules, wanted, study, window, ruled, day))
	}
	rank(v.Priors)
	v.Best = best(v.Priors)
	v.Repeat = v.Best != nil && v.Best.Repeat
	v.Why = Reason{Key: "verdict.none", phrases: rules.phrases}
	switch {
	case v.Best != nil && v.Best.Class != Related:
		v.Why = v.Best.Why
	case len(priors) > 0:
		v.Why.Key = "verdict.noneComparable"
	}
	return v
}

func orderDay(order clinic.Order, now time.Time) dicom.Date {
	for _, t := range []time.Time{order.Scheduled, order.Ordered} {
		if !t.IsZero() {
			return dicom.DateOf(t)
		}
	}
	return dicom.DateOf(now)
}

// judge makes the Prior of one study.
func judge(rules *Rules, wanted anatomy.Exam, study clinic.Study, window Window, ruled bool, day dicom.Date) Prior {
	done := rules.atlas.Study(study)
	f := classify(rules.atlas, wanted, done)
	p := Prior{
		Study: study, Class: f.class, Block: f.block, Covers: f.covers, RegionUnknown: !done.Known() && !done.Document,
	}
	p.AgeDays, p.AgeKnown = study.StudyDate.DaysUntil(day)
	reason := f.reason
	if near := p.Class == Same || p.Class == Comparable; near {
		if ruled {
			p.Rule, p.WindowDays = window.Rule, window.Days
		}
		if p.Block == "" {
			p.Block, reason = circumstance(wanted, p, reason)
		}
		p.Repeat = ruled && p.Block == "" && p.AgeDays <= window.Days
	}
	p.Score = score(p)
	p.Why = Reason{
		Key: reason, Class: p.Class, Family: done.Family, Regions: names(rules.atlas, done.Regions), Side: sideToTell(rules.atlas, done),
		Contrast: contrastToTell(done), AgeDays: p.AgeDays, AgeKnown: p.AgeKnown, Rule: p.Rule, WindowDays: p.WindowDays,
		Report: reportOf(study), ImagesMissing: !imagesOpen(study), phrases: rules.phrases,
	}
	return p
}

// circumstance looks for what stops a repeat although the exam itself would
// answer the order.
func circumstance(wanted anatomy.Exam, p Prior, reason string) (Block, string) {
	switch {
	case !p.AgeKnown:
		return ByUnknown, "reason.date"
	case p.AgeDays < 0:
		return ByUnknown, "reason.future"
	case eventAfter(wanted.Events, p.AgeDays):
		return ByEvent, "reason.event"
	case p.Study.Withdrawn != "":
		return ByWithdrawal, "reason.withdrawn"
	case p.Study.Defect:
		return ByQuality, "reason.quality"
	case !imagesOpen(p.Study) && p.Study.Report != clinic.ReportFinal:
		return ByAccess, "reason.access"
	}
	return "", reason
}

// eventAfter reports an event after the prior. Without a date an event counts
// as new: an order speaks of what led to it.
func eventAfter(events []anatomy.Event, age int) bool {
	for _, e := range events {
		treated := e.Kind == "surgery" || e.Kind == "placed" // on the day of the prior: it was made before
		if e.Kind == "control" || !e.Dated || e.DaysBefore < age || treated && e.DaysBefore == age {
			return true
		}
	}
	return false
}

// imagesOpen reports images that are here or in a node that can be asked.
func imagesOpen(s clinic.Study) bool {
	return (s.Completeness != clinic.Absent || s.Source != "") && !anatomy.OnlyCompanions(s.ModalitiesInStudy)
}

func reportOf(s clinic.Study) clinic.ReportStatus {
	if s.Report == "" {
		return clinic.ReportNone
	}
	return s.Report
}
