package clinic

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"eris/dicom"
)

// BadLine is a line of a list that says no patient.
type BadLine struct {
	Line int   // from 1
	Err  error // one of the kinds below
}

// What can be wrong with a line of a list of patients.
var (
	ErrColumns   = errors.New("a line needs five columns: ID, issuer, name, birth date, sex")
	ErrPatientID = errors.New("the patient ID is missing or holds one of \\ * ?")
	ErrBirthDate = errors.New("the birth date is no date")
	ErrSex       = errors.New("the sex is none of M, F, O")
)

// mostListBytes bounds a list of patients: some millions of them.
const mostListBytes = 512 << 20

// ErrLongList says that a file is too long for a list of patients.
var ErrLongList = fmt.Errorf("a list of patients may have %d MB", mostListBytes>>20)

// ReadPatients reads a list of patients as registries write them out: a patient
// a line, PatientID, issuer, name, birth date, sex, parted by ; or , or tabs, in
// UTF-8 or CP1251, with or without a line of headings. A line that says no
// patient is named in bad, and the others count.
func ReadPatients(r io.Reader) (list []Patient, bad []BadLine, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, mostListBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(raw) > mostListBytes {
		return nil, nil, ErrLongList
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		if raw, err = charmap.Windows1251.NewDecoder().Bytes(raw); err != nil {
			return nil, nil, err
		}
	}
	var comma rune
	number := 0
	for line := range strings.Lines(string(raw)) {
		number++
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) == "" {
			continue
		}
		first := comma == 0
		if first {
			comma = separator(line)
		}
		p, err := readPatient(line, comma)
		switch {
		case err == nil:
			list = append(list, p)
		case !first || !errors.Is(err, ErrBirthDate): // else it is the headings
			bad = append(bad, BadLine{number, err})
		}
	}
	return list, bad, nil
}

// separator is what parts the columns of a line.
func separator(line string) rune {
	for _, c := range ";\t" {
		if strings.ContainsRune(line, c) {
			return c
		}
	}
	return ','
}

func readPatient(line string, comma rune) (p Patient, err error) {
	// Each line by itself: an open quote must not swallow the rest of the list.
	c := csv.NewReader(strings.NewReader(line))
	c.Comma, c.FieldsPerRecord = comma, -1
	fields, err := c.Read()
	if err != nil || len(fields) < 5 {
		return p, ErrColumns
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	p.PatientID, p.IssuerOfPatientID, p.PatientName = fields[0], fields[1], listedName(fields[2])
	var known bool
	if p.PatientBirthDate, known = listedDate(fields[3]); !known {
		return p, ErrBirthDate
	}
	if p.PatientID == "" || strings.ContainsAny(p.PatientID, `\*?`) { // they would ask an archive for others too
		return p, ErrPatientID
	}
	if p.PatientSex, known = listedSexes[strings.ToLower(fields[4])]; !known {
		return p, ErrSex
	}
	return p, nil
}

// listedName reads a name as DICOM writes it or as people do, the family first.
func listedName(text string) dicom.PersonName {
	if !strings.Contains(text, "^") {
		text = strings.Join(strings.Fields(text), "^")
	}
	return dicom.ParsePersonName(text)
}

// listedDate reads 12.04.1961, 1961-04-12 and 19610412; nothing is no date told.
func listedDate(text string) (d dicom.Date, ok bool) {
	if parts := strings.Split(text, "."); len(parts) == 3 {
		text = parts[2] + parts[1] + parts[0]
	}
	d = dicom.ParseDate(strings.ReplaceAll(text, "-", ""))
	return d, text == "" || d.Valid()
}

// listedSexes are the ways in which lists write PatientSex.
var listedSexes = map[string]string{
	"": "", "m": "M", "f": "F", "o": "O", "м": "M", "ж": "F", "муж": "M", "жен": "F", "мужской": "M", "женский": "F", "male": "M", "female": "F",
}
