package widget

import "fyne.io/fyne/v2"

// columns lays objects side by side: a width of at least 1 is fixed, one
// below 1 is a share of what is left.
type columns struct{ widths []float32 }

const columnGap = 4

func (l columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x float32
	for i, w := range l.resolve(size.Width) {
		if i >= len(objects) {
			return
		}
		objects[i].Move(fyne.NewPos(x, 0))
		objects[i].Resize(fyne.NewSize(w, size.Height))
		x += w + columnGap
	}
}

func (l columns) resolve(total float32) []float32 {
	left, shares := total, float32(0)
	for _, w := range l.widths {
		left -= columnGap
		if w >= 1 {
			left -= w
		} else {
			shares += w
		}
	}
	widths := make([]float32, len(l.widths))
	for i, w := range l.widths {
		if widths[i] = w; w < 1 {
			widths[i] = max(24, left*w/shares)
		}
	}
	return widths
}

func (l columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range objects {
		size.Height = max(size.Height, o.MinSize().Height)
		if i < len(l.widths) && l.widths[i] >= 1 {
			size.Width += l.widths[i] + columnGap
		} else {
			size.Width += 24 + columnGap
		}
	}
	return size
}
