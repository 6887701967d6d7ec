package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
)

// notePerson keeps a way in which a patient is written down. Numbers add up.
func notePerson(tx *sql.Tx, p clinic.Patient) error {
	if p.PatientID == "" {
		return nil // nobody can be linked to him
	}
	var id int64
	var others string
	err := tx.QueryRow(`SELECT id, other_patient_ids FROM person WHERE (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex) = (?,?,?,?,?)`,
		p.PatientID, p.IssuerOfPatientID, p.PatientName.String(), p.PatientBirthDate.Raw, p.PatientSex).Scan(&id, &others)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if err := tx.QueryRow(`INSERT INTO person (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex, other_patient_ids)
			VALUES (?,?,?,?,?,?) RETURNING id`, p.PatientID, p.IssuerOfPatientID, p.PatientName.String(), p.PatientBirthDate.Raw, p.PatientSex,
			identifiersJSON(p.OtherPatientIDs)).Scan(&id); err != nil {
			return fmt.Errorf("person: %w", err)
		}
	case err != nil:
		return fmt.Errorf("person: %w", err)
	default:
		known := clinic.Patient{PatientID: p.PatientID, IssuerOfPatientID: p.IssuerOfPatientID, OtherPatientIDs: identifiersOf(others)}
		before := len(known.OtherPatientIDs)
		for _, i := range p.OtherPatientIDs {
			known.AddIdentifier(i)
		}
		if len(known.OtherPatientIDs) == before {
			return nil
		}
		if _, err := tx.Exec(`UPDATE person SET other_patient_ids = ? WHERE id = ?`, identifiersJSON(known.OtherPatientIDs), id); err != nil {
			return fmt.Errorf("person: %w", err)
		}
	}
	return insertBlocks(tx, id, p)
}

func insertBlocks(tx *sql.Tx, id int64, p clinic.Patient) error {
	for _, block := range identity.Of(p).Blocks() {
		if _, err := tx.Exec(`INSERT INTO person_block VALUES (?,?) ON CONFLICT DO NOTHING`, block, id); err != nil {
			return fmt.Errorf("person: %w", err)
		}
	}
	return nil
}

func identifiersJSON(list []clinic.Identifier) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // strings always marshal
	return string(b)
}

// identifiersOf reads what identifiersJSON wrote; from a damaged row, nothing.
func identifiersOf(text string) (list []clinic.Identifier) {
	if text != "[]" && json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	return list
}

// mostPersons bounds how many are compared with one: the most frequent names of
// a city, with room to spare.
const mostPersons = 20000

const selectPerson = `SELECT patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex, other_patient_ids FROM person`

// stillSo leaves out who was written down once and is not any more: an archive
// corrected it, or the study is gone.
const stillSo = ` (EXISTS (SELECT 1 FROM study WHERE (study.patient_id, study.issuer_of_patient_id, study.patient_name, study.patient_birth_date, study.patient_sex) =
		(person.patient_id, person.issuer_of_patient_id, person.patient_name, person.patient_birth_date, person.patient_sex))
	OR EXISTS (SELECT 1 FROM population WHERE (population.patient_id, population.issuer_of_patient_id, population.patient_name, population.patient_birth_date, population.patient_sex) =
		(person.patient_id, person.issuer_of_patient_id, person.patient_name, person.patient_birth_date, person.patient_sex)))`

// PersonsLike lists the patients of the cache and of the attached population
// who share a block with one, himself included; one who is written down in
// several ways stands in it several times.
func (s *Store) PersonsLike(ctx context.Context, p identity.Person) ([]clinic.Patient, error) {
	blocks := p.Blocks()
	if len(blocks) == 0 {
		return nil, nil
	}
	args := make([]any, len(blocks))
	for i, b := range blocks {
		args[i] = b
	}
	return s.persons(ctx, ` WHERE id IN (SELECT person FROM person_block WHERE block IN (?`+strings.Repeat(`,?`, len(blocks)-1)+`)) AND `+stillSo+` LIMIT ?`,
		append(args, mostPersons)...)
}

// PersonsOf lists the ways in which a PatientID is written down.
func (s *Store) PersonsOf(ctx context.Context, patientID string) ([]clinic.Patient, error) {
	return s.persons(ctx, ` WHERE patient_id = ? AND `+stillSo+` LIMIT ?`, patientID, mostPersons)
}

func (s *Store) persons(ctx context.Context, where string, args ...any) (list []clinic.Patient, err error) {
	rows, err := s.read.QueryContext(ctx, selectPerson+where, args...)
	if err != nil {
		return nil, fmt.Errorf("persons: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p clinic.Patient
		var name, birth, others string
		if err := rows.Scan(&p.PatientID, &p.IssuerOfPatientID, &name, &birth, &p.PatientSex, &others); err != nil {
			return nil, fmt.Errorf("persons: %w", err)
		}
		p.PatientName, p.PatientBirthDate, p.OtherPatientIDs = dicom.ParsePersonName(name), dicom.ParseDate(birth), identifiersOf(others)
		list = append(list, p)
	}
	return list, rows.Err()
}

// keysVersion is the setting that says with which NameKeyVersion the words and
// blocks of the index were made.
const keysVersion = "index.nameKeys"

// renewKeys makes the words and blocks anew when they were made with other
// keys, or before there were any.
func (s *Store) renewKeys(ctx context.Context) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		var have string
		err := tx.QueryRow(`SELECT value FROM setting WHERE name = ?`, keysVersion).Scan(&have)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("index: %w", err)
		}
		if have == fmt.Sprint(clinic.NameKeyVersion) {
			return nil
		}
		for _, query := range []string{
			`DELETE FROM study_word`, `DELETE FROM person_block`,
			`INSERT OR IGNORE INTO person (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex)
				SELECT patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex FROM study WHERE patient_id <> '' UNION
				SELECT patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex FROM population`,
		} {
			if _, err := tx.Exec(query); err != nil {
				return fmt.Errorf("index: %w", err)
			}
		}
		if err := renewWords(tx); err != nil {
			return err
		}
		if err := renewBlocks(tx); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO setting VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, keysVersion, fmt.Sprint(clinic.NameKeyVersion))
		return err
	})
}

// renewed is how many rows are read before theirs are written.
const renewed = 5000

func renewWords(tx *sql.Tx) error {
	for last := int64(0); ; {
		rows, err := tx.Query(`SELECT id, patient_name, sort_date FROM study WHERE id > ? ORDER BY id LIMIT ?`, last, renewed)
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		type named struct {
			id         int64
			name, date string
		}
		var list []named
		for rows.Next() {
			var n named
			if err = rows.Scan(&n.id, &n.name, &n.date); err != nil {
				break
			}
			list = append(list, n)
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("index: %w", err)
		}
		for _, n := range list {
			if err := insertWords(tx, n.id, dicom.ParsePersonName(n.name), n.date); err != nil {
				return err
			}
			last = n.id
		}
		if len(list) < renewed {
			return nil
		}
	}
}

func renewBlocks(tx *sql.Tx) error {
	for last := int64(0); ; {
		rows, err := tx.Query(`SELECT id, patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex, other_patient_ids
			FROM person WHERE id > ? ORDER BY id LIMIT ?`, last, renewed)
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		list := map[int64]clinic.Patient{}
		for rows.Next() {
			var id int64
			var p clinic.Patient
			var name, birth, others string
			if err = rows.Scan(&id, &p.PatientID, &p.IssuerOfPatientID, &name, &birth, &p.PatientSex, &others); err != nil {
				break
			}
			p.PatientName, p.PatientBirthDate, p.OtherPatientIDs = dicom.ParsePersonName(name), dicom.ParseDate(birth), identifiersOf(others)
			list[id], last = p, id
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("index: %w", err)
		}
		for id, p := range list {
			if err := insertBlocks(tx, id, p); err != nil {
				return err
			}
		}
		if len(list) < renewed {
			return nil
		}
	}
}
