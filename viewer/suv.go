package viewer

import (
	"math"
	"slices"
	"time"

	"eris/dicom"
)

// unitSUV is the standardized uptake value by body weight.
const unitSUV = "SUVbw g/ml"

// Tags of the PET image and isotope modules (PS3.3 C.8.9), which only the
// viewer reads.
const (
	patientWeight                       dicom.Tag = 0x00101030 // kg
	decayCorrection                     dicom.Tag = 0x00541102
	correctedImage                      dicom.Tag = 0x00280051
	petUnits                            dicom.Tag = 0x00541001
	radiopharmaceuticalSequence         dicom.Tag = 0x00540016
	radiopharmaceuticalStartTime        dicom.Tag = 0x00181072
	radionuclideTotalDose               dicom.Tag = 0x00181074 // Bq
	radionuclideHalfLife                dicom.Tag = 0x00181075 // s
	radiopharmaceuticalStartDateTimeTag dicom.Tag = 0x00181078
)

// bodyWeightSUV is the factor from activity concentration in Bq/ml to the SUV
// by body weight in g/ml: weight in g divided by the administered activity,
// brought to the time to which the image is decay corrected. It follows the
// vendor-neutral way of QIBA; ok is false when anything it needs is missing.
func bodyWeightSUV(d *dicom.DataSet) (factor float64, ok bool) {
	items := d.Items(radiopharmaceuticalSequence)
	corrected := d.Strings(correctedImage)
	weight, weighed := d.Float(patientWeight)
	if len(items) == 0 || !weighed || weight <= 0 || d.String(petUnits) != "BQML" ||
		!slices.Contains(corrected, "ATTN") || !slices.Contains(corrected, "DECY") {
		return 0, false
	}
	dose, halfLife := items[0].FloatOr(radionuclideTotalDose, 0), items[0].FloatOr(radionuclideHalfLife, 0)
	if dose <= 0 || halfLife <= 0 {
		return 0, false
	}
	switch d.String(decayCorrection) {
	case "ADMIN": // corrected to the injection already
	case "START":
		waited, known := sinceInjection(d, items[0])
		if !known {
			return 0, false
		}
		dose *= math.Exp2(-waited.Seconds() / halfLife)
	default:
		return 0, false
	}
	return weight * 1000 / dose, true
}

// longestWait bounds what is believed between injection and scan.
const longestWait = 24 * time.Hour

// sinceInjection is the time from the injection to the start of the series. A
// time without a date belongs to the day of the series, or to the day before.
func sinceInjection(d, pharmaceutical *dicom.DataSet) (time.Duration, bool) {
	scan, ok := moment(d.String(dicom.SeriesDate) + d.String(dicom.SeriesTime))
	if !ok {
		return 0, false
	}
	injected, ok := moment(pharmaceutical.String(radiopharmaceuticalStartDateTimeTag))
	if !ok {
		injected, ok = moment(d.String(dicom.SeriesDate) + pharmaceutical.String(radiopharmaceuticalStartTime))
		if injected.After(scan) {
			injected = injected.AddDate(0, 0, -1)
		}
	}
	waited := scan.Sub(injected)
	return waited, ok && waited >= 0 && waited < longestWait
}

// moment reads a DT to the second, fractions and offset from UTC left out:
// both ends of the wait stand in the same file.
func moment(dt string) (time.Time, bool) {
	const layout = "20060102150405"
	if len(dt) < len(layout) {
		return time.Time{}, false
	}
	t, err := time.Parse(layout, dt[:len(layout)])
	return t, err == nil
}
