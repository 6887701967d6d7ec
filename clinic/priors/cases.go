package priors

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// ErrCases marks a case table that cannot be read.
var ErrCases = errors.New("case table")

// Case is one row of a case table: one order and one prior of one patient.
type Case struct {
	ID    string
	Order clinic.Order
	Prior clinic.Study
}

// caseColumns are the columns that are read; others (labels) are passed over.
var caseColumns = []string{
	"case_id", "order_date", "order_modality", "order_code", "order_text", "order_body_part", "order_laterality", "order_contrast", "order_reason",
	"prior_date", "prior_modalities", "prior_study_description", "prior_body_part_examined", "prior_series_descriptions",
	"prior_laterality", "prior_contrast", "prior_report", "prior_images", "prior_quality",
}

// maxCaseLine bounds the bytes of one row.
const maxCaseLine = 1 << 20

// ReadCases reads a tab-separated table with a header row, without quoting.
// The columns may stand in any order; a missing one is an error (ErrCases with
// the line), labels are not looked at.
func ReadCases(r io.Reader) ([]Case, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCaseLine)
	if !lines.Scan() {
		return nil, fmt.Errorf("%w: no header row: %w", ErrCases, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
	}
	column := map[string]int{}
	for i, name := range strings.Split(trimLine(lines.Text()), "\t") {
		column[name] = i
	}
	for _, name := range caseColumns {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("%w: column %q is missing", ErrCases, name)
		}
	}
	var out []Case
	for n := 2; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		c, err := readCase(strings.Split(trimLine(lines.Text()), "\t"), column)
		if err != nil {
			return nil, fmt.Errorf("%w line %d: %w", ErrCases, n, err)
		}
		out = append(out, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w after %d rows: %w", ErrCases, len(out), err)
	}
	return out, nil
}

func trimLine(line string) string {
	return strings.TrimPrefix(strings.TrimRight(line, "\r"), "\ufeff")
}

func readCase(row []string, column map[string]int) (Case, error) {
	get := func(name string) string {
		if i := column[name]; i < len(row) {
			return row[i]
		}
		return ""
	}
	day, err := time.Parse(time.DateOnly, get("order_date"))
	if err != nil && get("order_date") != "" {
		return Case{}, fmt.Errorf("order_date: %w", err)
	}
	return Case{
		ID: get("case_id"),
		Order: clinic.Order{
			AccessionNumber: get("case_id"), Scheduled: day, Modality: get("order_modality"), Code: get("order_code"), Text: get("order_text"),
			BodyPart: get("order_body_part"), Laterality: get("order_laterality"), Contrast: get("order_contrast"), Reason: get("order_reason"),
		},
		Prior: clinic.Study{
			StudyInstanceUID: dicom.DeriveUID("case", get("case_id")),
			StudyDate:        dicom.ParseDate(strings.ReplaceAll(get("prior_date"), "-", "")), StudyDescription: get("prior_study_description"),
			ModalitiesInStudy: parts(get("prior_modalities"), `\`), BodyPartsExamined: parts(get("prior_body_part_examined"), `\`),
			SeriesDescriptions: parts(get("prior_series_descriptions"), "|"), Laterality: get("prior_laterality"), Contrast: get("prior_contrast"),
			Report: clinic.ReportStatus(get("prior_report")), Completeness: completeness(get("prior_images")), Defect: get("prior_quality") == "defect",
		},
	}, nil
}

func completeness(images string) clinic.Completeness {
	if images == "no" {
		return clinic.Absent
	}
	return clinic.Complete
}

func parts(field, by string) []string {
	var out []string
	for _, one := range strings.Split(field, by) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}
