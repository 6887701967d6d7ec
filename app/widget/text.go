package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text is one line in a colour; it is cut where its place ends.
func Text(text string, c color.Color, size fyne.ThemeSizeName, bold bool) *canvas.Text {
	t := canvas.NewText(text, c)
	t.TextSize = theme.Size(size)
	t.TextStyle.Bold = bold
	return t
}

// Paragraph is text that wraps.
func Paragraph(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Cut is a label of one line that ends in … where its place ends.
func Cut(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// Marked puts an object behind an upright bar of a colour on a ground.
func Marked(bar, ground color.Color, o fyne.CanvasObject) *fyne.Container {
	mark := canvas.NewRectangle(bar)
	mark.SetMinSize(fyne.NewSize(6, 0))
	return container.NewStack(canvas.NewRectangle(ground), container.NewBorder(nil, nil, mark, nil, container.NewPadded(o)))
}
