package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Chip is a short word on a rounded ground of a colour; a tap does something.
type Chip struct {
	widget.BaseWidget
	ground *canvas.Rectangle
	text   *canvas.Text
	tapped func()
}

// NewChip makes a chip.
func NewChip(text string, c color.Color, tapped func()) *Chip {
	chip := &Chip{ground: canvas.NewRectangle(c), text: Text(text, color.Black, theme.SizeNameCaptionText, true), tapped: tapped}
	chip.ground.CornerRadius = 4
	chip.text.Alignment = fyne.TextAlignCenter
	chip.ExtendBaseWidget(chip)
	return chip
}

// Tapped does what the chip is for.
func (c *Chip) Tapped(*fyne.PointEvent) { c.tapped() }

// MinSize leaves room beside the word.
func (c *Chip) MinSize() fyne.Size { return c.text.MinSize().Add(fyne.NewSize(16, 2)) }

// CreateRenderer shows the word on its ground.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.ground, c.text))
}
