package command

import (
	"fmt"
	"strings"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
)

type studiesCmd struct {
	Patient  string `help:"PatientID, whole." placeholder:"ID"`
	Name     string `help:"Words of the name, each a prefix, in either script." placeholder:"TEXT"`
	Modality string `help:"Modality code, e.g. CT." placeholder:"M"`
	From     string `help:"First study date, YYYY-MM-DD." placeholder:"D"`
	To       string `help:"Last study date, YYYY-MM-DD." placeholder:"D"`
}

type studyResult struct {
	StudyInstanceUID  dicom.UID `json:"studyInstanceUID"`
	PatientID         string    `json:"patientID"`
	PatientName       string    `json:"patientName"`
	PatientBirthDate  string    `json:"patientBirthDate"`
	StudyDate         string    `json:"studyDate"`
	ModalitiesInStudy []string  `json:"modalitiesInStudy"`
	StudyDescription  string    `json:"studyDescription"`
	AccessionNumber   string    `json:"accessionNumber"`
	InstitutionName   string    `json:"institutionName"`
	Series            int       `json:"series"`
	Instances         int       `json:"instances"`
	Expected          int       `json:"expected"`
	Completeness      string    `json:"completeness"`
	Report            string    `json:"report"`
}

func studyJSON(s clinic.Study) studyResult {
	return studyResult{s.StudyInstanceUID, s.Patient.PatientID, s.Patient.PatientName.Display(), s.Patient.PatientBirthDate.ISO(),
		s.StudyDate.ISO(), append([]string{}, s.ModalitiesInStudy...), s.StudyDescription, s.AccessionNumber, s.InstitutionName,
		s.NumberOfSeries, s.NumberOfInstances, s.ExpectedInstances, string(s.Completeness), string(s.Report)}
}

// Run lists the cache, newest first.
func (c *studiesCmd) Run(s *session) error {
	filter := store.StudyFilter{PatientID: c.Patient, Name: c.Name, Modality: strings.ToUpper(c.Modality), Limit: 100_000}
	for _, d := range []struct {
		text string
		into *dicom.Date
	}{{c.From, &filter.From}, {c.To, &filter.To}} {
		if d.text == "" {
			continue
		}
		if *d.into = dicom.ParseDate(strings.ReplaceAll(d.text, "-", "")); !d.into.Valid() {
			return failure(s.L("%q is no date; write it as 2026-11-23.", d.text))
		}
	}
	cache, err := s.cache()
	if err != nil {
		return err
	}
	defer cache.Close()
	studies, err := cache.Studies(s, filter)
	if err != nil {
		return err
	}
	results := make([]studyResult, len(studies))
	for i := range studies {
		results[i] = studyJSON(studies[i])
	}
	return s.print(results, func() {
		for _, v := range studies {
			fmt.Fprintf(s.out, "%-12s %-8s %-28s %-14s %s  [%s, %d]\n", s.Date(v.StudyDate), strings.Join(v.ModalitiesInStudy, "/"),
				v.Patient.PatientName.Display(), v.Patient.PatientID, v.StudyDescription, s.L(string(v.Completeness)), v.NumberOfInstances)
		}
		s.say("Studies: %d.", len(studies))
	})
}
