package phrase

import (
	"cmp"
	"strings"
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic"
)

// Study is what a study is, in a line.
func Study(w *words.Words, s clinic.Study) string {
	description := s.StudyDescription
	if description == "" {
		description = w.L("without description")
	}
	return strings.Join(desk.ImageModalities(s), "/") + " · " + description
}

// Place is where a study was made, else the archive that knows of it.
func Place(s clinic.Study) string { return cmp.Or(s.InstitutionName, s.Source) }

// Checked says how old the knowledge behind a verdict is.
func Checked(w *words.Words, c desk.Card, now time.Time) string {
	var parts []string
	for _, s := range c.Sources {
		age := w.L("never asked")
		if !s.Asked.IsZero() {
			age = w.Since(now.Sub(s.Asked))
		}
		if s.Err != nil {
			age = w.L("no answer now, last %s", age)
		}
		if s.Indexed.After(s.Asked) {
			age += ", " + w.L("index %s", w.Since(now.Sub(s.Indexed)))
		}
		parts = append(parts, s.Name+" "+age)
	}
	if len(parts) == 0 {
		parts = append(parts, w.L("only this cache, no archive is set up"))
	}
	if c.IndexErr != nil {
		parts = append(parts, w.L("patient index: no answer"))
	}
	return w.L("Checked: %s", strings.Join(parts, " · "))
}

// Who names a patient in one line.
func Who(w *words.Words, p clinic.Patient) string {
	text := p.PatientName.Display()
	if p.PatientBirthDate.Valid() {
		text += ", " + w.L("born %s", w.Date(p.PatientBirthDate))
	}
	text += ", " + w.L("ID %s", p.PatientID)
	if p.IssuerOfPatientID != "" {
		text += " (" + p.IssuerOfPatientID + ")"
	}
	return text
}
