package effect_test

import (
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/effect"
	"eris/clinic/priors"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func fact(kind effect.Kind, order string, minute int, change func(*effect.Fact)) effect.Fact {
	f := effect.Fact{Kind: kind, Order: order, At: noon.Add(time.Duration(minute) * time.Minute), Clinic: "Clinic 1", Family: anatomy.CT,
		Regions: []anatomy.Region{"chest"}, Class: priors.Same, Repeat: true, MSv: 6}
	if change != nil {
		change(&f)
	}
	return f
}

func decide(c clinic.Choice, r clinic.RepeatReason) func(*effect.Fact) {
	return func(f *effect.Fact) { f.Choice, f.Reason = c, r }
}

func exam(f anatomy.Family, r []anatomy.Region) string {
	if len(r) == 0 {
		return string(f)
	}
	return string(f) + " " + string(r[0])
}

func TestCount(t *testing.T) {
	facts := []effect.Fact{
		// Decided twice: the last counts. The facts come out of order.
		fact(effect.Decided, "A", 3, decide(clinic.UsePrior, "")),
		fact(effect.Shown, "A", 0, nil), fact(effect.Opened, "A", 1, nil), fact(effect.Shown, "A", 2, nil),
		fact(effect.Decided, "A", 2, decide(clinic.AskRadiologist, "")),
		// The prior was to be used, and the exam was made all the same.
		fact(effect.Done, "B", -9, nil), fact(effect.Shown, "B", 0, nil), fact(effect.Decided, "B", 1, decide(clinic.UsePrior, "")),
		fact(effect.Shown, "C", 0, nil), fact(effect.Decided, "C", 1, decide(clinic.JustifiedRepeat, clinic.NewSymptoms)),
		// No exposure, and no dose.
		fact(effect.Shown, "D", 24*60, func(f *effect.Fact) { f.Family, f.MSv, f.Repeat = anatomy.MR, 0, false }),
		fact(effect.Decided, "D", 24*60+1, func(f *effect.Fact) { f.Family, f.MSv, f.Choice, f.Repeat = anatomy.MR, 0, clinic.UsePrior, false }),
		fact(effect.Shown, "E", 24*60, func(f *effect.Fact) { f.MSv = 0 }),
		fact(effect.Decided, "E", 24*60+1, func(f *effect.Fact) { f.MSv, f.Choice = 0, clinic.UsePrior }),
		// Never checked here.
		fact(effect.Done, "F", 0, nil),
	}
	orders := effect.Orders(facts)
	got := effect.Total(orders)
	want := effect.Row{Orders: 5, Repeats: 4, Opened: 1, Decided: 5, UsedPrior: 4, Justified: 1, MadeAnyway: 1, Exposures: 2, MSv: 6, MSvUnknown: 1}
	if got != want {
		t.Errorf("total\n got %+v\nwant %+v", got, want)
	}
	days := effect.Count(orders, effect.ByDay, exam)
	if len(days) != 2 || days[0].Key != "2026-11-23" || days[0].Orders != 3 || days[1].Orders != 2 {
		t.Errorf("days %+v", days)
	}
	exams := effect.Count(orders, effect.ByExam, exam)
	if len(exams) != 2 || exams[0].Key != "CT chest" || exams[0].Orders != 4 || exams[1].Exposures != 0 {
		t.Errorf("exams %+v", exams)
	}
	reasons := effect.Count(orders, effect.ByReason, exam)
	if len(reasons) != 1 || reasons[0].Key != string(clinic.NewSymptoms) {
		t.Errorf("reasons %+v", reasons)
	}
	sum := 0
	for _, r := range effect.Count(orders, effect.ByClinic, exam) {
		sum += r.Orders
	}
	if sum != len(orders) {
		t.Errorf("by clinic %d orders of %d", sum, len(orders))
	}
}
