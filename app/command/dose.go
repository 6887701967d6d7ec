package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"eris/app/dosesheet"
	"eris/app/phrase"
	"eris/clinic"
	"eris/clinic/dose"
	"eris/dicom"
)

type doseCmd struct {
	Patient string `required:"" placeholder:"ID" help:"PatientID."`
	Year    int    `help:"Only exams of this year; the sums stay those of all." placeholder:"Y"`
	CSV     string `name:"csv" placeholder:"FILE" help:"Write the sheet as CSV."`
	PDF     string `name:"pdf" placeholder:"FILE" help:"Write the sheet as pages to print."`
}

type doseResult struct {
	PatientID    string     `json:"patientID"`
	Exams        []doseExam `json:"exams"`
	Years        []doseYear `json:"years"`
	TwelveMonths doseSums   `json:"twelveMonths"`
	Total        doseSums   `json:"total"`
	Doubtful     int        `json:"doubtful"`
	Limits       []string   `json:"limits"`
}

type doseExam struct {
	StudyInstanceUID dicom.UID       `json:"studyInstanceUID"`
	StudyDate        string          `json:"studyDate"`
	StudyDescription string          `json:"studyDescription"`
	Preventive       bool            `json:"preventive"`
	MSv              float64         `json:"mSv"`
	Basis            dose.Basis      `json:"basis"`
	AtLeast          bool            `json:"atLeast"`
	Source           dose.Source     `json:"source,omitempty"`
	Values           dose.Values     `json:"values,omitempty"`
	Estimates        []dose.Estimate `json:"estimates,omitempty"`
	Typical          string          `json:"typical,omitempty"` // whose value it is
}

type doseYear struct {
	Year int `json:"year"`
	doseSums
}

type doseSums struct {
	Preventive doseSum `json:"preventive"`
	Clinical   doseSum `json:"clinical"`
}

type doseSum struct {
	MSv     float64 `json:"mSv"`
	Typical float64 `json:"typical"` // the part that is not measured
	Exams   int     `json:"exams"`
	Unknown int     `json:"unknown"`
}

func sumJSON(s dose.Sum) doseSum {
	return doseSum{float64(s.Effective), float64(s.Typical), s.Exams, s.Unknown}
}

func sumsJSON(s dose.Sums) doseSums { return doseSums{sumJSON(s.Preventive), sumJSON(s.Clinical)} }

// Run writes the dose sheet of a patient.
func (c *doseCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if err := d.ReadDoses(s); err != nil {
		return err
	}
	sheet, err := d.DoseSheet(s, clinic.Patient{PatientID: c.Patient})
	if err != nil {
		return err
	}
	if c.Year != 0 {
		var exams []dose.Exam
		for _, e := range sheet.Exams {
			if e.StudyDate.Year == c.Year {
				exams = append(exams, e)
			}
		}
		sheet.Exams = exams
	}
	for path, write := range map[string]func(io.Writer) error{
		c.CSV: func(out io.Writer) error { return dosesheet.WriteCSV(out, s.Words, sheet) },
		c.PDF: func(out io.Writer) error { return dosesheet.WritePDF(out, s.Words, sheet) },
	} {
		if path == "" {
			continue
		}
		if err := writeFile(path, write); err != nil {
			return err
		}
	}
	return s.print(doseJSON(s, sheet), func() { s.tellDose(sheet) })
}

// writeFile makes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".eris-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // once it has its name there is nothing to remove
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func doseJSON(s *session, sheet dose.Sheet) doseResult {
	r := doseResult{PatientID: sheet.Patient.PatientID, Exams: []doseExam{}, Years: []doseYear{}, TwelveMonths: sumsJSON(sheet.TwelveMonths),
		Total: sumsJSON(sheet.Total), Doubtful: sheet.Doubtful, Limits: []string{}}
	for _, e := range sheet.Exams {
		r.Exams = append(r.Exams, doseExam{e.StudyInstanceUID, e.StudyDate.ISO(), e.StudyDescription, e.Preventive, float64(e.Effective), e.Basis, e.AtLeast,
			e.Source, e.Values, e.Estimates, e.Typical.Source})
	}
	for _, y := range sheet.Years {
		r.Years = append(r.Years, doseYear{y.Year, sumsJSON(y.Sums)})
	}
	for _, f := range sheet.Flags {
		r.Limits = append(r.Limits, phrase.DoseFlag(s.Words, f))
	}
	return r
}

func (s *session) tellDose(sheet dose.Sheet) {
	fmt.Fprintf(s.out, "%s: %s  %s\n", s.L("Dose sheet"), sheet.Patient.PatientName.Display(), s.L("ID %s", sheet.Patient.PatientID))
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, e := range sheet.Exams {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.Date(e.StudyDate), phrase.ExamDose(s.Words, e), phrase.Basis(s.Words, e.Basis), e.StudyDescription)
	}
	t.Flush()
	for _, y := range sheet.Years {
		fmt.Fprintf(s.out, "%d: %s\n", y.Year, phrase.SumOf(s.Words, y.All()))
	}
	fmt.Fprintf(s.out, "%s: %s\n", s.L("in 12 months"), phrase.SumOf(s.Words, sheet.TwelveMonths.All()))
	for _, f := range sheet.Flags {
		fmt.Fprintln(s.out, phrase.DoseFlag(s.Words, f))
	}
	if sheet.Doubtful > 0 {
		s.say("Exams under the patient's number that may be another person's, not summed up: %d.", sheet.Doubtful)
	}
	if len(sheet.Exams) == 0 {
		s.say("No exam with radiation is known.")
	}
}
