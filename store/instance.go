package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"eris/clinic"
	"eris/dicom"
)

// Series lists the series of a study by SeriesNumber.
func (s *Store) Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT series_instance_uid, series_number, modality, series_description,
		body_part_examined, series.laterality, protocol_name, series.number_of_instances, series.expected_instances
		FROM series JOIN study ON study.id = study_id WHERE study_instance_uid = ? ORDER BY series_number, series.id`, study)
	if err != nil {
		return nil, fmt.Errorf("series: %w", err)
	}
	defer rows.Close()
	var list []clinic.Series
	for rows.Next() {
		v := clinic.Series{StudyInstanceUID: study}
		if err := rows.Scan(&v.SeriesInstanceUID, &v.SeriesNumber, &v.Modality, &v.SeriesDescription, &v.BodyPartExamined,
			&v.Laterality, &v.ProtocolName, &v.NumberOfInstances, &v.ExpectedInstances); err != nil {
			return nil, fmt.Errorf("series: %w", err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

const selectInstance = `SELECT study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid, transfer_syntax_uid,
	instance_number, number_of_frames, rows, columns, place, file_bytes, sha256, path
	FROM instance JOIN series ON series.id = series_id JOIN study ON study.id = study_id`

// shown leaves out what a rejection note took back.
const shown = `sop_instance_uid NOT IN (SELECT sop_instance_uid FROM withdrawn)`

// Instances lists the instances of a series that are here and to be shown, by
// InstanceNumber.
func (s *Store) Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error) {
	return s.instances(ctx, ` WHERE study_instance_uid = ? AND series_instance_uid = ? AND `+shown+` ORDER BY instance_number, sop_instance_uid`, study, series)
}

// StudyInstances lists every instance of a study that is here and to be shown.
func (s *Store) StudyInstances(ctx context.Context, study dicom.UID) ([]clinic.Instance, error) {
	return s.instances(ctx, ` WHERE study_instance_uid = ? AND `+shown+` ORDER BY series_number, instance_number, sop_instance_uid`, study)
}

func (s *Store) instances(ctx context.Context, where string, args ...any) ([]clinic.Instance, error) {
	rows, err := s.read.QueryContext(ctx, selectInstance+where, args...)
	if err != nil {
		return nil, fmt.Errorf("instances: %w", err)
	}
	defer rows.Close()
	var list []clinic.Instance
	for rows.Next() {
		i, _, err := scanInstance(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

func scanInstance(r scanner) (i clinic.Instance, path string, err error) {
	var where string
	err = r.Scan(&i.StudyInstanceUID, &i.SeriesInstanceUID, &i.SOPInstanceUID, &i.SOPClassUID, &i.TransferSyntaxUID,
		&i.InstanceNumber, &i.NumberOfFrames, &i.Rows, &i.Columns, &where, &i.FileBytes, &i.SHA256, &path)
	if errors.Is(err, sql.ErrNoRows) {
		return i, "", ErrNotFound
	}
	if err != nil {
		return i, "", fmt.Errorf("instance: %w", err)
	}
	var p place
	if err := json.Unmarshal([]byte(where), &p); err != nil {
		return i, "", fmt.Errorf("instance %s: %w: %w", i.SOPInstanceUID, ErrDamaged, err)
	}
	p.into(&i)
	return i, path, nil
}

// Instance is one instance. Errors: ErrNotFound.
func (s *Store) Instance(ctx context.Context, uid dicom.UID) (clinic.Instance, error) {
	i, _, err := scanInstance(s.read.QueryRowContext(ctx, selectInstance+` WHERE sop_instance_uid = ?`, uid))
	return i, err
}

// Path is where the file of an instance lies. Errors: ErrNotFound.
func (s *Store) Path(ctx context.Context, uid dicom.UID) (string, error) {
	var rel string
	err := s.read.QueryRowContext(ctx, `SELECT path FROM instance WHERE sop_instance_uid = ?`, uid).Scan(&rel)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("instance %s: %w", uid, ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("instance %s: %w", uid, err)
	}
	return filepath.Join(s.Dir, filepath.FromSlash(rel)), nil
}

// Open reads the header of an instance's file; its frames are read on demand.
func (s *Store) Open(ctx context.Context, uid dicom.UID) (*dicom.File, error) {
	path, err := s.Path(ctx, uid)
	if err != nil {
		return nil, err
	}
	return dicom.Open(path)
}

// Reader reads an instance's file as it was received; the caller closes it.
func (s *Store) Reader(ctx context.Context, uid dicom.UID) (io.ReadCloser, error) {
	path, err := s.Path(ctx, uid)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Missing returns those of the given instances that are not here, in their order.
func (s *Store) Missing(ctx context.Context, want []dicom.UID) ([]dicom.UID, error) {
	var missing []dicom.UID
	for _, uid := range want {
		var one int
		err := s.read.QueryRowContext(ctx, `SELECT 1 FROM instance WHERE sop_instance_uid = ?`, uid).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			missing = append(missing, uid)
		} else if err != nil {
			return nil, fmt.Errorf("instance %s: %w", uid, err)
		}
	}
	return missing, nil
}
