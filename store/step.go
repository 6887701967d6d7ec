package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"eris/clinic/dose"
	"eris/dicom"
)

// Step is a procedure as a scanner told of it.
type Step struct {
	SOPInstanceUID dicom.UID
	Set            *dicom.DataSet // all that was told, the last word of each attribute
}

// ErrExists is for something that is kept already.
var ErrExists = errors.New("it is here already")

// AddStep keeps what was told of a new procedure. Errors: ErrExists.
func (s *Store) AddStep(ctx context.Context, step Step) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		switch _, err := stepIn(tx, step.SOPInstanceUID); {
		case err == nil:
			return fmt.Errorf("procedure %s: %w", step.SOPInstanceUID, ErrExists)
		case !errors.Is(err, ErrNotFound):
			return err
		}
		return s.putStep(tx, step)
	})
}

// ChangeStep lets change work on what was told of a procedure and keeps the
// result, unless it returns an error. Errors: ErrNotFound.
func (s *Store) ChangeStep(ctx context.Context, uid dicom.UID, change func(set *dicom.DataSet) error) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		step, err := stepIn(tx, uid)
		if err != nil {
			return err
		}
		if err := change(step.Set); err != nil {
			return err
		}
		return s.putStep(tx, step)
	})
}

func stepIn(tx *sql.Tx, uid dicom.UID) (Step, error) {
	step := Step{SOPInstanceUID: uid, Set: dicom.NewDataSet()}
	var body string
	err := tx.QueryRow(`SELECT body FROM procedure_step WHERE sop_instance_uid = ?`, uid).Scan(&body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return step, fmt.Errorf("procedure %s: %w", uid, ErrNotFound)
	case err != nil:
		return step, fmt.Errorf("procedure %s: %w", uid, err)
	}
	if err := json.Unmarshal([]byte(body), step.Set); err != nil {
		return step, fmt.Errorf("procedure %s: %w: %w", uid, ErrDamaged, err)
	}
	return step, nil
}

func (s *Store) putStep(tx *sql.Tx, step Step) error {
	step.Set.SetUID(dicom.SOPInstanceUID, step.SOPInstanceUID)
	report, studies := dose.ReadStep(step.Set)
	study := dicom.UID("")
	if len(studies) > 0 {
		study = studies[0]
	}
	body, err := json.Marshal(step.Set)
	if err != nil {
		return fmt.Errorf("procedure %s: %w", step.SOPInstanceUID, err)
	}
	told, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("dose of procedure %s: %w", step.SOPInstanceUID, err)
	}
	_, err = tx.Exec(`INSERT OR REPLACE INTO procedure_step VALUES (?,?,?,?,?,?)`, step.SOPInstanceUID, study,
		step.Set.String(dicom.PerformedProcedureStepStatus), s.Now().Unix(), string(body), string(told))
	return err
}

// stepDoses adds what procedures told of the doses of studies.
func (s *Store) stepDoses(ctx context.Context, studies []dicom.UID, into map[dicom.UID][]dose.Report) error {
	args := make([]any, len(studies))
	for i, uid := range studies {
		args[i] = uid
	}
	rows, err := s.read.QueryContext(ctx, `SELECT study_instance_uid, dose FROM procedure_step
		WHERE study_instance_uid IN (?`+strings.Repeat(`,?`, len(args)-1)+`) ORDER BY sop_instance_uid`, args...)
	if err != nil {
		return err
	}
	list, err := scanBodies[dose.Report](rows)
	for _, k := range list {
		if !k.value.Empty() {
			into[dicom.UID(k.key)] = append(into[dicom.UID(k.key)], k.value)
		}
	}
	return err
}
