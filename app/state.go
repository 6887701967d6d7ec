package app

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"time"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/studies"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/words"
	"eris/sync/transfer"
)

// stateEvery is how often the archives are asked for a sign of life.
const stateEvery = 30 * time.Second

// watchState keeps the two lines round the page true: how the archives
// answer, and what the transfers do.
func (s *shell) watchState(ctx context.Context) {
	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	defer s.desk.Transfer.Watch(notify)()
	tick := time.NewTicker(stateEvery)
	defer tick.Stop()
	s.echo(ctx)
	s.showTransfers(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.echo(ctx)
		case <-changed:
			s.showTransfers(ctx)
			select { // at most five times a second
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *shell) echo(ctx context.Context) {
	text, tint := healthLine(s.words, s.desk.Echo(ctx))
	if ctx.Err() != nil {
		return
	}
	task.Do(func() {
		s.state.Text, s.state.Color = text, tint
		s.state.Refresh()
	})
}

// healthLine is how the archives answer, in one line.
func healthLine(w *words.Words, health []desk.Health) (string, color.Color) {
	if len(health) == 0 {
		return w.L("no archive is set up"), theme.Dim
	}
	var parts []string
	tint := color.Color(theme.Good)
	for _, h := range health {
		if h.Err != nil {
			parts, tint = append(parts, "○ "+h.Name+" "+w.L("away, working from the cache")), theme.Prior
		} else {
			parts = append(parts, fmt.Sprintf("● %s %s", h.Name, w.L("%d ms", h.Took.Milliseconds())))
		}
	}
	return strings.Join(parts, "   "), tint
}

func (s *shell) showTransfers(ctx context.Context) {
	jobs := s.desk.Transfer.Jobs()
	unsent, unsentErr := s.desk.Unsent(ctx)
	task.Do(func() {
		s.work.Text = workLine(s.words, jobs)
		s.work.Refresh()
		s.safe.Text = ""
		if unsentErr == nil && unsent > 0 {
			s.safe.Text = s.words.L("saved locally ✓")
		}
		s.safe.Refresh()
	})
}

// workLine is what the transfers do, in one line.
func workLine(w *words.Words, jobs []transfer.Job) string {
	var open, done, total, waiting int
	var rate float64
	for _, j := range jobs {
		switch j.State {
		case transfer.Running, transfer.Waiting:
			open++
			done += j.Done
			total += j.Total
			rate += j.Rate
		case transfer.Offline:
			waiting++
		}
	}
	switch {
	case open > 0:
		text := w.L("Transfers: %d", open) + fmt.Sprintf(" · %d/%d", done, total)
		if rate > 0 {
			text += " · " + w.L("%s/s", w.Bytes(int64(rate)))
		}
		return text
	case waiting > 0:
		return w.L("Transfers waiting for the archive: %d", waiting)
	}
	return w.L("No transfers")
}

// importFiles hands files to the studies page.
func (s *shell) importFiles(paths []string) {
	s.Go(route.Route{Page: route.Studies})
	s.pages[route.Studies].(*studies.Page).Import(paths...)
}
