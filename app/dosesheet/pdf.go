package dosesheet

import (
	"fmt"
	"io"
	"slices"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"

	"eris/app/phrase"
	"eris/app/words"
	"eris/clinic/dose"
)

// Sizes of a page, in mm and points.
const (
	margin     = 14.0
	lineHeight = 5.0
	textSize   = 8.5
	headSize   = 15.0
	pageWidth  = 297 - 2*margin
)

// page is the sheet while it is drawn.
type page struct {
	*fpdf.Fpdf
	w *words.Words
}

// WritePDF draws the sheet on A4 pages, landscape: whose it is, the exams, the
// sums by year with preventive and clinical exams apart, limits that are passed,
// and by which tables all was reckoned.
func WritePDF(out io.Writer, w *words.Words, s dose.Sheet) error {
	p := page{fpdf.New("L", "mm", "A4", ""), w}
	p.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	p.AddUTF8FontFromBytes("sans", "B", liberationsansbold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin+6)
	p.AliasNbPages("")
	p.SetTitle(w.L("Dose sheet"), true)
	p.SetCreationDate(s.At)
	p.SetFooterFunc(func() {
		p.SetY(-margin)
		p.font("", 7.5)
		p.CellFormat(pageWidth/2, lineHeight, fmt.Sprintf("ERIS · %s", s.At.Format("02.01.2006 15:04")), "", 0, "L", false, 0, "")
		p.CellFormat(pageWidth/2, lineHeight, w.L("page %d of %s", p.PageNo(), "{nb}"), "", 0, "R", false, 0, "")
	})
	p.AddPage()
	p.head(s)
	p.table(s)
	p.sums(s)
	p.tables(s)
	return p.Output(out)
}

func (p page) font(style string, size float64) { p.SetFont("sans", style, size) }

// line writes a paragraph over the whole width.
func (p page) line(style string, size float64, text string) {
	p.font(style, size)
	p.MultiCell(pageWidth, size*0.55, text, "", "L", false)
}

func (p page) head(s dose.Sheet) {
	w := p.w
	p.line("B", headSize, w.L("Dose sheet"))
	who := s.Patient.PatientName.Display()
	if s.Patient.PatientBirthDate.Valid() {
		who += "  ·  " + w.L("born %s", w.Date(s.Patient.PatientBirthDate))
	}
	p.line("", 10, who+"  ·  "+w.L("ID %s", s.Patient.PatientID))
	p.Ln(2)
}

// table draws the exams; its head stands on every page.
func (p page) table(s dose.Sheet) {
	list := columns(p.w)
	head := func() {
		p.font("B", textSize)
		p.SetFillColor(232, 232, 232)
		for _, c := range list {
			p.CellFormat(c.share*pageWidth, lineHeight+1, p.fit(c.label, c.share*pageWidth), "1", 0, "L", true, 0, "")
		}
		p.Ln(-1)
		p.font("", textSize)
	}
	head()
	_, height := p.GetPageSize()
	for _, r := range rows(s) {
		if p.GetY()+lineHeight > height-margin-8 {
			p.AddPage()
			head()
		}
		for _, c := range list {
			p.CellFormat(c.share*pageWidth, lineHeight, p.fit(c.text(r), c.share*pageWidth), "1", 0, "L", false, 0, "")
		}
		p.Ln(-1)
	}
	if len(s.Exams) == 0 {
		p.line("", textSize, p.w.L("No exam with radiation is known."))
	}
	p.Ln(3)
}

// fit shortens a text to a width.
func (p page) fit(text string, width float64) string {
	const inner = 2.2 // the margins of a cell
	if p.GetStringWidth(text) <= width-inner {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && p.GetStringWidth(string(runes)+"…") > width-inner {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (p page) sums(s dose.Sheet) {
	w := p.w
	p.line("B", 10, w.L("Sums"))
	for _, y := range s.Years {
		p.sum(fmt.Sprint(y.Year), y.Sums)
	}
	p.sum(w.L("12 months up to %s", s.At.Format("02.01.2006")), s.TwelveMonths)
	p.sum(w.L("in all"), s.Total)
	if s.Undated > 0 {
		p.line("", textSize, w.L("Exams without a date that is real, in the sum of all only: %d.", s.Undated))
	}
	if s.Doubtful > 0 {
		p.line("B", textSize, w.L("Exams under the patient's number that may be another person's, not summed up: %d.", s.Doubtful))
	}
	p.SetTextColor(170, 0, 0)
	for _, f := range s.Flags {
		p.line("B", textSize, phrase.DoseFlag(w, f))
	}
	p.SetTextColor(0, 0, 0)
	p.Ln(2)
}

func (p page) sum(name string, s dose.Sums) {
	w := p.w
	p.line("", textSize, fmt.Sprintf("%s:  %s;  %s;  %s", name, phrase.SumOf(w, s.All()),
		w.L("preventive %s", phrase.SumOf(w, s.Preventive)), w.L("clinical %s", phrase.SumOf(w, s.Clinical))))
}

// tables names what the doses were reckoned by, each once.
func (p page) tables(s dose.Sheet) {
	var said []string
	for _, e := range s.Exams {
		if text := basis(p.w, e); !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if len(said) == 0 {
		return
	}
	p.line("B", 10, p.w.L("Doses by"))
	for _, text := range said {
		p.line("", 7.5, text)
	}
	p.line("", 7.5, p.w.L("≈ typical value of such exams, not measured; ≥ a part could not be reckoned; ? unknown."))
}
