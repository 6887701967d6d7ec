package chart

import (
	"image"
	"image/color"
	"time"

	"eris/app/phrase"
	"eris/app/words"
	"eris/clinic/effect"
)

// mostBars is how many groups one picture holds: of days the latest, else those
// with the most orders.
const mostBars = 31

// Palette are the colours of what the check has changed.
type Palette struct {
	Style
	Warned, Opened, Avoided color.Color
}

// Paper are colours for print.
var Paper = Palette{
	Style{color.White, color.NRGBA{0x20, 0x22, 0x26, 0xff}, color.NRGBA{0xd0, 0xd4, 0xda, 0xff}},
	color.NRGBA{0xd0, 0x84, 0x12, 0xff}, color.NRGBA{0x3a, 0x74, 0xb8, 0xff}, color.NRGBA{0x16, 0x8c, 0x80, 0xff},
}

// Effect draws what the check has changed: repeat warnings, priors that were
// opened, exposures that were avoided.
func Effect(w *words.Words, by effect.By, rows []effect.Row, width, height int, p Palette) (image.Image, error) {
	if n := len(rows); n > mostBars && by == effect.ByDay {
		rows = rows[n-mostBars:]
	} else if n > mostBars {
		rows = rows[:mostBars]
	}
	labels := make([]string, len(rows))
	warned, opened, avoided := make([]float64, len(rows)), make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		labels[i] = phrase.EffectKey(w, by, r.Key)
		if day, err := time.Parse(time.DateOnly, r.Key); by == effect.ByDay && err == nil {
			labels[i] = day.Format("02.01")
		} else if runes := []rune(labels[i]); len(runes) > mostRunes {
			labels[i] = string(runes[:mostRunes-1]) + "…"
		}
		warned[i], opened[i], avoided[i] = float64(r.Repeats), float64(r.Opened), float64(r.Exposures)
	}
	return Bars(labels, []Series{
		{w.L("Repeat warning"), p.Warned, warned}, {w.L("Prior opened"), p.Opened, opened}, {w.L("Exposures avoided"), p.Avoided, avoided},
	}, width, height, p.Style)
}

// mostRunes is how long a label under a group of bars may be.
const mostRunes = 24
