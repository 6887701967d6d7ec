// Package chart draws counts as pictures in the colours of the desktop.
package chart

import (
	"fmt"
	"image"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Series is one colour of bars.
type Series struct {
	Name   string
	Color  color.Color
	Values []float64 // one for each label
}

// Style are the colours round the bars.
type Style struct{ Background, Text, Grid color.Color }

// mostLabels is how many labels stand readable under a chart.
const mostLabels = 16

// Bars draws series side by side over labels, width × height pixels, with the
// values counted from 0.
func Bars(labels []string, series []Series, width, height int, s Style) (image.Image, error) {
	p := plot.New()
	sans := font.Font{Typeface: "Liberation", Variant: "Sans", Size: 15}
	p.BackgroundColor = s.Background
	p.Y.Min = 0
	p.Y.Tick.Marker = whole{}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Label.TextStyle.Color, a.Tick.Color, a.Tick.Label.Color = s.Grid, s.Text, s.Grid, s.Text
		a.Tick.Label.Font = sans
	}
	p.Legend.Top, p.Legend.TextStyle.Color, p.Legend.TextStyle.Font = true, s.Text, sans
	p.Legend.YOffs, p.Legend.Padding = vg.Points(2), vg.Points(2)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = s.Grid, nil
	p.Add(grid)
	bar := barWidth(width, len(labels), len(series))
	most := 1.0
	for i, one := range series {
		bars, err := plotter.NewBarChart(plotter.Values(one.Values), bar)
		if err != nil {
			return nil, fmt.Errorf("chart %s: %w", one.Name, err)
		}
		bars.Color, bars.LineStyle.Width = one.Color, 0
		bars.Offset = bar * vg.Length(float64(i)-float64(len(series)-1)/2)
		p.Add(bars)
		p.Legend.Add(one.Name, bars)
		for _, v := range one.Values {
			most = max(most, v)
		}
	}
	p.Y.Max = most * 1.25 // room for the legend
	p.NominalX(thinned(labels)...)
	p.X.Min, p.X.Max = -0.6, float64(len(labels))-0.4
	picture := vgimg.NewWith(vgimg.UseWH(vg.Length(width), vg.Length(height)), vgimg.UseDPI(72), vgimg.UseBackgroundColor(s.Background))
	canvas := draw.New(picture)
	p.Draw(draw.Crop(canvas, vg.Points(8), -vg.Points(12), vg.Points(6), -vg.Points(6)))
	return picture.Image(), nil
}

func barWidth(width, labels, series int) vg.Length {
	room := float64(width-80) / float64(max(labels, 1)) * 0.7
	return vg.Length(min(room/float64(max(series, 1)), 36))
}

// thinned leaves out labels that would stand over each other.
func thinned(labels []string) []string {
	step := (len(labels) + mostLabels - 1) / mostLabels
	out := make([]string, len(labels))
	for i, l := range labels {
		if i%max(step, 1) == 0 {
			out[i] = l
		}
	}
	return out
}

// whole puts ticks at whole numbers only: nobody makes half an exam.
type whole struct{}

func (whole) Ticks(low, high float64) []plot.Tick {
	var list []plot.Tick
	for _, t := range (plot.DefaultTicks{}).Ticks(low, high) {
		if t.Value == float64(int(t.Value)) {
			t.Label = fmt.Sprint(int(t.Value))
			list = append(list, t)
		}
	}
	return list
}
