package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// Pin keeps every study of a patient from eviction; Unpin lets go.
func (s *Store) Pin(ctx context.Context, p clinic.Patient) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO pin VALUES (?,?) ON CONFLICT DO NOTHING`, p.PatientID, p.IssuerOfPatientID)
		return err
	})
}

// Unpin lets the patient's studies be evicted again.
func (s *Store) Unpin(ctx context.Context, p clinic.Patient) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM pin WHERE patient_id = ? AND issuer_of_patient_id = ?`, p.PatientID, p.IssuerOfPatientID)
		return err
	})
}

// evictable are studies with files that an archive can give again, of patients
// not pinned, without unsent work: those nobody has looked at, then the longest
// unused. An archive that counts fewer instances than are here (some were
// imported) cannot give all again.
const (
	evictable = evictableOf + leastUsed
	unlooked  = evictableOf + ` AND prefetched <> ''` + leastUsed
)

const evictableOf = `SELECT id, study_instance_uid, bytes FROM study WHERE bytes > 0 AND source <> ''
	AND expected_instances >= number_of_instances AND used < ?
	AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.patient_id = study.patient_id AND pin.issuer_of_patient_id = study.issuer_of_patient_id)
	AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.study_instance_uid = study.study_instance_uid AND sent = 0)`

const leastUsed = ` ORDER BY used, seen LIMIT 1`

// evictionGrace keeps what was opened or arrived a while ago: somebody may be
// looking at it, or a transfer may not have ended.
const evictionGrace = 2 * time.Hour

// SetQuota changes how many bytes of files the cache may keep; 0 is no limit.
func (s *Store) SetQuota(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Quota = bytes
}

func (s *Store) quota() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Quota
}

// Evict removes the files of the longest unused studies until the cache fits
// its quota, and says which. What is known of a study stays, so that the check
// still finds it. Imported files (no source) are the only copy and stay too.
func (s *Store) Evict(ctx context.Context) (evicted []dicom.UID, err error) {
	quota := s.quota()
	if quota <= 0 {
		return nil, nil
	}
	_, total, err := s.CountStudies(ctx)
	if err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	for total > quota {
		var id, bytes int64
		var uid dicom.UID
		before := s.Now().Add(-evictionGrace).Unix()
		err := s.read.QueryRowContext(ctx, unlooked, before).Scan(&id, &uid, &bytes)
		if errors.Is(err, sql.ErrNoRows) {
			err = s.read.QueryRowContext(ctx, evictable, before).Scan(&id, &uid, &bytes)
		}
		if errors.Is(err, sql.ErrNoRows) {
			s.Log.Warn("the cache is over its quota and nothing may be removed", "bytes", total, "quota", quota)
			return evicted, nil
		} else if err != nil {
			return evicted, fmt.Errorf("quota: %w", err)
		}
		if err := s.dropFiles(ctx, id); err != nil {
			return evicted, err
		}
		total -= bytes
		evicted = append(evicted, uid)
	}
	return evicted, nil
}

// dropFiles takes a study's instances out of the index, then off the disk. What
// cannot be removed, because somebody reads it (Windows), stays on the list of
// the intent and goes the next time.
func (s *Store) dropFiles(ctx context.Context, study int64) error {
	s.files.Lock()
	defer s.files.Unlock()
	files, err := s.filePaths(ctx, study)
	if err != nil {
		return err
	}
	left, err := s.stillLeft(ctx)
	if err != nil {
		return err
	}
	if err := s.removing.write(append(left, files...)); err != nil {
		return err
	}
	err = s.update(ctx, func(tx *sql.Tx) error { return deleteRows(tx, study, files) })
	if err != nil {
		return err
	}
	defer s.changed()
	if s.left = s.removeFiles(append(left, files...)); len(s.left) > 0 {
		return s.removing.write(s.left)
	}
	return s.removing.done()
}

// stillLeft are the files left by earlier evictions that have not come back.
func (s *Store) stillLeft(ctx context.Context) (left []string, err error) {
	for _, rel := range s.left {
		known, err := s.pathKnown(ctx, rel)
		if err != nil {
			return nil, err
		}
		if !known {
			left = append(left, rel)
		}
	}
	return left, nil
}

// removeFiles removes files and returns those that cannot be removed now.
func (s *Store) removeFiles(files []string) (left []string) {
	for _, rel := range files {
		full := filepath.Join(s.Dir, filepath.FromSlash(rel))
		if err := os.Remove(full); err != nil && !os.IsNotExist(err) {
			left = append(left, rel)
		}
		os.Remove(filepath.Dir(full)) // the series' folder, once it is empty
	}
	if len(left) > 0 {
		s.Log.Warn("evicted files cannot be removed now", "files", len(left))
	}
	return left
}

// deleteRows takes just the listed files out: more of the study may be
// arriving at this moment.
func deleteRows(tx *sql.Tx, study int64, files []string) error {
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM instance WHERE path IN (SELECT value FROM json_each(?)) AND series_id IN (SELECT id FROM series WHERE study_id = ?)`,
			[]any{jsonList(files), study}},
		{`UPDATE series SET expected_instances = max(expected_instances, number_of_instances),
			number_of_instances = (SELECT count(*) FROM instance WHERE series_id = series.id) WHERE study_id = ?`, []any{study}},
		{`UPDATE study SET expected_instances = max(expected_instances, number_of_instances),
			number_of_instances = (SELECT coalesce(sum(number_of_instances), 0) FROM series WHERE study_id = study.id),
			bytes = (SELECT coalesce(sum(file_bytes), 0) FROM instance JOIN series ON series.id = series_id WHERE study_id = study.id)
			WHERE id = ?`, []any{study}},
	} {
		if _, err := tx.Exec(change.query, change.args...); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	return nil
}

func (s *Store) filePaths(ctx context.Context, study int64) (files []string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT path FROM instance JOIN series ON series.id = series_id WHERE study_id = ?`, study)
	if err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var path string
		if err := rows.Scan(&path); err != nil {
			return nil, fmt.Errorf("quota: %w", err)
		}
		files = append(files, path)
	}
	return files, rows.Err()
}
