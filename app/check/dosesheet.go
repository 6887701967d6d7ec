package check

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"eris/app/dosesheet"
	"eris/app/task"
)

// saveSheet asks where to, and writes the patient's dose sheet there: pages to
// print, or a table when the name ends in .csv.
func (p *Page) saveSheet() {
	if !p.loaded {
		return
	}
	patient, w := p.card.Order.Patient, p.words
	ask := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil || file == nil {
			if err != nil {
				p.shell.Failed(err)
			}
			return
		}
		write := dosesheet.WritePDF
		if strings.EqualFold(file.URI().Extension(), ".csv") {
			write = dosesheet.WriteCSV
		}
		task.Load(p.tasks, "dose sheet", func(ctx context.Context) (struct{}, error) {
			sheet, err := p.desk.DoseSheet(ctx, patient)
			if err == nil {
				err = write(file, w, sheet)
			}
			if closed := file.Close(); err == nil {
				err = closed
			}
			return struct{}{}, err
		}, func(_ struct{}, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			p.shell.Toast(w.L("The dose sheet lies in %s.", file.URI().Path()))
		})
	}, p.shell.Window())
	ask.SetFileName("dose-" + strings.Map(plainName, patient.PatientID) + ".pdf")
	ask.Show()
}

// plainName keeps of an ID what every file system takes.
func plainName(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
		return '_'
	}
	return r
}
