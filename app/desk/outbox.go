package desk

import (
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
	"eris/sync/transfer"
)

// outboxSetting is the name of the setting that keeps documents here.
const outboxSetting = "outbox"

// OutboxOptions are a site's choice about what leaves the workstation.
type OutboxOptions struct {
	Keep bool `json:"keep"` // nothing is sent: measurements stay on this workstation
}

// Outbox is the site's choice.
func (d *Desk) Outbox(ctx context.Context) (o OutboxOptions, err error) {
	err = d.Store.Setting(ctx, outboxSetting, &o)
	return o, err
}

// SaveOutbox changes it; what is in line already still leaves.
func (d *Desk) SaveOutbox(ctx context.Context, o OutboxOptions) error {
	return d.Store.SaveSetting(ctx, outboxSetting, o)
}

// quiet is how long nobody must have measured on a study before its report is
// made: a reading is one document, not one a stroke.
const quiet = 2 * time.Minute

// collectEvery is how often the outbox is looked through.
const collectEvery = 30 * time.Second

// sentDocument is a document of the journal with its instance.
type sentDocument struct {
	entry    store.Entry
	word     document
	instance clinic.Instance
}

// keepOutbox puts in line what people made, until ctx ends.
func (d *Desk) keepOutbox(ctx context.Context) {
	for {
		if err := d.Collect(ctx, quiet); err != nil && ctx.Err() == nil {
			d.Log.Warn("what was made here could not be put in line", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(collectEvery):
		}
	}
}

// Collect makes documents of measurements and decisions that no archive has and
// that are older than rest, and puts them in line for the archive that has the
// study. Work on studies that no archive has stays here.
func (d *Desk) Collect(ctx context.Context, rest time.Duration) error {
	d.collecting.Lock()
	defer d.collecting.Unlock()
	if options, err := d.Outbox(ctx); err != nil || options.Keep {
		return err
	}
	unsent, err := d.Store.Unsent(ctx, measurementKind, decisionKind)
	if err != nil {
		return err
	}
	var errs []error
	for study, entries := range byStudy(unsent, measurementKind) {
		if d.Now().Sub(entries[len(entries)-1].Made) >= rest {
			errs = append(errs, d.collectMeasurements(ctx, study, entries))
		}
	}
	for _, e := range unsent {
		if e.Kind == decisionKind {
			errs = append(errs, d.collectDecision(ctx, e))
		}
	}
	return errors.Join(append(errs, d.enqueueDocuments(ctx))...)
}

func byStudy(entries []store.Entry, kind string) map[dicom.UID][]store.Entry {
	studies := map[dicom.UID][]store.Entry{}
	for _, e := range entries {
		if e.Kind == kind {
			studies[e.StudyInstanceUID] = append(studies[e.StudyInstanceUID], e)
		}
	}
	return studies
}

// collectMeasurements makes the report of a study, unless one that brings the
// newest entries is on its way.
func (d *Desk) collectMeasurements(ctx context.Context, uid dicom.UID, unsent []store.Entry) error {
	study, err := d.Store.Study(ctx, uid)
	if errors.Is(err, store.ErrNotFound) || err == nil && study.Source == "" {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := d.Store.Entries(ctx, measurementKind, uid)
	if err != nil {
		return err
	}
	if err := d.noteKept(ctx, study, all, unsent); err != nil {
		return err
	}
	documents, err := d.documents(ctx, uid, "measurements")
	if err != nil {
		return err
	}
	var former *sentDocument
	if n := len(documents); n > 0 {
		former = &documents[n-1]
		if slices.Contains(former.word.Covers, all[len(all)-1].ID) {
			return nil
		}
	}
	f, ok, err := d.measurementReport(ctx, study, all, former)
	if err != nil {
		return fmt.Errorf("measurements of study %s: %w", uid, err)
	}
	covers := idsUpTo(unsent, all[len(all)-1])
	if !ok { // made and taken back before anybody heard of it
		return d.markSent(ctx, covers...)
	}
	return d.keepDocument(ctx, f, document{Node: study.Source, What: "measurements", Covers: covers}, all[len(all)-1].Made)
}

// idsUpTo are the entries up to last, which may have been sent.
func idsUpTo(entries []store.Entry, last store.Entry) (ids []string) {
	for _, e := range entries {
		if !e.Made.After(last.Made) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// noteKept journals a report that was stored when the program was killed, before
// the journal spoke of it: nobody would send it once more was measured.
func (d *Desk) noteKept(ctx context.Context, study clinic.Study, all, unsent []store.Entry) error {
	kept, err := d.Store.Instances(ctx, study.StudyInstanceUID, documentsSeries(study.StudyInstanceUID, "measurements"))
	if err != nil {
		return err
	}
	for _, e := range all {
		at := slices.IndexFunc(kept, func(i clinic.Instance) bool { return i.SOPInstanceUID == reportUID(e) })
		if at < 0 {
			continue
		}
		if _, err := d.Store.Entry(ctx, documentID(kept[at].SOPInstanceUID)); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		word := document{SOPInstanceUID: kept[at].SOPInstanceUID, SOPClassUID: kept[at].SOPClassUID, Node: study.Source,
			What: "measurements", Covers: idsUpTo(unsent, e)}
		if err := d.noteDocument(ctx, study.StudyInstanceUID, word, e.Made); err != nil {
			return err
		}
	}
	return nil
}

// documents are those of a study that were made here, in their order.
func (d *Desk) documents(ctx context.Context, study dicom.UID, what string) (list []sentDocument, err error) {
	entries, err := d.Store.Entries(ctx, documentKind, study)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		s, err := readDocument(e)
		if err != nil {
			return nil, err
		}
		if s.word.What == what {
			list = append(list, s)
		}
	}
	return list, nil
}

func readDocument(e store.Entry) (sentDocument, error) {
	s := sentDocument{entry: e}
	if err := json.Unmarshal(e.Body, &s.word); err != nil {
		return s, fmt.Errorf("document %s: %w", e.ID, err)
	}
	s.instance = clinic.Instance{StudyInstanceUID: e.StudyInstanceUID, SOPInstanceUID: s.word.SOPInstanceUID, SOPClassUID: s.word.SOPClassUID,
		SeriesInstanceUID: documentsSeries(e.StudyInstanceUID, s.word.What)}
	return s, nil
}

// enqueueDocuments puts every document that is not yet in its archive in line.
// A job that failed is a matter for a person and is not begun anew.
func (d *Desk) enqueueDocuments(ctx context.Context) error {
	leaving, err := d.leaving(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, j := range d.Transfer.Jobs() {
		known[j.EntryID] = known[j.EntryID] || j.Kind == transfer.SendEntry && j.State != transfer.Done
	}
	for _, e := range leaving {
		if known[e.ID] {
			continue
		}
		s, err := readDocument(e)
		if err != nil {
			return err
		}
		_, err = d.Transfer.Enqueue(ctx, transfer.Job{Kind: transfer.SendEntry, Node: s.word.Node, EntryID: e.ID,
			StudyInstanceUID: e.StudyInstanceUID, Priority: transfer.Soon, Reason: s.word.What})
		if err != nil {
			return err
		}
	}
	return nil
}

// leaving are the documents that no archive has, but for those that a person
// decided about: they stay unsent for good, so that nothing evicts them.
func (d *Desk) leaving(ctx context.Context) ([]store.Entry, error) {
	unsent, err := d.Store.Unsent(ctx, documentKind)
	if err != nil || len(unsent) == 0 {
		return nil, err
	}
	settled, err := d.Store.Entries(ctx, settledKind, "")
	if err != nil {
		return nil, err
	}
	decided := map[string]bool{}
	for _, e := range settled {
		var s settlement
		if err := json.Unmarshal(e.Body, &s); err != nil {
			return nil, fmt.Errorf("decision about a document %s: %w", e.ID, err)
		}
		decided[s.Document] = true
	}
	return slices.DeleteFunc(unsent, func(e store.Entry) bool { return decided[e.ID] }), nil
}

// Unsent says how much of what people made on pictures no archive has yet.
func (d *Desk) Unsent(ctx context.Context) (int, error) {
	measured, err := d.Store.CountUnsent(ctx, measurementKind)
	if err != nil {
		return 0, err
	}
	documents, err := d.leaving(ctx)
	return measured + len(documents), err
}

func (d *Desk) markSent(ctx context.Context, entries ...string) error {
	for _, id := range entries {
		if err := d.Store.MarkSent(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// collectDecision makes a key object selection of the decision to use a prior:
// whoever opens the prior sees which order it answered. Other decisions are no
// matter of images.
func (d *Desk) collectDecision(ctx context.Context, e store.Entry) error {
	var made clinic.Decision
	if err := json.Unmarshal(e.Body, &made); err != nil {
		return fmt.Errorf("decision %s: %w", e.ID, err)
	}
	if made.Choice != clinic.UsePrior || made.StudyInstanceUID == "" {
		return nil
	}
	study, err := d.Store.Study(ctx, made.StudyInstanceUID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (study.Source == "" || study.NumberOfInstances == 0) {
		return nil // it names pictures when they are here
	}
	documents, docErr := d.documents(ctx, made.StudyInstanceUID, "decision")
	pictures, picErr := d.oneOfEachSeries(ctx, made.StudyInstanceUID)
	if err := errors.Join(err, docErr, picErr); err != nil {
		return err
	}
	if slices.ContainsFunc(documents, func(s sentDocument) bool { return slices.Contains(s.word.Covers, e.ID) }) || len(pictures) == 0 {
		return nil
	}
	ko := evidence.KeyObject{Title: evidence.ForReferringProvider, References: pictures,
		Description: strings.TrimSpace(made.AccessionNumber + ": " + made.Verdict + " " + made.Note)}
	f := ko.File(evidence.Header{Study: study, SOPInstanceUID: dicom.DeriveUID("decision", e.ID), StationName: d.Station, Made: made.Made,
		SeriesInstanceUID: documentsSeries(study.StudyInstanceUID, "decision"), SeriesNumber: decisionsSeries, Language: "ru"})
	return d.keepDocument(ctx, f, document{Node: study.Source, What: "decision", Covers: []string{e.ID}}, made.Made)
}

// oneOfEachSeries are the pictures that stand for a study.
func (d *Desk) oneOfEachSeries(ctx context.Context, study dicom.UID) (list []clinic.Instance, err error) {
	all, err := d.Store.StudyInstances(ctx, study)
	for _, i := range all {
		if i.Rows > 0 && !slices.ContainsFunc(list, func(o clinic.Instance) bool { return o.SeriesInstanceUID == i.SeriesInstanceUID }) {
			list = append(list, i)
		}
	}
	return list, err
}
