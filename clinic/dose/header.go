package dose

import (
	"strings"

	"eris/dicom"
)

// Attributes that carry dose outside of reports (PS3.3 C.4.16, C.7.6.26, C.8.7.2,
// C.8.11.3).
const (
	irradiationEventUID = dicom.Tag(0x00083010)
	areaDoseProduct     = dicom.Tag(0x0018115E) // Image and Fluoroscopy Area Dose Product, dGy·cm²
	ctdiPhantomType     = dicom.Tag(0x00189346)
	ctExposure          = dicom.Tag(0x00189321)
	sharedGroups        = dicom.Tag(0x52009229)
	organDose           = dicom.Tag(0x00400316) // average glandular dose, dGy
	totalFluoroTime     = dicom.Tag(0x00400300) // s
	exposureDose        = dicom.Tag(0x0040030E)
	acquisitionNumber   = dicom.Tag(0x00200012)
	acquisitionDateTime = dicom.Tag(0x0008002A)
	scheduledAttributes = dicom.Tag(0x00400270)
)

// Units of these attributes.
const (
	dGyCm2ToGyCm2  = 0.1
	dGyToMilligray = 100
)

// ReadHeader is what the header of an image tells of the event it was made by.
// Empty when it tells nothing: most do not.
func ReadHeader(d *dicom.DataSet) Report {
	r := Report{Source: FromHeader, Object: d.UID(dicom.SOPInstanceUID)}
	if derived(d) {
		return r
	}
	e := Event{Values: Values{}}
	switch d.String(dicom.Modality) {
	case "CT", "PT", "NM":
		r.put(e.Values, CTDIvol, exposure(d), dicom.CTDIvol, 1)
		e.Phantom = phantoms[codeOf(exposure(d), ctdiPhantomType)]
	case "MG":
		r.put(e.Values, breast(d), d, organDose, dGyToMilligray)
		r.put(e.Values, DAP, d, areaDoseProduct, dGyCm2ToGyCm2)
	default:
		r.put(e.Values, DAP, d, areaDoseProduct, dGyCm2ToGyCm2)
	}
	if len(e.Values) == 0 {
		return r
	}
	e.UID = eventOf(d)
	r.Events = []Event{e}
	return r
}

// derived reports a picture made of others: it tells their dose again.
func derived(d *dicom.DataSet) bool {
	kind := d.Strings(dicom.ImageType)
	return len(kind) > 1 && strings.EqualFold(kind[1], "SECONDARY")
}

// exposure is where a CT image holds its dose: multi-frame ones in a group.
func exposure(d *dicom.DataSet) *dicom.DataSet {
	for _, group := range d.Items(sharedGroups) {
		for _, e := range group.Items(ctExposure) {
			return e
		}
	}
	return d
}

func breast(d *dicom.DataSet) Quantity {
	for _, t := range []dicom.Tag{dicom.ImageLaterality, dicom.Laterality} {
		switch strings.ToUpper(d.String(t)) {
		case "L":
			return AGDLeft
		case "R":
			return AGDRight
		}
	}
	return AGD
}

// put reads one attribute; devices write 0 for what they do not measure.
func (r *Report) put(into Values, q Quantity, d *dicom.DataSet, t dicom.Tag, factor float64) {
	if !d.Has(t) {
		return
	}
	v, ok := d.Float(t)
	if v *= factor; !ok || !plausible(v) {
		r.Dropped = append(r.Dropped, Dropped{Quantity: q, Reason: NoNumber})
		return
	}
	if v > 0 {
		into[q] = v
	}
}

// eventOf is the UID of the event an image was made by. Images without one are
// of one event when they were acquired at one time with one dose: an exposure is
// often sent for processing and for presentation. CT slices are of one event by
// their acquisition.
func eventOf(d *dicom.DataSet) dicom.UID {
	if uid := d.UID(irradiationEventUID); uid != "" {
		return uid
	}
	study, series := string(d.UID(dicom.StudyInstanceUID)), string(d.UID(dicom.SeriesInstanceUID))
	if d.String(dicom.Modality) == "CT" {
		return dicom.DeriveUID("dose", series, d.String(acquisitionNumber))
	}
	at := d.String(acquisitionDateTime) + d.String(dicom.AcquisitionTime)
	if at == "" {
		return dicom.DeriveUID("dose", string(d.UID(dicom.SOPInstanceUID)))
	}
	return dicom.DeriveUID("dose", study, d.String(dicom.AcquisitionDate), at, d.String(areaDoseProduct), d.String(organDose))
}

// ReadStep is what a modality performed procedure step tells (PS3.3 C.4.16), and
// the studies it was done for. Empty when it tells nothing.
func ReadStep(d *dicom.DataSet) (r Report, studies []dicom.UID) {
	r = Report{Source: FromStep, Object: d.UID(dicom.SOPInstanceUID), ScopeKind: ScopeStep, Scope: d.UID(dicom.SOPInstanceUID), Total: Values{}}
	r.put(r.Total, DAP, d, areaDoseProduct, dGyCm2ToGyCm2)
	r.put(r.Total, Fluoro, d, totalFluoroTime, 1)
	for i, item := range d.Items(exposureDose) {
		if i == maxEvents {
			r.Dropped = append(r.Dropped, Dropped{Reason: TooMuch})
			break
		}
		e := Event{UID: item.UID(irradiationEventUID), Values: Values{}}
		r.put(e.Values, DAP, item, areaDoseProduct, dGyCm2ToGyCm2)
		r.put(e.Values, CTDIvol, item, dicom.CTDIvol, 1)
		if len(e.Values) > 0 {
			r.Events = append(r.Events, e)
		}
	}
	for _, item := range d.Items(scheduledAttributes) {
		if uid := item.UID(dicom.StudyInstanceUID); uid != "" {
			studies = append(studies, uid)
		}
	}
	return r, studies
}
