package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"eris/clinic/dose"
	"eris/dicom"
)

// DoseDue lists studies with files whose dose was not read, or read from fewer or
// more files than are here, or in another version of the reading.
func (s *Store) DoseDue(ctx context.Context, version, limit int) ([]dicom.UID, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT study_instance_uid FROM study LEFT JOIN dose ON study_id = study.id
		WHERE bytes > 0 AND (dose.version IS NULL OR dose.version <> ? OR dose.instances <> number_of_instances) LIMIT ?`, version, limit)
	if err != nil {
		return nil, fmt.Errorf("doses: %w", err)
	}
	defer rows.Close()
	var list []dicom.UID
	for rows.Next() {
		var uid dicom.UID
		if err := rows.Scan(&uid); err != nil {
			return nil, fmt.Errorf("doses: %w", err)
		}
		list = append(list, uid)
	}
	return list, rows.Err()
}

// SaveDose keeps what the objects of a study tell, read from so many of them.
func (s *Store) SaveDose(ctx context.Context, study dicom.UID, instances, version int, reports []dose.Report) error {
	body, err := json.Marshal(reports)
	if err != nil {
		return fmt.Errorf("dose of %s: %w", study, err)
	}
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO dose SELECT id, ?, ?, ? FROM study WHERE study_instance_uid = ?
			ON CONFLICT (study_id) DO UPDATE SET instances = excluded.instances, version = excluded.version, body = excluded.body`,
			instances, version, string(body), study)
		return err
	})
}

// doseAtOnce bounds the parameters of one question.
const doseAtOnce = 500

// Doses is what objects and procedures told of the doses of studies, by
// StudyInstanceUID.
func (s *Store) Doses(ctx context.Context, studies []dicom.UID) (map[dicom.UID][]dose.Report, error) {
	known := map[dicom.UID][]dose.Report{}
	for len(studies) > 0 {
		n := min(len(studies), doseAtOnce)
		err := s.someDoses(ctx, studies[:n], known)
		if err == nil {
			err = s.stepDoses(ctx, studies[:n], known)
		}
		if err != nil {
			return nil, fmt.Errorf("doses: %w", err)
		}
		studies = studies[n:]
	}
	return known, nil
}

func (s *Store) someDoses(ctx context.Context, studies []dicom.UID, into map[dicom.UID][]dose.Report) error {
	args := make([]any, len(studies))
	for i, uid := range studies {
		args[i] = uid
	}
	rows, err := s.read.QueryContext(ctx, `SELECT study_instance_uid, body FROM dose JOIN study ON study.id = study_id
		WHERE study_instance_uid IN (?`+strings.Repeat(`,?`, len(args)-1)+`)`, args...)
	if err != nil {
		return err
	}
	list, err := scanBodies[[]dose.Report](rows)
	for _, k := range list {
		into[dicom.UID(k.key)] = k.value
	}
	return err
}
