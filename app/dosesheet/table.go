package dosesheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"eris/app/phrase"
	"eris/app/words"
	"eris/clinic/dose"
)

// column is a column of the sheet; its share is of the width of a page.
type column struct {
	label string
	share float64
	text  func(row) string
}

// row is an exam with the sum of its year up to it, of its own purpose.
type row struct {
	dose.Exam
	sum dose.MilliSievert
}

// rows adds up year by year, preventive and clinical exams apart: the limit is of
// the first alone.
func rows(s dose.Sheet) []row {
	type purpose struct {
		year       int
		preventive bool
	}
	sums := map[purpose]dose.MilliSievert{}
	list := make([]row, len(s.Exams))
	for i, e := range s.Exams {
		list[i].Exam = e
		if !e.StudyDate.Valid() {
			continue
		}
		of := purpose{e.StudyDate.Year, e.Preventive}
		sums[of] += e.Effective
		list[i].sum = sums[of]
	}
	return list
}

func columns(w *words.Words) []column {
	return []column{
		{w.L("Date"), 0.09, func(r row) string {
			if !r.StudyDate.Valid() {
				return w.L("no date")
			}
			return w.Date(r.StudyDate)
		}},
		{w.L("Exam"), 0.25, func(r row) string { return r.StudyDescription }},
		{w.L("Place"), 0.17, func(r row) string { return r.InstitutionName }},
		{w.L("Purpose"), 0.1, func(r row) string {
			if r.Preventive {
				return w.L("preventive")
			}
			return w.L("clinical")
		}},
		{w.L("Exposures"), 0.07, func(r row) string {
			if r.Exposures == 0 {
				return ""
			}
			return fmt.Sprint(r.Exposures)
		}},
		{w.L("Measured"), 0.14, func(r row) string { return quantities(w, r.Values) }},
		{w.L("Effective dose, mSv"), 0.09, func(r row) string { return phrase.ExamDose(w, r.Exam) }},
		{w.L("Sum of the year, mSv"), 0.09, func(r row) string {
			if r.sum == 0 {
				return ""
			}
			return phrase.Millisieverts(w, r.sum)
		}},
	}
}

// measured are the quantities that a sheet names, the usual first.
var measured = []struct {
	quantity dose.Quantity
	name     string
	unit     string
}{{dose.DLP, "DLP", "mGy·cm"}, {dose.DAP, "DAP", "Gy·cm²"}, {dose.Activity, "A", "MBq"}, {dose.AGD, "AGD", "mGy"}, {dose.CTDIvol, "CTDIvol", "mGy"}}

func quantities(w *words.Words, v dose.Values) string {
	for _, m := range measured {
		if amount, ok := v[m.quantity]; ok {
			return fmt.Sprintf("%s %.4g %s", w.L(m.name), amount, w.L(m.unit))
		}
	}
	return ""
}

// basis says by which table an effective dose was reckoned.
func basis(w *words.Words, e dose.Exam) string {
	switch {
	case e.Basis == dose.FromTypical:
		return w.L("typical value: %s", e.Typical.Source)
	case e.Basis != dose.Measured:
		return w.L("unknown")
	}
	var parts []string
	for _, one := range e.Estimates {
		text := fmt.Sprintf("%s, k = %g", one.Table, one.Factor)
		if one.Phantom != 0 {
			text += ", " + w.L("phantom %d cm", one.Phantom)
		}
		if one.AgeUnknown {
			text += ", " + w.L("age unknown: an adult's")
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// WriteCSV writes a row for each exam, with the basis of its dose, separated by
// semicolons for spreadsheets.
func WriteCSV(out io.Writer, w *words.Words, s dose.Sheet) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil { // by which spreadsheets know UTF-8
		return err
	}
	table := csv.NewWriter(out)
	table.Comma = ';'
	head := []string{}
	for _, c := range columns(w) {
		head = append(head, c.label)
	}
	if err := table.Write(append(head, w.L("Dose by"), "StudyInstanceUID")); err != nil {
		return err
	}
	for _, r := range rows(s) {
		var line []string
		for _, c := range columns(w) {
			line = append(line, harmless(c.text(r)))
		}
		if err := table.Write(append(line, harmless(basis(w, r.Exam)), string(r.StudyInstanceUID))); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
