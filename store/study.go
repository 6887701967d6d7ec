package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// StudyFilter chooses studies; empty fields do not filter.
type StudyFilter struct {
	StudyInstanceUID dicom.UID
	PatientID        string // whole
	AccessionNumber  string // whole
	Name             string // each word a prefix of a word of the name, in either script
	Text             string // what a person typed into the one search field: ID, accession or name
	Modality         string // a code, e.g. CT
	Source           string // the node it came from
	From, To         dicom.Date
	CachedOnly       bool // only studies with files here
	Limit            int  // 0 is 500
}

const selectStudy = `SELECT study_instance_uid, patient_id, issuer_of_patient_id, patient_name, patient_birth_date,
	patient_sex, study_date, study_time, accession_number, study_description, modalities, body_parts, series_descriptions,
	laterality, institution_name, referring_physician, number_of_series, number_of_instances, expected_instances, source,
	contrast, report, report_text, defect, withdrawn FROM study`

// Studies lists studies, newest first.
func (s *Store) Studies(ctx context.Context, f StudyFilter) ([]clinic.Study, error) {
	if f.Limit == 0 {
		f.Limit = 500
	}
	where, args := f.where()
	rows, err := s.read.QueryContext(ctx, selectStudy+where+` ORDER BY sort_date DESC, study_time DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("studies: %w", err)
	}
	defer rows.Close()
	var list []clinic.Study
	for rows.Next() {
		study, err := scanStudy(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, study)
	}
	return list, rows.Err()
}

// Study is one study. Errors: ErrNotFound.
func (s *Store) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	return scanStudy(s.read.QueryRowContext(ctx, selectStudy+` WHERE study_instance_uid = ?`, uid))
}

// CountStudies says how many studies the index knows and how many bytes of files it holds.
func (s *Store) CountStudies(ctx context.Context) (studies int, bytes int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*),
		(SELECT coalesce(sum(bytes), 0) FROM study WHERE bytes > 0) FROM study`).Scan(&studies, &bytes)
	return studies, bytes, err
}

func (f StudyFilter) where() (string, []any) {
	var terms []string
	var args []any
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	equal := func(column, value string) {
		if value != "" {
			add(column+" = ?", value)
		}
	}
	equal("study_instance_uid", string(f.StudyInstanceUID))
	equal("patient_id", f.PatientID)
	equal("accession_number", f.AccessionNumber)
	if terms, values := f.nameTerms(f.Name); len(terms) > 0 {
		add(strings.Join(terms, " AND "), values...)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		either := []string{"id IN (SELECT id FROM study WHERE patient_id = ?)", "id IN (SELECT id FROM study WHERE accession_number = ?)"}
		values := []any{text, text}
		if terms, more := f.nameTerms(text); len(terms) > 0 {
			either, values = append(either, "("+strings.Join(terms, " AND ")+")"), append(values, more...)
		}
		add("("+strings.Join(either, " OR ")+")", values...)
	}
	equal("source", f.Source)
	if f.Modality != "" {
		add(`modalities LIKE ?`, `%\`+f.Modality+`\%`)
	}
	if f.From.Valid() {
		add("sort_date >= ?", f.From.DICOM())
	}
	if f.To.Valid() {
		add("sort_date <= ? AND sort_date <> ''", f.To.DICOM())
	}
	if f.CachedOnly {
		add("number_of_instances > 0")
	}
	if len(terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// nameTerm finds a word's prefix as a range, which the index of the table serves.
const nameTerm = `id IN (SELECT study_id FROM study_word WHERE word >= ? AND word < ?)`

// newestTerm is nameTerm when nothing else filters: only the newest are read.
const newestTerm = `id IN (SELECT study_id FROM study_word WHERE word >= ? AND word < ? GROUP BY study_id ORDER BY max(sort_date) DESC LIMIT ?)`

// nameTerms are the terms for each word of a name.
func (f StudyFilter) nameTerms(name string) (terms []string, args []any) {
	words := clinic.NameWords(name)
	for _, word := range words {
		args = append(args, word, word+"\U0010FFFF")
		if len(words) == 1 && f.textOnly() {
			return []string{newestTerm}, append(args, f.Limit)
		}
		terms = append(terms, nameTerm)
	}
	return terms, args
}

// textOnly reports the search a person types: a name or a text, nothing else.
func (f StudyFilter) textOnly() bool {
	rest := f
	rest.Limit = 0
	if rest.Name != "" {
		rest.Name = ""
	} else {
		rest.Text = ""
	}
	return rest == StudyFilter{}
}

type scanner interface{ Scan(dest ...any) error }

func scanStudy(r scanner) (s clinic.Study, err error) {
	var name, birth, date, clock, modalities, parts, descriptions, physician string
	err = r.Scan(&s.StudyInstanceUID, &s.Patient.PatientID, &s.Patient.IssuerOfPatientID, &name, &birth,
		&s.Patient.PatientSex, &date, &clock, &s.AccessionNumber, &s.StudyDescription, &modalities, &parts, &descriptions,
		&s.Laterality, &s.InstitutionName, &physician, &s.NumberOfSeries, &s.NumberOfInstances, &s.ExpectedInstances,
		&s.Source, &s.Contrast, &s.Report, &s.ReportText, &s.Defect, &s.Withdrawn)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNotFound
	}
	if err != nil {
		return s, fmt.Errorf("study: %w", err)
	}
	s.Patient.PatientName = dicom.ParsePersonName(name)
	s.Patient.PatientBirthDate = dicom.ParseDate(birth)
	s.StudyDate, s.StudyTime = dicom.ParseDate(date), dicom.ParseTime(clock)
	s.ReferringPhysician = dicom.ParsePersonName(physician)
	s.ModalitiesInStudy = unframed(modalities)
	s.BodyPartsExamined = unframed(parts)
	if err := json.Unmarshal([]byte(descriptions), &s.SeriesDescriptions); err != nil {
		return s, fmt.Errorf("study %s: %w: %w", s.StudyInstanceUID, ErrDamaged, err)
	}
	s.Completeness = completeness(s.NumberOfInstances, s.ExpectedInstances)
	return s, nil
}

func completeness(have, expected int) clinic.Completeness {
	switch {
	case have == 0:
		return clinic.Absent
	case have < expected:
		return clinic.Partial
	}
	return clinic.Complete
}

// SaveStudies writes what an archive answered about studies, so that the check
// knows of them when the archive is away. Files already here keep their word.
func (s *Store) SaveStudies(ctx context.Context, studies []clinic.Study) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		return saveStudies(tx, studies, s.Now().Unix())
	})
}

func saveStudies(tx *sql.Tx, studies []clinic.Study, now int64) error {
	for _, study := range studies {
		id, err := upsertStudy(tx, study, now)
		if err != nil {
			return err
		}
		if err := correctStudy(tx, id, study); err != nil {
			return err
		}
	}
	return nil
}

// SaveCount replaces how many instances a study is expected to have, when that
// is known for certain; what SaveStudies hears only raises it.
func (s *Store) SaveCount(ctx context.Context, study dicom.UID, instances int) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE study SET expected_instances = ? WHERE study_instance_uid = ?`, instances, study)
		return err
	})
}

// SaveSeries writes what an archive answered about the series of a study that is known.
func (s *Store) SaveSeries(ctx context.Context, list []clinic.Series) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		for _, series := range list {
			var id int64
			err := tx.QueryRow(`SELECT id FROM study WHERE study_instance_uid = ?`, series.StudyInstanceUID).Scan(&id)
			if errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("study %s: %w", series.StudyInstanceUID, ErrNotFound)
			}
			if err != nil {
				return fmt.Errorf("index: %w", err)
			}
			if _, err := upsertSeries(tx, id, series); err != nil {
				return err
			}
		}
		return nil
	})
}

// Touch notes that a person opened the study: eviction takes what nobody opened
// first, then the longest unused.
func (s *Store) Touch(ctx context.Context, uid dicom.UID) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE study SET used = ?, prefetched = '' WHERE study_instance_uid = ?`, s.Now().Unix(), uid)
		return err
	})
}
