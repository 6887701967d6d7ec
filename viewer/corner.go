package viewer

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/render"
)

// Keys of the words in a picture: English formats.
const (
	wordLoading     = "Loading…"
	wordSyntax      = "This image cannot be shown, its compression is not supported: %s. X opens it in another program."
	wordUnsupported = "This kind of image cannot be shown."
	wordDamaged     = "This image cannot be shown: its file is damaged."
	wordUnreadable  = "This image cannot be read from the local cache."
	wordImage       = "Image %d of %d"
	wordPosition    = "Position %.1f mm"
	wordThickness   = "Thickness %.1f mm"
	wordWindow      = "W %s L %s"
	wordZoom        = "Zoom %.0f %%"
	wordLossy       = "Lossy compression"
	wordSeries      = "Series %d"
	wordCurrent     = "Current"
	wordPrior       = "Prior"
	wordMillimetres = "%d mm"
	wordUnsaved     = "not saved"
	wordPartial     = "part of the study"
	wordTable       = "VOI LUT"
	wordTruncated   = "Incomplete: the file ends here"
	wordProfile     = "Colour profile not applied"
)

// WordKeys lists every key a session hands to Params.Words.
func WordKeys() []string {
	return []string{wordLoading, wordSyntax, wordUnsupported, wordDamaged, wordUnreadable, wordImage, wordPosition, wordThickness,
		wordWindow, wordZoom, wordLossy, wordSeries, wordCurrent, wordPrior, wordMillimetres, wordUnsaved, wordPartial, wordTable, wordTruncated, wordProfile,
		string(measure.AtDetector), string(measure.Magnified), string(measure.Calibrated), string(measure.Unstated), string(measure.InPixels),
		"Length", "Area", "Mean", "SD", "Min", "Max", "Value", "Red", "Green", "Blue", "mm", "px", "mm²", "px²", "HU", "OD", "mg/ml", "Gy", unitSUV}
}

// frameOverlay is what stands even over a picture that is not there.
func (s *Session) frameOverlay(v *viewport) render.Overlay {
	o := render.Overlay{Letters: s.params.Letters, Width: 1}
	if v.number == s.active {
		o.Width = 3
	}
	o.Border = tint(v.role)
	return o
}

func tint(r Role) color.RGBA {
	switch r {
	case Current:
		return render.Teal
	case Prior:
		return render.Amber
	}
	return color.RGBA{R: 0x50, G: 0x50, B: 0x50, A: 255}
}

// overlay is everything that stands over the picture of a frame.
func (s *Session) overlay(v *viewport, d *decoded) render.Overlay {
	o := s.frameOverlay(v)
	view := v.state.View(d.shown(), v.size)
	if s.overlays != NoOverlays {
		o.Edges, o.Bar = d.edges(view), d.bar(view, v.size)
		o.Bar.Label = s.params.Words(wordMillimetres, barMillimetres(d, view, v.size))
		o.Corners[render.TopLeft] = s.identity(d)
		o.Corners[render.TopRight] = s.origin(v, d)
		o.Corners[render.BottomLeft] = s.where(v, d, view)
		o.Corners[render.BottomRight] = s.quality(d)
		s.drawMarks(&o, v, d, view)
	}
	return o
}

func lines(texts ...string) []render.Tinted {
	var out []render.Tinted
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, render.Tinted{Text: t})
		}
	}
	return out
}

func (s *Session) identity(d *decoded) []render.Tinted {
	return lines(d.data.Name(dicom.PatientName).Display(), d.data.String(dicom.PatientID), day(d.data.Date(dicom.PatientBirthDate)))
}

// origin names study and series; with few overlays only the role and the date.
func (s *Session) origin(v *viewport, d *decoded) []render.Tinted {
	date := day(d.data.Date(dicom.StudyDate))
	var out []render.Tinted
	switch v.role {
	case Current:
		out = []render.Tinted{{Text: s.params.Words(wordCurrent) + " " + date, Color: render.Teal}}
	case Prior:
		out = []render.Tinted{{Text: s.params.Words(wordPrior) + " " + date, Color: render.Amber}}
	default:
		out = lines(date)
	}
	if s.overlays == AllOverlays {
		number := ""
		if n, ok := d.data.Int(dicom.SeriesNumber); ok {
			number = s.params.Words(wordSeries, n)
		}
		out = append(out, lines(d.data.String(dicom.StudyDescription), number, d.data.String(dicom.SeriesDescription), d.data.String(dicom.InstitutionName))...)
	}
	return out
}

// where says which frame is seen, and how.
func (s *Session) where(v *viewport, d *decoded, view geom.Affine) []render.Tinted {
	image := s.params.Words(wordImage, v.at+1, len(v.stack.Frames))
	window := s.inUse(v.voi())
	if s.overlays != AllOverlays {
		return lines(image, window)
	}
	position, thickness := "", ""
	if d.located {
		position = s.params.Words(wordPosition, d.plane.Origin.Along(d.plane.Normal()))
	}
	if d.thickness > 0 {
		thickness = s.params.Words(wordThickness, d.thickness)
	}
	return lines(image, position, thickness, window, s.params.Words(wordZoom, 100*math.Hypot(view.XX, view.YX)))
}

// inUse names a window, or the table that stands in its place, in the file's
// own words where it has some.
func (s *Session) inUse(v lut.VOI) string {
	text := s.params.Words(wordWindow, figure(v.Window.Width, 0), figure(v.Window.Center, 0))
	if v.Table != nil {
		text = s.params.Words(wordTable)
	}
	if v.Explanation != "" {
		text += "  " + v.Explanation
	}
	return text
}

// quality warns: where lengths come from, and whether detail was lost.
func (s *Session) quality(d *decoded) []render.Tinted {
	lossy, provenance, profile := "", "", ""
	var broken []render.Tinted
	if d.truncated {
		broken = []render.Tinted{{Text: s.params.Words(wordTruncated), Color: render.Danger}}
	}
	if d.profiled && d.img.RGB != nil {
		profile = s.params.Words(wordProfile)
	}
	if d.lossy {
		lossy = s.params.Words(wordLossy)
	}
	if d.provenance != measure.InPatient {
		provenance = s.params.Words(string(d.provenance))
	}
	return append(broken, lines(lossy, profile, provenance)...)
}

// day is a date as DD.MM.YYYY, as much of it as is known.
func day(d dicom.Date) string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%02d.%04d", d.Month, d.Year)
	}
	return fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year)
}

// barSteps are the lengths a scale bar may have, in mm.
var barSteps = []int{1, 2, 5, 10, 20, 50, 100, 200, 500}

// barMillimetres is the longest step within a quarter of the width; 0 when none fits.
func barMillimetres(d *decoded, view geom.Affine, size image.Point) int {
	scale := d.deviceScale(view)
	best := 0
	for _, mm := range barSteps {
		if float64(mm)*scale <= float64(size.X)/4 && scale > 0 {
			best = mm
		}
	}
	return best
}

// deviceScale is device pixels per mm; 0 when mm are unknown.
func (d *decoded) deviceScale(view geom.Affine) float64 {
	if !d.spacing.Valid() {
		return 0
	}
	return math.Hypot(view.XX, view.YX) / d.spacing.Column
}

func (d *decoded) bar(view geom.Affine, size image.Point) render.Bar {
	mm := barMillimetres(d, view, size)
	return render.Bar{Length: int(float64(mm)*d.deviceScale(view) + 0.5), Label: fmt.Sprintf("%d mm", mm)}
}

// drawMarks adds the measurements of the frame, the one being made last.
func (s *Session) drawMarks(o *render.Overlay, v *viewport, d *decoded, view geom.Affine) {
	unsaved, _ := s.writer.unsaved()
	for _, m := range s.marksOn(v) {
		c, note := render.Mark, s.phrases(s.valuesOf(v, m))
		if m.id == s.selected {
			c = render.Chose
		}
		if m.partial {
			note = append(slices.Clone(note), s.params.Words(wordPartial))
		}
		if unsaved[m.id] {
			note = append(slices.Clone(note), s.params.Words(wordUnsaved))
		}
		drawShape(o, d, view, m.shape, c, note)
	}
	if v.draft != nil {
		drawShape(o, d, view, v.draft, render.Chose, s.phrases(v.draft.Values(d.calibration())))
	}
}

func (s *Session) phrases(values []measure.Value) []string {
	var out []string
	for _, v := range values {
		text := s.params.Words(v.Name) + " " + figure(v.Number, 1)
		if v.Unit != "" {
			text += " " + s.params.Words(v.Unit)
		}
		if v.Provenance != measure.InPatient {
			text += " (" + s.params.Words(string(v.Provenance)) + ")"
		}
		out = append(out, text)
	}
	return out
}

// figure writes a number with so many decimals, and one that they would leave
// nothing of with three digits that count.
func figure(v float64, decimals int) string {
	if small := math.Pow10(1 - decimals); v != 0 && math.Abs(v) < small && v != math.Trunc(v) {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// cross is half the size of a mark, in device pixels.
const cross = 7

func drawShape(o *render.Overlay, d *decoded, view geom.Affine, m measure.Measurement, c color.RGBA, note []string) {
	onScreen := func(p geom.Point) geom.Screen {
		px, _ := d.plane.ToPixel(p)
		return view.ToScreen(px)
	}
	stroke := func(points ...geom.Screen) {
		o.Strokes = append(o.Strokes, render.Stroke{Points: points, Color: c, Width: 1.5})
	}
	shape := m.Shape()
	for _, path := range shape.Paths {
		points := make([]geom.Screen, len(path))
		for i, p := range path {
			points[i] = onScreen(p)
		}
		stroke(points...)
	}
	for _, p := range append(shape.Marks, m.Handles()...) {
		at := onScreen(p)
		stroke(geom.Screen{X: at.X - cross, Y: at.Y}, geom.Screen{X: at.X + cross, Y: at.Y})
		stroke(geom.Screen{X: at.X, Y: at.Y - cross}, geom.Screen{X: at.X, Y: at.Y + cross})
	}
	handles := m.Handles()
	o.Notes = append(o.Notes, render.Note{At: onScreen(handles[len(handles)-1]), Lines: note, Color: c})
}
