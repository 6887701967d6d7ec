package dose

import (
	"errors"

	"eris/dicom"
)

// ErrNoReport marks an object that is no radiation dose report.
var ErrNoReport = errors.New("no radiation dose report")

// Bounds of a report: real ones have at most a few thousand events, nested
// seven levels.
const (
	maxDepth  = 24
	maxItems  = 200_000
	maxEvents = 20_000
)

// reportClasses are the SOP classes of dose reports (PS3.4 B.5).
var reportClasses = map[dicom.UID]bool{
	"1.2.840.10008.5.1.4.1.1.88.67": true, // X-Ray Radiation Dose SR
	"1.2.840.10008.5.1.4.1.1.88.68": true, // Radiopharmaceutical Radiation Dose SR
	"1.2.840.10008.5.1.4.1.1.88.76": true, // Enhanced X-Ray Radiation Dose SR
}

// IsReportClass reports a SOP class of radiation dose reports.
func IsReportClass(class dicom.UID) bool { return reportClasses[class] }

// IsReport says whether d is a radiation dose report: by its SOP class, or, as
// some devices write, an SR of another class under the title of one.
func IsReport(d *dicom.DataSet) bool {
	if IsReportClass(d.UID(dicom.SOPClassUID)) {
		return true
	}
	title := codeOf(d, dicom.ConceptNameCodeSequence)
	return title == conceptTitleXRay || title == conceptTitleNuclear
}

// ReadReport reads a radiation dose report of any of the templates. They differ
// in their containers and agree in the codes of what is measured, so that items
// are told by code wherever they stand: a container with an event UID is an event.
// A report without content is read as one that tells nothing. Errors: ErrNoReport.
func ReadReport(d *dicom.DataSet) (Report, error) {
	if !IsReport(d) {
		return Report{}, ErrNoReport
	}
	r := &reader{Report: Report{Source: FromReport, Object: d.UID(dicom.SOPInstanceUID)}}
	r.container(d, nil, 0)
	r.Events = merged(r.Events)
	return r.Report, nil
}

// reader walks a content tree.
type reader struct {
	Report
	items int
	full  bool
}

// spent counts an item, and reports that there are too many or too deep.
func (r *reader) spent(depth int) bool {
	if r.items++; r.items <= maxItems && depth <= maxDepth && len(r.Events) <= maxEvents {
		return false
	}
	if !r.full {
		r.full = true
		r.Dropped = append(r.Dropped, Dropped{Reason: TooMuch})
	}
	return true
}

// container reads the items of a container. Event is the event it belongs to,
// nil outside of one.
func (r *reader) container(d *dicom.DataSet, event *Event, depth int) {
	children := d.Items(dicom.ContentSequence)
	if event == nil {
		if uid, ok := eventUID(children); ok {
			event = &Event{UID: uid, Values: Values{}}
			defer func() { r.Events = append(r.Events, sided(*event, d)) }()
		}
	}
	told := map[Quantity]bool{} // within this container: repeated totals are told once
	for _, item := range children {
		if r.spent(depth) {
			return
		}
		r.item(item, event, told)
		r.container(item, event, depth+1)
	}
}

// eventUID finds the UID that makes a container an event.
func eventUID(children []*dicom.DataSet) (dicom.UID, bool) {
	for _, item := range children {
		switch codeOf(item, dicom.ConceptNameCodeSequence) {
		case conceptEventUID, conceptAdministration:
			return item.UID(dicom.ReferencedUID), true
		}
	}
	return "", false
}

// item reads one content item.
func (r *reader) item(item *dicom.DataSet, event *Event, told map[Quantity]bool) {
	name := codeOf(item, dicom.ConceptNameCodeSequence)
	switch {
	case name == conceptScope:
		r.scope(item)
	case event == nil:
		r.total(item, name, told)
	case name == conceptPlane:
		event.Plane = codeOf(item, conceptCode).Value
	case name == conceptTarget && event.Target == (Code{}):
		event.Target = codeOf(item, conceptCode)
	case name == conceptPhantom:
		event.Phantom = phantoms[codeOf(item, conceptCode)]
	default:
		r.measured(item, name, event)
	}
}

// conceptCode is the value of a CODE item.
const conceptCode = dicom.Tag(0x0040A168)

func (r *reader) scope(item *dicom.DataSet) {
	if r.ScopeKind != "" {
		return
	}
	r.ScopeKind = codeOf(item, conceptCode).Value
	for _, property := range item.Items(dicom.ContentSequence) {
		if uid := property.UID(dicom.ReferencedUID); uid != "" {
			r.Scope = uid
			return
		}
	}
}

// measured reads a quantity of an event; the first one told counts.
func (r *reader) measured(item *dicom.DataSet, name Code, event *Event) {
	q, ok := eventConcepts[name]
	if !ok {
		return
	}
	if _, known := event.Values[q]; known {
		return
	}
	v, ok := r.number(item, q)
	if !ok {
		return
	}
	event.Values[q] = v
	if q == Effective {
		event.Authority = authority(item)
	}
}

// total reads an accumulated quantity: planes add up, repetitions do not.
func (r *reader) total(item *dicom.DataSet, name Code, told map[Quantity]bool) {
	q, ok := totalConcepts[name]
	if !ok {
		if name == conceptPhantom {
			r.Phantom = phantoms[codeOf(item, conceptCode)]
		}
		return
	}
	v, ok := r.number(item, q)
	if q == AGD {
		q = sideOf(item, 0, AGD)
	}
	if !ok || told[q] {
		return
	}
	told[q] = true
	if r.Total == nil {
		r.Total = Values{}
	}
	r.Total.add(q, v)
}

// number reads a NUM item in the unit of q, or notes why it cannot be used.
func (r *reader) number(item *dicom.DataSet, q Quantity) (float64, bool) {
	drop := func(why Reason, unit string) (float64, bool) {
		if d := (Dropped{q, why, unit}); len(r.Dropped) < maxDropped && !contains(r.Dropped, d) {
			r.Dropped = append(r.Dropped, d)
		}
		return 0, false
	}
	values := item.Items(dicom.MeasuredValueSequence)
	if len(values) == 0 || !values[0].Has(dicom.NumericValue) {
		return drop(NoValue, "")
	}
	code := codeOf(values[0], dicom.MeasurementUnitsCodeSequence)
	if code.Scheme != "UCUM" || units[code.Value].of != dimensions[q] {
		return drop(UnknownUnit, clip(code.Value))
	}
	v, ok := values[0].Float(dicom.NumericValue)
	if ok {
		v, ok = convert(q, v, code.Value)
	}
	if !ok {
		return drop(NoNumber, clip(code.Value))
	}
	return v, true
}

// maxDropped bounds the kinds of complaints that are kept of one object.
const maxDropped = 20

func contains(list []Dropped, d Dropped) bool {
	for _, one := range list {
		if one == d {
			return true
		}
	}
	return false
}

// clip shortens outside text that is repeated to people.
func clip(s string) string {
	const longest = 64
	if r := []rune(s); len(r) > longest {
		return string(r[:longest])
	}
	return s
}

func authority(item *dicom.DataSet) string {
	for _, property := range item.Items(dicom.ContentSequence) {
		if codeOf(property, dicom.ConceptNameCodeSequence) == conceptAuthority {
			return clip(property.String(dicom.TextValue))
		}
	}
	return ""
}

// sided moves a glandular dose to the breast the event names.
func sided(e Event, d *dicom.DataSet) Event {
	v, ok := e.Values[AGD]
	if !ok {
		return e
	}
	if q := sideOf(d, 0, AGD); q != AGD {
		delete(e.Values, AGD)
		e.Values[q] = v
	}
	return e
}

// sideOf finds the breast named anywhere below an item.
func sideOf(d *dicom.DataSet, depth int, otherwise Quantity) Quantity {
	const deep = 4 // an event names its anatomy with modifier at level two
	if depth > deep {
		return otherwise
	}
	for _, item := range d.Items(dicom.ContentSequence) {
		if laterality[codeOf(item, dicom.ConceptNameCodeSequence)] {
			if q, ok := sides[codeOf(item, conceptCode)]; ok {
				return q
			}
		}
		if q := sideOf(item, depth+1, otherwise); q != otherwise {
			return q
		}
	}
	return otherwise
}

// merged joins what several containers tell of one event (TID 10040 tells of it
// in a summary and in details).
func merged(events []Event) []Event {
	at := map[eventKey]int{}
	var out []Event
	for _, e := range events {
		if e.UID == "" {
			out = append(out, e)
			continue
		}
		i, ok := at[e.key()]
		if !ok {
			at[e.key()] = len(out)
			out = append(out, e)
			continue
		}
		out[i] = out[i].filled(e)
	}
	return out
}

// eventKey is what makes two events one.
type eventKey struct {
	uid   dicom.UID
	plane string
}

func (e Event) key() eventKey { return eventKey{e.UID, e.Plane} }

// filled takes from other what e does not tell.
func (e Event) filled(other Event) Event {
	for q, v := range other.Values {
		if _, known := e.Values[q]; !known {
			e.Values[q] = v
		}
	}
	if e.Target == (Code{}) {
		e.Target = other.Target
	}
	if e.Phantom == 0 {
		e.Phantom = other.Phantom
	}
	if e.Authority == "" {
		e.Authority = other.Authority
	}
	return e
}
