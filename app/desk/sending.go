package desk

import (
	"context"
	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/transfer"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"
)

// receiver is an archive that takes objects.
type receiver interface {
	transfer.Archive
	Store(ctx context.Context, objects iter.Seq2[io.Reader, error]) (node.Stored, error)
}

// send brings a document to an archive. It is "in the archive" only when that
// has promised to keep it, or shows it. A document that is there already, from
// an attempt whose end nobody saw, is not sent again.
func (d *Desk) send(ctx context.Context, name, id string) error {
	s, err := d.documentEntry(ctx, id)
	if err != nil {
		return err
	}
	a, err := d.archive(name)
	if err = errors.Join(err, a.bad); err != nil {
		return err
	}
	there, err := holds(ctx, a.client, s.instance)
	if err != nil {
		return err
	}
	if !there {
		if err := d.fits(ctx, a, s); err != nil {
			return err
		}
		if err := d.store(ctx, a, s); err != nil {
			return err
		}
		if err := confirm(ctx, a, s.instance); err != nil {
			return err
		}
	}
	if s.word.What == "measurements" {
		// Without its pictures, which may have been evicted, the report is there all the same.
		if err := d.keepDrawings(ctx, s); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return d.markSent(ctx, append(s.word.Covers, id)...)
}

func (d *Desk) documentEntry(ctx context.Context, id string) (sentDocument, error) {
	e, err := d.Store.Entry(ctx, id)
	if err != nil {
		return sentDocument{}, err
	}
	return readDocument(e)
}

// holds asks whether an archive has an instance.
func holds(ctx context.Context, a receiver, i clinic.Instance) (bool, error) {
	list, err := a.Instances(ctx, i.StudyInstanceUID, i.SeriesInstanceUID)
	if errors.Is(err, node.ErrNotFound) {
		return false, nil
	}
	return slices.ContainsFunc(list, func(other clinic.Instance) bool { return other.SOPInstanceUID == i.SOPInstanceUID }), err
}

// fits asks whether the archive still knows the study, and as the same
// person's: a document that names another patient would lie there.
func (d *Desk) fits(ctx context.Context, a Archive, s sentDocument) error {
	there, err := a.client.Study(ctx, s.instance.StudyInstanceUID)
	if errors.Is(err, node.ErrNotFound) {
		return &node.Error{Node: a.Name, Kind: node.ErrConflict, Cause: errStudyGone}
	}
	if err != nil {
		return err
	}
	f, err := d.Store.Open(ctx, s.instance.SOPInstanceUID)
	if err != nil {
		return err
	}
	if p := patientOf(f.DataSet); p.PatientID != there.Patient.PatientID || !clinic.SamePerson(p, there.Patient) {
		return &node.Error{Node: a.Name, Kind: node.ErrConflict, Cause: errOtherPatient}
	}
	return nil
}

var (
	errStudyGone    = errors.New("the study is not there any more")
	errOtherPatient = errors.New("the study belongs to another patient there")
)

func patientOf(d *dicom.DataSet) clinic.Patient { return node.Study(d, "").Patient }

// store sends the file of a document.
func (d *Desk) store(ctx context.Context, a Archive, s sentDocument) error {
	file, err := d.Store.Reader(ctx, s.instance.SOPInstanceUID)
	if err != nil {
		return err
	}
	defer file.Close()
	stored, err := a.client.Store(ctx, func(yield func(io.Reader, error) bool) { yield(file, nil) })
	if err != nil {
		return err
	}
	for _, failed := range stored.Failed {
		// 0xA7xx: it has no room just now (PS3.7 C.5.24, PS3.4 B.2.3).
		kind := node.ErrConflict
		if failed.Reason>>8 == 0xA7 {
			kind = node.ErrServer
		}
		return &node.Error{Node: a.Name, Kind: kind, Cause: fmt.Errorf("it refused the document with code %04X", failed.Reason)}
	}
	return nil
}

// commitWait is how long the result of a storage commitment is waited for.
const commitWait = 10 * time.Second

// confirm makes sure that the archive has what it said it took: by storage
// commitment (PS3.4 J) where it answers that at once, else by asking for it.
func confirm(ctx context.Context, a Archive, i clinic.Instance) error {
	if c, ok := a.client.(*dimse.Client); ok {
		object := node.Reference{SOPClassUID: i.SOPClassUID, SOPInstanceUID: i.SOPInstanceUID}
		promised, known, err := c.Commit(ctx, dicom.NewUID(), []node.Reference{object}, commitWait)
		if err == nil && known && slices.Contains(promised.Taken, object) {
			return nil
		}
	}
	there, err := holds(ctx, a.client, i)
	if err == nil && !there {
		return &node.Error{Node: a.Name, Kind: node.ErrPartial, Cause: errors.New("it said that it took the document and does not show it")}
	}
	return err
}

// Ways out of a document that its archive did not take.
const (
	SendAgain = "send again"
	KeepHere  = "keep here"
	AsArchive = "send under the archive's patient"
)

// settledKind is the journal's kind of a settlement: what was decided about a
// document that its archive did not take.
const settledKind = "settled"

type settlement struct {
	Document string `json:"document"` // ID of its entry
	Choice   string `json:"choice"`
}

// Settle does what a person decided about a document that its archive did not
// take. Nothing vanishes: a document that is kept here stays in the study.
func (d *Desk) Settle(ctx context.Context, j transfer.Job, choice string) error {
	s, err := d.documentEntry(ctx, j.EntryID)
	if err != nil {
		return err
	}
	switch choice {
	case SendAgain:
		return d.Transfer.Retry(ctx, j.ID)
	case AsArchive:
		if err := d.adopt(ctx, s); err != nil {
			return err
		}
	}
	if err := d.journal(ctx, settledKind, settlement{s.entry.ID, choice}); err != nil {
		return err
	}
	if err := d.markSent(ctx, s.word.Covers...); err != nil {
		return err
	}
	if err := d.Transfer.Forget(ctx, j.ID); err != nil {
		return err
	}
	return d.enqueueDocuments(ctx)
}

// adopt makes the document anew for the patient whose study it is in the archive.
func (d *Desk) adopt(ctx context.Context, s sentDocument) error {
	a, err := d.archive(s.word.Node)
	if err = errors.Join(err, a.bad); err != nil {
		return err
	}
	there, err := a.client.Study(ctx, s.instance.StudyInstanceUID)
	if err != nil {
		return err
	}
	f, err := d.Store.Open(ctx, s.instance.SOPInstanceUID)
	if err != nil {
		return err
	}
	p := there.Patient
	f.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID("adopted", string(s.word.SOPInstanceUID), p.Key()))
	f.SetString(dicom.PatientID, p.PatientID)
	f.SetString(dicom.IssuerOfPatientID, p.IssuerOfPatientID)
	f.SetString(dicom.PatientName, p.PatientName.String())
	f.SetString(dicom.PatientBirthDate, p.PatientBirthDate.DICOM())
	f.SetString(dicom.PatientSex, p.PatientSex)
	word := s.word
	word.Replaces = s.entry.ID
	return d.keepDocument(ctx, f, word, d.Now())
}
