package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
	"eris/store"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// documentKind is the journal's kind of a document that leaves for an archive.
const documentKind = "document"

// document is the journal's word of a DICOM object that was made here.
type document struct {
	SOPInstanceUID dicom.UID `json:"instance"`
	SOPClassUID    dicom.UID `json:"class"`
	Node           string    `json:"node"`               // the archive it goes to
	What           string    `json:"what"`               // "measurements", "drawings", "decision"
	Covers         []string  `json:"covers,omitempty"`   // journal entries that it brings
	Replaces       string    `json:"replaces,omitempty"` // the document entry whose place it takes
}

// documentsSeries is the series of documents of a kind in a study: made here,
// always the same, so that an archive shows one series and not one a report.
func documentsSeries(study dicom.UID, what string) dicom.UID {
	return dicom.DeriveUID("documents", string(study), what)
}

// Series numbers of documents, far from those of modalities.
const (
	measurementsSeries = 9701
	decisionsSeries    = 9702
	drawingsSeries     = 9703
)

// measurementReport makes the report of a study's measurements as they are
// now. The same entries make the same document, so that a kill between making
// and noting it makes no second one. ok is false when there is nothing to say.
func (d *Desk) measurementReport(ctx context.Context, study clinic.Study, entries []store.Entry, former *sentDocument) (f *dicom.File, ok bool, err error) {
	marks, err := currentMeasurements(entries)
	if err != nil || len(marks) == 0 && former == nil {
		return nil, false, err
	}
	report, err := d.reportOf(ctx, marks)
	if err != nil {
		return nil, false, err
	}
	if former != nil {
		report.Replaces = []clinic.Instance{former.instance}
	}
	last := entries[len(entries)-1]
	return report.File(evidence.Header{Study: study, SOPInstanceUID: reportUID(last),
		SeriesInstanceUID: documentsSeries(study.StudyInstanceUID, "measurements"), SeriesNumber: measurementsSeries,
		StationName: d.Station, Made: last.Made, Language: "en"}), true, nil
}

func (d *Desk) reportOf(ctx context.Context, marks []viewer.Entry) (report evidence.Report, err error) {
	for i, m := range marks {
		group, err := d.group(ctx, i, m)
		if err != nil {
			return report, err
		}
		report.Groups = append(report.Groups, group)
		report.Partial = report.Partial || m.Partial
	}
	return report, nil
}

// keepDrawings makes of a report that its archive took the same as lines over the
// pictures, for who shows no reports, and notes that they have to leave. They are
// the patient's as whose the report lies there.
func (d *Desk) keepDrawings(ctx context.Context, s sentDocument) error {
	study, err := d.Store.Study(ctx, s.instance.StudyInstanceUID)
	if err != nil {
		return err
	}
	sent, err := d.Store.Open(ctx, s.word.SOPInstanceUID)
	if err != nil {
		return err
	}
	study.Patient = patientOf(sent.DataSet)
	entries, err := d.Store.Entries(ctx, measurementKind, study.StudyInstanceUID)
	if err != nil {
		return err
	}
	marks, err := currentMeasurements(slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Made.After(s.entry.Made) }))
	if err != nil {
		return err
	}
	report, err := d.reportOf(ctx, marks)
	if err != nil {
		return err
	}
	h := evidence.Header{Study: study, SeriesInstanceUID: documentsSeries(study.StudyInstanceUID, "drawings"), SeriesNumber: drawingsSeries,
		StationName: d.Station, Made: s.entry.Made}
	for _, shades := range []evidence.Shades{evidence.Grays, evidence.Inverted} {
		h.SOPInstanceUID = dicom.DeriveUID("drawing", string(s.word.SOPInstanceUID), string(shades))
		f, ok := report.Presentation(h, shades)
		if !ok {
			continue
		}
		_, err := d.Store.Entry(ctx, documentID(h.SOPInstanceUID))
		if errors.Is(err, store.ErrNotFound) {
			err = d.keepDocument(ctx, f, document{Node: s.word.Node, What: "drawings"}, s.entry.Made)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reportUID names the report whose newest measurement is e.
func reportUID(e store.Entry) dicom.UID { return dicom.DeriveUID("report", e.ID) }

// currentMeasurements are the last words about each measurement that is still there.
func currentMeasurements(entries []store.Entry) (list []viewer.Entry, err error) {
	for _, e := range entries {
		var m viewer.Entry
		if err := json.Unmarshal(e.Body, &m); err != nil {
			return nil, fmt.Errorf("measurement %s: %w", e.ID, err)
		}
		list = slices.DeleteFunc(list, func(other viewer.Entry) bool { return other.ID == m.ID })
		if !m.Deleted {
			list = append(list, m)
		}
	}
	return list, nil
}

// group is a measurement as a report says it.
func (d *Desk) group(ctx context.Context, i int, m viewer.Entry) (evidence.Group, error) {
	file, err := d.Store.Open(ctx, m.SOPInstanceUID)
	if err != nil {
		return evidence.Group{}, err
	}
	e, err := viewer.Evaluate(ctx, file, m)
	if err != nil {
		return evidence.Group{}, err
	}
	g := evidence.Group{TrackingID: fmt.Sprintf("%s %d", m.Kind, i+1), TrackingUID: dicom.DeriveUID("measurement", m.ID),
		Image: clinic.Instance{StudyInstanceUID: m.StudyInstanceUID, SeriesInstanceUID: m.SeriesInstanceUID,
			SOPInstanceUID: m.SOPInstanceUID, SOPClassUID: file.UID(dicom.SOPClassUID),
			Rows: file.IntOr(dicom.Rows, 0), Columns: file.IntOr(dicom.Columns, 0)},
		Shades:  shadesOf(file.String(dicom.PhotometricInterpretation)),
		Graphic: graphicOf(m.Kind, e.Handles)}
	if file.NumberOfFrames() > 1 {
		g.Frame = m.Frame + 1
	}
	for _, v := range e.Values {
		if concept, ok := concepts[v.Name]; ok {
			g.Values = append(g.Values, evidence.Value{Concept: concept, Number: v.Number, Units: unitOf(v.Unit)})
		}
	}
	return g, nil
}

func shadesOf(photometric string) evidence.Shades {
	if s := evidence.Shades(photometric); s == evidence.Grays || s == evidence.Inverted {
		return s
	}
	return evidence.Colors
}

// concepts are what values are called in documents.
var concepts = map[string]evidence.Code{
	"Length": evidence.Length, "Area": evidence.Area, "Mean": evidence.Mean, "SD": evidence.StandardDeviation,
	"Min": evidence.Minimum, "Max": evidence.Maximum, "Value": evidence.PixelValue,
}

// unitOf is a unit in UCUM. What is no unit there stands as a name in brackets.
func unitOf(unit string) evidence.Code {
	known := map[string]string{"mm": "mm", "mm²": "mm2", "HU": "[hnsf'U]", "Gy": "Gy", "": "1", "px": "{pixels}", "px²": "{pixels}2", "g/ml": "g/ml"}
	value, ok := known[unit]
	if !ok {
		value = "{" + strings.Map(plainASCII, unit) + "}"
	}
	meaning := unit
	if unit == "" {
		meaning = "no units"
	}
	return evidence.Code{Value: value, Scheme: "UCUM", Meaning: meaning}
}

func plainASCII(r rune) rune {
	if r <= ' ' || r > '~' || r == '{' || r == '}' {
		return -1
	}
	return r
}

// graphicOf is the place of a measurement (PS3.3 C.18.6.1.2): pixels counted
// from the corner of the first one.
func graphicOf(kind measure.Kind, handles []geom.Pixel) evidence.Graphic {
	at := func(p geom.Pixel) []float64 { return []float64{p.Column + 0.5, p.Row + 0.5} }
	switch {
	case kind == measure.KindEllipse && len(handles) == 3:
		// Ends of the axes; conjugate half axes along the image are its axes.
		c, a, b := handles[0], handles[1], handles[2]
		mirrored := func(p geom.Pixel) geom.Pixel { return geom.Pixel{Column: 2*c.Column - p.Column, Row: 2*c.Row - p.Row} }
		if size(c, a) < size(c, b) { // the major axis comes first
			a, b = b, a
		}
		return evidence.Graphic{Type: "ELLIPSE", Data: slices.Concat(at(a), at(mirrored(a)), at(b), at(mirrored(b)))}
	case len(handles) == 1:
		return evidence.Graphic{Type: "POINT", Data: at(handles[0])}
	}
	var data []float64
	for _, p := range handles {
		data = append(data, at(p)...)
	}
	return evidence.Graphic{Type: "POLYLINE", Data: data}
}

func size(a, b geom.Pixel) float64 {
	x, y := a.Column-b.Column, a.Row-b.Row
	return x*x + y*y
}

// expectOneMore counts a document that was added to its study as expected there:
// it would else stand for an image that has not come.
func (d *Desk) expectOneMore(ctx context.Context, uid dicom.UID, outcome store.Outcome) error {
	study, err := d.Store.Study(ctx, uid)
	if err != nil || outcome != store.Stored || study.ExpectedInstances == 0 {
		return err
	}
	return d.Store.SaveCount(ctx, uid, study.ExpectedInstances+1)
}

func (d *Desk) storeDocument(ctx context.Context, f *dicom.File) error {
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return err
	}
	added, err := d.Store.Add(ctx, &b, "")
	if err != nil {
		return err
	}
	return d.expectOneMore(ctx, f.UID(dicom.StudyInstanceUID), added.Outcome)
}

// keepDocument stores a document among the images of its study and notes that it has
// to leave.
func (d *Desk) keepDocument(ctx context.Context, f *dicom.File, word document, made time.Time) error {
	// A kill may have come between storing and noting: what was made then stands.
	if _, err := d.Store.Path(ctx, f.UID(dicom.SOPInstanceUID)); errors.Is(err, store.ErrNotFound) {
		if err := d.storeDocument(ctx, f); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	word.SOPInstanceUID, word.SOPClassUID = f.UID(dicom.SOPInstanceUID), f.UID(dicom.SOPClassUID)
	return d.noteDocument(ctx, f.UID(dicom.StudyInstanceUID), word, made)
}

// documentID is the journal's ID of a document.
func documentID(instance dicom.UID) string { return "document " + string(instance) }

// noteDocument journals that a document which is stored has to leave.
func (d *Desk) noteDocument(ctx context.Context, study dicom.UID, word document, made time.Time) error {
	body, err := json.Marshal(word)
	if err != nil {
		return err
	}
	_, err = d.Store.Record(ctx, store.Entry{ID: documentID(word.SOPInstanceUID), Kind: documentKind, StudyInstanceUID: study, Made: made, Body: body})
	return err
}
