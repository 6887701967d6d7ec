package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
)

// withdrawnBy are the instances that a key object selection takes back, and why
// (IHE RAD IOCM); none for other objects.
func withdrawnBy(d *dicom.DataSet) (reason string, list []dicom.UID) {
	k, err := evidence.ReadKeyObject(d)
	if err != nil || !k.Rejects() {
		return "", nil
	}
	for _, i := range k.References {
		list = append(list, i.SOPInstanceUID)
	}
	return k.Title.Meaning, list
}

// insertWithdrawn notes what the rejection notes of a batch take back. A note
// may come before or after its pictures.
func insertWithdrawn(tx *sql.Tx, files []*stagedFile, studies map[dicom.UID]*batchStudy) error {
	for _, f := range files {
		for _, uid := range f.withdraws {
			if _, err := tx.Exec(`INSERT INTO withdrawn VALUES (?,?) ON CONFLICT DO NOTHING`, uid, f.withdrawnFor); err != nil {
				return fmt.Errorf("index: %w", err)
			}
		}
	}
	var any bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM withdrawn)`).Scan(&any); err != nil || !any {
		return err
	}
	for _, study := range studies {
		if _, err := tx.Exec(markWithdrawn, study.id); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	return nil
}

// markWithdrawn marks a study when all its pictures are taken back, and takes
// the mark away when others came.
const markWithdrawn = `UPDATE study SET withdrawn = (
	SELECT iif(count(*) > 0 AND count(*) = count(withdrawn.sop_instance_uid), '` + string(clinic.Rejected) + `', '')
	FROM instance JOIN series ON series.id = series_id LEFT JOIN withdrawn USING (sop_instance_uid)
	WHERE study_id = study.id AND rows > 0) WHERE id = ?`

// KeyImages are the instances of a study that key object selections point at,
// of those documents that are here; rejection notes point at none.
func (s *Store) KeyImages(ctx context.Context, study dicom.UID) (list []clinic.Instance, err error) {
	documents, err := s.instances(ctx, ` WHERE study_instance_uid = ? AND sop_class_uid = ?`, study, dicom.KeyObjectSelectionStorage)
	if err != nil {
		return nil, err
	}
	for _, i := range documents {
		f, err := s.Open(ctx, i.SOPInstanceUID)
		if err != nil {
			s.Log.Warn("a key object selection cannot be read", "error", err)
			continue
		}
		if k, err := evidence.ReadKeyObject(f.DataSet); err == nil && !k.Rejects() {
			list = append(list, k.References...)
		}
	}
	return list, nil
}

// Withdraw notes that the archive a study came from does not have it any more.
// What is known of it without files is forgotten; files stay, as the only
// copy, and count no more, until the archive shows the study again.
func (s *Store) Withdraw(ctx context.Context, study dicom.UID) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRow(`DELETE FROM study WHERE study_instance_uid = ? AND number_of_instances = 0 RETURNING id`, study).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			_, err = tx.Exec(`UPDATE study SET withdrawn = ? WHERE study_instance_uid = ?`, clinic.Deleted, study)
			return err
		}
		if err == nil { // all words are looked through: two archives may have told two names, and the id is free for another study
			_, err = tx.Exec(`DELETE FROM study_word WHERE study_id = ?`, id)
		}
		return err
	})
}
