package store

import (
	"context"
	"database/sql"
	"fmt"

	"eris/clinic"
	"eris/dicom"
)

// NotePrefetched notes which rule brings a study that nobody asked for; an
// empty rule says that somebody did. What a person has looked at is not marked.
func (s *Store) NotePrefetched(ctx context.Context, study dicom.UID, rule string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE study SET prefetched = ? WHERE study_instance_uid = ? AND prefetched <> ?
			AND (number_of_instances = 0 OR prefetched <> '')`, rule, study, rule)
		return err
	})
}

// PrefetchedBytes is how many bytes of files nobody has asked for or looked at.
func (s *Store) PrefetchedBytes(ctx context.Context) (bytes int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(sum(bytes), 0) FROM study WHERE prefetched <> '' AND bytes > 0`).Scan(&bytes)
	if err != nil {
		return 0, fmt.Errorf("prefetched: %w", err)
	}
	return bytes, nil
}

// Pinned lists the patients whose studies stay; only their IDs are known.
func (s *Store) Pinned(ctx context.Context) (list []clinic.Patient, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT patient_id, issuer_of_patient_id FROM pin`)
	if err != nil {
		return nil, fmt.Errorf("pinned: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p clinic.Patient
		if err := rows.Scan(&p.PatientID, &p.IssuerOfPatientID); err != nil {
			return nil, fmt.Errorf("pinned: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}
