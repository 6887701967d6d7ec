package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// insertRows writes the rows of a batch; study and series rows are written
// once per batch however many instances they have.
func insertRows(tx *sql.Tx, files []*stagedFile, now int64) error {
	studies := map[dicom.UID]*batchStudy{}
	insert, err := tx.Prepare(`INSERT INTO instance (sop_instance_uid, series_id, sop_class_uid, transfer_syntax_uid,
		instance_number, number_of_frames, rows, columns, place, path, file_bytes, sha256)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	defer insert.Close()
	for _, f := range files {
		study := studies[f.study.StudyInstanceUID]
		if study == nil {
			if study, err = loadStudy(tx, f, now); err != nil {
				return err
			}
			studies[f.study.StudyInstanceUID] = study
		}
		series, err := study.seriesFor(tx, f)
		if err != nil {
			return err
		}
		i := f.instance
		result, err := insert.Exec(i.SOPInstanceUID, series.id, i.SOPClassUID, i.TransferSyntaxUID, i.InstanceNumber,
			i.NumberOfFrames, i.Rows, i.Columns, placeJSON(i), f.path(), i.FileBytes, i.SHA256)
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			continue // another file of the same instance has its row: counted once
		}
		series.added++
		study.count(f)
	}
	for _, study := range studies {
		if err := study.save(tx, now); err != nil {
			return err
		}
	}
	return insertWithdrawn(tx, files, studies)
}

// batchStudy gathers what a batch adds to one study.
type batchStudy struct {
	id     int64
	study  clinic.Study
	added  int
	bytes  int64
	series map[dicom.UID]*batchSeries
}

type batchSeries struct {
	id    int64
	added int
}

func loadStudy(tx *sql.Tx, f *stagedFile, now int64) (*batchStudy, error) {
	s := f.study
	s.Source = f.source
	id, err := upsertStudy(tx, s, now)
	if err != nil {
		return nil, err
	}
	b := &batchStudy{id: id, series: map[dicom.UID]*batchSeries{}}
	b.study, err = scanStudy(tx.QueryRow(selectStudy+` WHERE id = ?`, id))
	return b, err
}

func (b *batchStudy) seriesFor(tx *sql.Tx, f *stagedFile) (*batchSeries, error) {
	if have := b.series[f.series.SeriesInstanceUID]; have != nil {
		return have, nil
	}
	id, err := upsertSeries(tx, b.id, f.series)
	if err != nil {
		return nil, err
	}
	have := &batchSeries{id: id}
	b.series[f.series.SeriesInstanceUID] = have
	return have, nil
}

// count folds one file into the study's gathered values.
func (b *batchStudy) count(f *stagedFile) {
	b.added++
	b.bytes += f.instance.FileBytes
	b.study.ModalitiesInStudy = addTo(b.study.ModalitiesInStudy, f.study.ModalitiesInStudy...)
	b.study.BodyPartsExamined = addTo(b.study.BodyPartsExamined, f.study.BodyPartsExamined...)
	b.study.SeriesDescriptions = addTo(b.study.SeriesDescriptions, f.series.SeriesDescription)
	if b.study.Laterality == "" {
		b.study.Laterality = f.study.Laterality
	} else if f.study.Laterality != "" && f.study.Laterality != b.study.Laterality {
		b.study.Laterality = "B"
	}
	if f.study.Contrast != "" {
		b.study.Contrast = f.study.Contrast
	}
	if f.study.ReportText != "" && b.study.Report != clinic.ReportFinal {
		b.study.Report, b.study.ReportText = f.study.Report, f.study.ReportText
	}
}

// save writes what was gathered. What arrives counts as used: a prior that was
// just fetched for somebody must not be the first to go.
func (b *batchStudy) save(tx *sql.Tx, now int64) error {
	for _, s := range b.series {
		if _, err := tx.Exec(`UPDATE series SET number_of_instances = number_of_instances + ? WHERE id = ?`, s.added, s.id); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	_, err := tx.Exec(`UPDATE study SET number_of_instances = number_of_instances + ?, bytes = bytes + ?, used = max(used, ?),
		number_of_series = (SELECT count(*) FROM series WHERE study_id = study.id),
		modalities = ?, body_parts = ?, series_descriptions = ?, laterality = ?, contrast = ?, report = ?, report_text = ? WHERE id = ?`,
		b.added, b.bytes, now, framed(b.study.ModalitiesInStudy), strings.Join(b.study.BodyPartsExamined, `\`),
		jsonList(b.study.SeriesDescriptions), b.study.Laterality, b.study.Contrast, b.study.Report, b.study.ReportText, b.id)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return nil
}

// upsertStudy adds a study's row or fills what the row does not know yet. An
// archive's answer never empties what a file said.
func upsertStudy(tx *sql.Tx, s clinic.Study, now int64) (id int64, err error) {
	sort := s.StudyDate.DICOM()
	err = tx.QueryRow(`INSERT INTO study (study_instance_uid, patient_id, issuer_of_patient_id, patient_name,
		patient_birth_date, patient_sex, study_date, sort_date, study_time, accession_number, study_description,
		modalities, body_parts, series_descriptions, laterality, institution_name, referring_physician,
		number_of_series, expected_instances, source, contrast, report, report_text, defect, seen, used)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)
		ON CONFLICT (study_instance_uid) DO UPDATE SET seen = excluded.seen,
			expected_instances = max(expected_instances, excluded.expected_instances),
			number_of_series = max(number_of_series, excluded.number_of_series),
			study_description = iif(study_description = '', excluded.study_description, study_description),
			institution_name = iif(institution_name = '', excluded.institution_name, institution_name),
			referring_physician = iif(referring_physician = '', excluded.referring_physician, referring_physician),
			modalities = iif(modalities = '', excluded.modalities, modalities),
			body_parts = iif(body_parts = '', excluded.body_parts, body_parts),
			series_descriptions = iif(series_descriptions = '[]', excluded.series_descriptions, series_descriptions),
			report = iif(report = 'none', excluded.report, report),
			report_text = iif(report_text = '', excluded.report_text, report_text),
			source = iif(source = '', excluded.source, source),
			withdrawn = iif(withdrawn = 'deleted', '', withdrawn)
		RETURNING id`,
		s.StudyInstanceUID, s.Patient.PatientID, s.Patient.IssuerOfPatientID, s.Patient.PatientName.String(),
		s.Patient.PatientBirthDate.Raw, s.Patient.PatientSex, s.StudyDate.Raw, sort, s.StudyTime.Raw, s.AccessionNumber,
		s.StudyDescription, framed(s.ModalitiesInStudy), strings.Join(s.BodyPartsExamined, `\`), jsonList(s.SeriesDescriptions),
		s.Laterality, s.InstitutionName, s.ReferringPhysician.String(), s.NumberOfSeries, s.ExpectedInstances, s.Source,
		s.Contrast, reportOr(s.Report), s.ReportText, s.Defect, now).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("index: %w", err)
	}
	if err := notePerson(tx, s.Patient); err != nil {
		return 0, err
	}
	return id, insertWords(tx, id, s.Patient.PatientName, s.StudyDate.DICOM())
}

func insertWords(tx *sql.Tx, id int64, name dicom.PersonName, sortDate string) error {
	for _, word := range clinic.NameWords(name.String()) {
		if _, err := tx.Exec(`INSERT INTO study_word (word, study_id, sort_date) VALUES (?,?,?) ON CONFLICT DO NOTHING`,
			word, id, sortDate); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	return nil
}

// correctStudy follows the archive a study came from: when that moves the study
// to the right patient, a check must find it there, whatever the files say. How
// an archive spells the same patient does not matter once files are here.
func correctStudy(tx *sql.Tx, id int64, s clinic.Study) error {
	if s.Patient.PatientID == "" || s.Patient.PatientName.String() == "" {
		return nil // an archive that says nothing corrects nothing
	}
	var known string
	if err := tx.QueryRow(`SELECT patient_name FROM study WHERE id = ?`, id).Scan(&known); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	result, err := tx.Exec(`UPDATE study SET patient_id = ?, issuer_of_patient_id = ?, patient_name = ?, patient_birth_date = ?,
		patient_sex = ?, study_date = ?, sort_date = ?, study_time = ?, accession_number = ?
		WHERE id = ? AND source = ? AND (number_of_instances = 0 OR patient_id <> ?)
		AND (patient_id, patient_name, sort_date) <> (?, ?, ?)`,
		s.Patient.PatientID, s.Patient.IssuerOfPatientID, s.Patient.PatientName.String(), s.Patient.PatientBirthDate.Raw,
		s.Patient.PatientSex, s.StudyDate.Raw, s.StudyDate.DICOM(), s.StudyTime.Raw, s.AccessionNumber,
		id, s.Source, s.Patient.PatientID, s.Patient.PatientID, s.Patient.PatientName.String(), s.StudyDate.DICOM())
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if err := deleteWords(tx, id, known); err != nil {
		return err
	}
	return insertWords(tx, id, s.Patient.PatientName, s.StudyDate.DICOM())
}

// deleteWords takes out the words of the name that a study had.
func deleteWords(tx *sql.Tx, id int64, name string) error {
	for _, word := range clinic.NameWords(name) {
		if _, err := tx.Exec(`DELETE FROM study_word WHERE word = ? AND study_id = ?`, word, id); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	return nil
}

func upsertSeries(tx *sql.Tx, study int64, s clinic.Series) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO series (study_id, series_instance_uid, series_number, modality, series_description,
		body_part_examined, laterality, protocol_name, expected_instances) VALUES (?,?,?,?,?,?,?,?,?)
		ON CONFLICT (study_id, series_instance_uid) DO UPDATE SET expected_instances = max(expected_instances, excluded.expected_instances)
		RETURNING id`, study, s.SeriesInstanceUID, s.SeriesNumber, s.Modality, s.SeriesDescription, s.BodyPartExamined,
		s.Laterality, s.ProtocolName, s.ExpectedInstances).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("index: %w", err)
	}
	return id, nil
}

func reportOr(r clinic.ReportStatus) clinic.ReportStatus {
	if r == "" {
		return clinic.ReportNone
	}
	return r
}

// framed writes codes as \CT\SR\, so that LIKE '%\CT\%' finds whole codes.
func framed(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return `\` + strings.Join(codes, `\`) + `\`
}

func unframed(s string) []string {
	if s = strings.Trim(s, `\`); s == "" {
		return nil
	}
	return strings.Split(s, `\`)
}

func jsonList(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // strings always marshal
	return string(b)
}
