package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/effect"
	"eris/clinic/priors"
	"eris/store"
)

// effectDays is how many days of decisions the demo has.
const effectDays = 30

// demoExams are what the demo's departments are asked for.
var demoExams = []struct {
	family anatomy.Family
	region anatomy.Region
	mSv    float64 // typical, ACR card
}{
	{anatomy.CT, "chest", 6.1}, {anatomy.Radiography, "chest", 0.1}, {anatomy.CT, "brain", 1.6}, {anatomy.MR, "knee", 0}, {anatomy.Mammography, "breast", 0.21},
}

// journal writes down a month of made-up checks and decisions, the same each
// time, so that the page of statistics shows what it can.
func (r *Room) journal(ctx context.Context, now time.Time) error {
	var filled bool
	if err := r.cache.Setting(ctx, "demo-journal", &filled); err != nil || filled {
		return err
	}
	for day := range effectDays {
		for n := range 3 + (day*7)%5 {
			if err := r.journalOrder(ctx, day, n, now); err != nil {
				return fmt.Errorf("synthetic decisions: %w", err)
			}
		}
	}
	return r.cache.SaveSetting(ctx, "demo-journal", true)
}

func (r *Room) journalOrder(ctx context.Context, day, n int, now time.Time) error {
	at := now.AddDate(0, 0, day-effectDays).Add(time.Duration(n) * time.Minute)
	dice := day*31 + n*17
	exam := demoExams[dice%len(demoExams)]
	order := fmt.Sprintf("DEMO-J%02d%02d", day, n)
	event := desk.Event{What: effect.Shown, AccessionNumber: order, PatientID: "DEMO", Clinic: fmt.Sprintf("Демо-поликлиника %d", 1+dice%3),
		Family: exam.family, Regions: []anatomy.Region{exam.region}, Class: priors.Comparable, Repeat: dice%3 == 0, MSv: exam.mSv, Rules: "demo"}
	if err := r.record(ctx, "check", at, event); err != nil {
		return err
	}
	if dice%4 != 1 {
		event.What = effect.Opened
		if err := r.record(ctx, "check", at.Add(time.Second), event); err != nil {
			return err
		}
	}
	decision := clinic.Decision{AccessionNumber: order, PatientID: "DEMO", Choice: clinic.JustifiedRepeat, Made: at.Add(time.Minute),
		Reason: clinic.RepeatReasons[dice%len(clinic.RepeatReasons)]}
	switch {
	case !event.Repeat && dice%5 != 0:
		return nil
	case dice%2 == 0:
		decision.Choice, decision.Reason = clinic.UsePrior, ""
	}
	return r.record(ctx, "decision", decision.Made, decision)
}

func (r *Room) record(ctx context.Context, kind string, at time.Time, body any) error {
	b, err := json.Marshal(body)
	if err == nil {
		_, err = r.cache.Record(ctx, store.Entry{Kind: kind, Made: at, Body: b})
	}
	return err
}
