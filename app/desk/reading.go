package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"slices"

	"eris/app/words"
	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/store"
	"eris/viewer"
)

// measurementKind is the journal's kind of a measurement.
const measurementKind = "measurement"

// journal lets a session write its measurements.
type journal struct{ store *store.Store }

// RecordMeasurement journals a measurement as a session does.
func (d *Desk) RecordMeasurement(ctx context.Context, e viewer.Entry) error {
	return journal{d.Store}.Record(ctx, e)
}

// Record writes one edit; when it returns without error it is on the disk. It
// says when only a part of the study was here: more pictures may say otherwise.
func (j journal) Record(ctx context.Context, e viewer.Entry) error {
	if s, err := j.store.Study(ctx, e.StudyInstanceUID); err == nil {
		e.Partial = s.Completeness == clinic.Partial
	}
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("measurement %s: %w", e.ID, err)
	}
	_, err = j.store.Record(ctx, store.Entry{Kind: measurementKind, StudyInstanceUID: e.StudyInstanceUID, Made: e.Time, Body: body})
	return err
}

// NewSession opens a reading room over the cache.
func (d *Desk) NewSession(w *words.Words, viewports int, cacheBytes int64, changed func()) *viewer.Session {
	return viewer.New(viewer.Params{
		Loader: d.Store, Journal: journal{d.Store}, Now: d.Now, CacheBytes: cacheBytes, Changed: changed,
		Words: w.L, Presets: d.Presets, Display: d.Display, Viewports: viewports,
	})
}

// RestoreMeasurements brings the measurements of a study back into a session.
func (d *Desk) RestoreMeasurements(ctx context.Context, s *viewer.Session, study dicom.UID) error {
	entries, err := d.Store.Entries(ctx, measurementKind, study)
	if err != nil {
		return err
	}
	list := make([]viewer.Entry, 0, len(entries))
	for _, e := range entries {
		var m viewer.Entry
		if err := json.Unmarshal(e.Body, &m); err != nil {
			return fmt.Errorf("measurement %s: %w", e.ID, err)
		}
		list = append(list, m)
	}
	if refused := s.Restore(list); refused > 0 {
		d.Log.Warn("journal entries are no measurements", "count", refused)
	}
	return nil
}

// Stacks are the picture stacks of a study, by series.
func (d *Desk) Stacks(ctx context.Context, study dicom.UID) ([]viewer.Stack, error) {
	known, err := d.Store.Study(ctx, study)
	if err != nil {
		return nil, err
	}
	series, err := d.Store.Series(ctx, study)
	if err != nil {
		return nil, err
	}
	var stacks []viewer.Stack
	for _, s := range series {
		instances, err := d.Store.Instances(ctx, study, s.SeriesInstanceUID)
		if err != nil {
			return nil, err
		}
		for _, stack := range viewer.Stacks(s, instances) {
			stacks = append(stacks, d.placed(ctx, stack)...)
		}
	}
	for i := range stacks {
		stacks[i].Partial = known.Completeness == clinic.Partial
	}
	return stacks, nil
}

// placed finds where the frames of a multi-frame object lie; a file that
// cannot be read leaves them without a place, and says why when it is shown.
func (d *Desk) placed(ctx context.Context, s viewer.Stack) []viewer.Stack {
	if !s.MultiFrame() {
		return []viewer.Stack{s}
	}
	uid := s.Frames[0].SOPInstanceUID
	d.mu.Lock()
	parts, known := d.places[uid]
	d.mu.Unlock()
	if !known {
		f, err := d.Store.Open(ctx, uid)
		if err != nil {
			return []viewer.Stack{s}
		}
		parts = viewer.Places(s, f)
		d.remember(uid, parts)
	}
	out := slices.Clone(parts)
	for i := range out {
		out[i].Series = s.Series // what is known of the series may have changed
	}
	return out
}

// mostPlaces bounds for how many objects it is remembered where their frames lie.
const mostPlaces = 100

func (d *Desk) remember(uid dicom.UID, parts []viewer.Stack) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.places) >= mostPlaces {
		clear(d.places)
	}
	d.places[uid] = parts
}

// MainStack is the stack a study opens with: the first with most pictures that
// is no localizer.
func MainStack(stacks []viewer.Stack) (best viewer.Stack, ok bool) {
	for _, s := range stacks {
		if len(s.Frames) > 0 && (!ok || best.Localizer && !s.Localizer ||
			best.Localizer == s.Localizer && len(s.Frames) > len(best.Frames)) {
			best, ok = s, true
		}
	}
	return best, ok
}

// Pair is what reading opens with: a study, the earlier one beside it, and all
// of the patient's others.
type Pair struct {
	Current, Prior clinic.Study // Prior may be zero
	All            []clinic.Study
	Doubtful       int // under the same ID and not in All, because they may be another person's
}

// Pair finds what to read. With a study alone it looks for the prior that
// helps most; with a prior alone for the newest study to hold it against.
func (d *Desk) Pair(ctx context.Context, study, prior dicom.UID) (p Pair, err error) {
	if study == "" && prior == "" {
		return p, fmt.Errorf("nothing chosen: %w", store.ErrNotFound)
	}
	known := study
	if known == "" {
		known = prior
	}
	first, err := d.Store.Study(ctx, known)
	if err != nil {
		return p, err
	}
	all := []clinic.Study{first}
	if first.Patient.PatientID != "" {
		k, err := d.known(ctx, clinic.Order{Patient: first.Patient}, false)
		if err != nil {
			return p, err
		}
		all, p.Doubtful = k.sure, len(k.doubtful)
		if !slices.ContainsFunc(all, func(s clinic.Study) bool { return s.StudyInstanceUID == known }) {
			all, p.Doubtful = append(all, first), max(p.Doubtful-1, 0) // what was opened is shown, whoever's it is
		}
	}
	p.All = all
	if study == "" {
		study = newestOther(all, first)
	}
	for _, s := range all {
		if s.StudyInstanceUID == study {
			p.Current = s
		}
		if s.StudyInstanceUID == prior && prior != study {
			p.Prior = s
		}
	}
	if p.Prior.StudyInstanceUID == "" {
		p.Prior = d.bestPrior(p.Current, all)
	}
	return p, nil
}

// newestOther is the study that a chosen prior is held against: the newest
// with pictures of the same kind, else the prior itself alone.
func newestOther(all []clinic.Study, prior clinic.Study) dicom.UID {
	for _, s := range all { // newest first
		if s.StudyInstanceUID != prior.StudyInstanceUID && s.StudyDate.Compare(prior.StudyDate) >= 0 && s.NumberOfInstances > 0 &&
			slices.ContainsFunc(ImageModalities(s), func(m string) bool { return slices.Contains(ImageModalities(prior), m) }) {
			return s.StudyInstanceUID
		}
	}
	return prior.StudyInstanceUID
}

// bestPrior judges the earlier studies as if the current one were ordered.
func (d *Desk) bestPrior(current clinic.Study, all []clinic.Study) clinic.Study {
	order := clinic.Order{Patient: current.Patient, Text: current.StudyDescription, Scheduled: current.StudyDate.Time(),
		Laterality: current.Laterality, Contrast: current.Contrast}
	if modalities := ImageModalities(current); len(modalities) > 0 {
		order.Modality = modalities[0]
	}
	if len(current.BodyPartsExamined) > 0 {
		order.BodyPart = current.BodyPartsExamined[0]
	}
	var earlier []clinic.Study
	for _, s := range all {
		if s.StudyInstanceUID != current.StudyInstanceUID && s.StudyDate.Compare(current.StudyDate) <= 0 {
			earlier = append(earlier, s)
		}
	}
	verdict := priors.Check(order, earlier, d.Rules(), d.Now())
	if verdict.Best == nil || verdict.Best.Class == priors.Unrelated {
		return clinic.Study{}
	}
	return verdict.Best.Study
}

// thumbnailSide is the longer side of a series' picture, in pixels.
const thumbnailSide = 160

// Thumbnail draws the picture of a series from one of its files as PNG; the
// store calls it.
func Thumbnail(ctx context.Context, path string) ([]byte, error) {
	f, err := dicom.Open(path)
	if err != nil {
		return nil, err
	}
	img, err := viewer.Thumbnail(ctx, f, f.NumberOfFrames()/2, thumbnailSide)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Opened notes that a person looks at a study and fetches what is missing of
// it before anything else.
func (d *Desk) Opened(ctx context.Context, s clinic.Study) {
	if err := d.Store.Touch(ctx, s.StudyInstanceUID); err != nil {
		d.Log.Warn("the use of a study could not be noted", "error", err)
	}
	if s.Completeness != clinic.Complete && s.Source != "" {
		if err := d.Fetch(ctx, s); err != nil {
			d.Log.Warn("a study could not be put in line", "error", err)
		}
	}
}

// KnownPatient is the one person the cache knows under an ID; ok is false for
// none, and for several that may be different people.
func (d *Desk) KnownPatient(ctx context.Context, patientID string) (p clinic.Patient, ok bool, err error) {
	studies, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: patientID, Limit: mostPriors})
	if err != nil || len(studies) == 0 {
		return p, false, err
	}
	if !onePerson(studies) {
		return p, false, nil
	}
	return studies[0].Patient, true, nil
}

// ImageModalities are the modalities of a study that have pictures; all of
// them when none has.
func ImageModalities(s clinic.Study) []string {
	images := slices.DeleteFunc(slices.Clone(s.ModalitiesInStudy), func(m string) bool {
		return m == "SR" || m == "PR" || m == "KO" || m == "DOC"
	})
	if len(images) == 0 {
		return s.ModalitiesInStudy
	}
	return images
}

// RegionName names what a study shows, in a language; "" when that is unknown.
func (d *Desk) RegionName(s clinic.Study, language string) string {
	atlas := d.Rules().Atlas()
	exam := atlas.Study(s)
	if !exam.Known() {
		return ""
	}
	place, _ := atlas.Place(exam.Regions[0])
	return place.Names[language]
}
