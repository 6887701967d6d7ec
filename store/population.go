package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// SavePopulation adds the patients of a list to the attached population, or
// corrects them. With replace, those leave whom an earlier reading of the same
// list brought and this one does not name; what is known of their studies stays.
func (s *Store) SavePopulation(ctx context.Context, source string, patients []clinic.Patient, replace bool) (added, removed int, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		var before, after, listed int
		if err := tx.QueryRow(`SELECT count(*), coalesce(max(listed), 0) + 1 FROM population`).Scan(&before, &listed); err != nil {
			return fmt.Errorf("population: %w", err)
		}
		insert, err := tx.Prepare(`INSERT INTO population VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
			patient_name = excluded.patient_name, patient_birth_date = excluded.patient_birth_date,
			patient_sex = excluded.patient_sex, source = excluded.source, listed = excluded.listed`)
		if err != nil {
			return fmt.Errorf("population: %w", err)
		}
		defer insert.Close()
		for _, p := range patients {
			if _, err := insert.Exec(p.PatientID, p.IssuerOfPatientID, p.PatientName.String(), p.PatientBirthDate.Raw, p.PatientSex,
				source, listed, s.Now().Unix()); err != nil {
				return fmt.Errorf("population: %w", err)
			}
			if err := notePerson(tx, p); err != nil {
				return err
			}
		}
		if err := tx.QueryRow(`SELECT count(*) FROM population`).Scan(&after); err != nil || !replace {
			added = after - before
			return err
		}
		gone, err := tx.Exec(`DELETE FROM population WHERE source = ? AND listed < ?`, source, listed)
		if err != nil {
			return fmt.Errorf("population: %w", err)
		}
		n, err := gone.RowsAffected()
		added, removed = after-before, int(n)
		return err
	})
	return added, removed, err
}

const selectPatient = `SELECT population.patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex FROM population`

// Population lists attached patients by their ID, those that come after a
// patient (the zero one: from the first), at most limit.
func (s *Store) Population(ctx context.Context, after clinic.Patient, limit int) ([]clinic.Patient, error) {
	return s.patients(ctx, selectPatient+` WHERE (patient_id, issuer_of_patient_id) > (?, ?)
		ORDER BY patient_id, issuer_of_patient_id LIMIT ?`, after.PatientID, after.IssuerOfPatientID, limit)
}

const due = ` LEFT JOIN asked ON asked.node = ? AND asked.patient_id = population.patient_id
	WHERE asked.at IS NULL OR asked.at < max(population.since, ?)`

// PatientsDue lists attached patients whom a node has not answered about since
// they came in, or since before: first those it was never asked for, then the
// longest ago.
func (s *Store) PatientsDue(ctx context.Context, node string, before time.Time, limit int) ([]clinic.Patient, error) {
	return s.patients(ctx, selectPatient+due+` ORDER BY asked.at LIMIT ?`, node, before.Unix(), limit)
}

// CountDue counts those whom PatientsDue lists.
func (s *Store) CountDue(ctx context.Context, node string, before time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM population`+due, node, before.Unix()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("population: %w", err)
	}
	return n, nil
}

func (s *Store) patients(ctx context.Context, query string, args ...any) (list []clinic.Patient, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("population: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p clinic.Patient
		var name, birth string
		if err := rows.Scan(&p.PatientID, &p.IssuerOfPatientID, &name, &birth, &p.PatientSex); err != nil {
			return nil, fmt.Errorf("population: %w", err)
		}
		p.PatientName, p.PatientBirthDate = dicom.ParsePersonName(name), dicom.ParseDate(birth)
		list = append(list, p)
	}
	return list, rows.Err()
}

// SaveAnswers writes what a node answered about patients, and that it did.
func (s *Store) SaveAnswers(ctx context.Context, node string, patientIDs []string, studies []clinic.Study) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		if err := saveStudies(tx, studies, s.Now().Unix()); err != nil {
			return err
		}
		for _, id := range patientIDs {
			if _, err := tx.Exec(noteAsked, node, id, s.Now().Unix()); err != nil {
				return fmt.Errorf("asked: %w", err)
			}
		}
		return nil
	})
}

// Index is how far the studies of the population are known from one node.
type Index struct {
	Since   time.Time // when this began; patients it answered about before were known otherwise
	Through time.Time // what the node had then is known
}

// NoteIndexed records that all that a node had at a time is known, of the
// patients it answered about. It never goes back.
func (s *Store) NoteIndexed(ctx context.Context, node string, through time.Time) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO indexed VALUES (?,?,?) ON CONFLICT (node) DO UPDATE SET through = max(through, excluded.through)`,
			node, through.Unix(), through.Unix())
		return err
	})
}

// Indexes says how far the population is known from each node.
func (s *Store) Indexes(ctx context.Context) (map[string]Index, error) {
	return s.indexes(ctx, `SELECT node, since, through FROM indexed`)
}

// IndexOf is Indexes for the nodes that answered about a patient of the
// population since it began; none for other patients.
func (s *Store) IndexOf(ctx context.Context, patientID string) (map[string]Index, error) {
	return s.indexes(ctx, `SELECT indexed.node, indexed.since, through FROM population
		JOIN asked ON asked.patient_id = population.patient_id JOIN indexed ON indexed.node = asked.node
		WHERE population.patient_id = ? AND asked.at >= max(population.since, indexed.since)`, patientID)
}

func (s *Store) indexes(ctx context.Context, query string, args ...any) (map[string]Index, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("index of the population: %w", err)
	}
	defer rows.Close()
	all := map[string]Index{}
	for rows.Next() {
		var node string
		var since, through int64
		if err := rows.Scan(&node, &since, &through); err != nil {
			return nil, fmt.Errorf("index of the population: %w", err)
		}
		all[node] = Index{time.Unix(since, 0), time.Unix(through, 0)}
	}
	return all, rows.Err()
}

// PopulationCount says how large the population and its index are.
type PopulationCount struct {
	Patients, Studies int
	Bytes             int64 // of the whole index, other studies included
}

// CountPopulation counts the attached patients and what is known of them.
func (s *Store) CountPopulation(ctx context.Context) (c PopulationCount, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM population),
		(SELECT count(*) FROM study WHERE patient_id IN (SELECT patient_id FROM population)),
		(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())`).Scan(&c.Patients, &c.Studies, &c.Bytes)
	if err != nil {
		return c, fmt.Errorf("population: %w", err)
	}
	return c, nil
}
