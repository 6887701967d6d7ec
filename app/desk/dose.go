package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/dose"
	"eris/dicom"
	"eris/store"
)

// doseVersion counts up whenever doses are read in another way: they are read anew.
const doseVersion = 1

// Numbers of the reading of doses.
const (
	dosesEvery  = 20 * time.Second
	dosesAtOnce = 200 // studies in one round
	// mostHeaders bounds the images of a study whose headers are read, since each
	// radiograph and mammogram tells its exposure and slices do not; and the
	// documents that are no dose reports by their class.
	mostHeaders = 40
)

// keepDoses reads the doses of what came.
func (d *Desk) keepDoses(ctx context.Context) {
	every(ctx, dosesEvery, func() {
		if err := d.ReadDoses(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("doses cannot be read", "error", err)
		}
	})
}

// ReadDoses reads the doses of the studies that came since the last time.
func (d *Desk) ReadDoses(ctx context.Context) error {
	for {
		due, err := d.Store.DoseDue(ctx, doseVersion, dosesAtOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, uid := range due {
			if err := d.readDose(ctx, uid); err != nil && !errors.Is(err, store.ErrNotFound) { // it went meanwhile
				return err
			}
		}
	}
}

// readDose reads what the objects of a study tell. One that cannot be read tells
// nothing, and the others go on.
func (d *Desk) readDose(ctx context.Context, uid dicom.UID) error {
	study, err := d.Store.Study(ctx, uid)
	if err != nil {
		return err
	}
	instances, err := d.Store.StudyInstances(ctx, uid)
	if err != nil {
		return err
	}
	images := 0
	for _, i := range instances {
		if i.Rows > 0 {
			images++
		}
	}
	headers := images <= mostHeaders && anatomy.FamilyOf(ImageModalities(study)...).Ionising()
	var reports []dose.Report
	documents := 0
	for _, i := range instances {
		if i.Rows > 0 && !headers {
			continue
		}
		if i.Rows == 0 {
			if documents++; documents > mostHeaders && !dose.IsReportClass(i.SOPClassUID) {
				continue
			}
		}
		f, err := d.Store.Open(ctx, i.SOPInstanceUID)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			d.Log.Warn("an object could not be read for its dose", "object", i.SOPInstanceUID, "error", err)
			continue
		}
		report := dose.ReadHeader(f.DataSet)
		if dose.IsReport(f.DataSet) {
			if report, err = dose.ReadReport(f.DataSet); err != nil && !errors.Is(err, dose.ErrNoReport) {
				d.Log.Warn("a dose report could not be read", "object", i.SOPInstanceUID, "error", err)
			}
		}
		if !report.Empty() {
			reports = append(reports, report)
		}
	}
	return d.Store.SaveDose(ctx, uid, study.NumberOfInstances, doseVersion, reports)
}

// DoseSheet is the dose sheet of a patient, over all his IDs. Exams that may be
// another's are counted as doubtful and not summed up.
func (d *Desk) DoseSheet(ctx context.Context, p clinic.Patient) (dose.Sheet, error) {
	k, err := d.known(ctx, clinic.Order{Patient: p}, true)
	if err != nil {
		return dose.Sheet{}, err
	}
	if p.PatientName.IsZero() && len(k.sure) > 0 {
		p = k.sure[0].Patient
	}
	return d.sheet(ctx, p, k)
}

func (d *Desk) sheet(ctx context.Context, p clinic.Patient, k known) (dose.Sheet, error) {
	uids := make([]dicom.UID, len(k.sure))
	for i, s := range k.sure {
		uids[i] = s.StudyInstanceUID
	}
	told, err := d.Store.Doses(ctx, uids)
	if err != nil {
		return dose.Sheet{}, err
	}
	studies := make([]dose.StudyReports, len(k.sure))
	for i, s := range k.sure {
		studies[i] = dose.StudyReports{Study: s, Reports: told[s.StudyInstanceUID]}
	}
	sheet := d.doses().Sheet(p, studies, d.Now())
	sheet.Doubtful = len(k.doubtful)
	return sheet, nil
}

// doses are the tables of doses, with the words of this site.
func (d *Desk) doses() *dose.Tables { return d.Doses.Reading(d.Rules().Atlas()) }

// DoseOf is what an exam of the card gave; ok is false when it has no radiation,
// or is not the patient's for sure.
func (c Card) DoseOf(study dicom.UID) (e dose.Exam, ok bool) {
	i := slices.IndexFunc(c.Doses.Exams, func(e dose.Exam) bool { return e.StudyInstanceUID == study })
	if i < 0 {
		return e, false
	}
	return c.Doses.Exams[i], true
}
