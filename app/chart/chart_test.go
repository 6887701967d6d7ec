package chart_test

import (
	"image/color"
	"testing"

	"eris/app/chart"
)

var (
	black = color.NRGBA{A: 255}
	white = color.NRGBA{255, 255, 255, 255}
	amber = color.NRGBA{255, 180, 0, 255}
)

// A chart holds as much of a colour as its values tell, whatever their number.
func TestBars(t *testing.T) {
	style := chart.Style{Background: black, Text: white, Grid: white}
	area := func(values ...float64) int {
		labels := make([]string, len(values))
		for i := range labels {
			labels[i] = "день"
		}
		picture, err := chart.Bars(labels, []chart.Series{{Name: "повторы", Color: amber, Values: values}}, 600, 300, style)
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() != 600 || b.Dy() != 300 {
			t.Fatalf("size %v", b)
		}
		n := 0
		for y := range 300 {
			for x := range 600 {
				if r, g, b, _ := picture.At(x, y).RGBA(); r>>8 > 200 && g>>8 > 140 && b>>8 < 80 {
					n++
				}
			}
		}
		return n
	}
	low, high := area(1, 10), area(10, 10)
	if low*10 > high*7 || low == 0 {
		t.Errorf("bars of 1 and 10 cover %d, of 10 and 10 %d pixels", low, high)
	}
	area(0)
	area(make([]float64, 400)...)
}
