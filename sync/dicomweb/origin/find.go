package origin

import (
	"encoding/json"
	"net/http"

	"eris/clinic"
	"eris/dicom"
)

const jsonType = "application/dicom+json"

// findStudies is QIDO-RS on the study level (PS3.18 10.6).
func (s *server) findStudies(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, err := queryOf(values)
	if err != nil {
		return err
	}
	studies, err := s.Cache.Studies(r.Context(), plain(q))
	if err != nil {
		return err
	}
	var found []clinic.Study
	for _, study := range studies {
		// What is only known of does not lie here.
		if study.NumberOfInstances > 0 && matches(q, study) {
			found = append(found, study)
		}
	}
	return answer(w, window(found, values), studySet)
}

func (s *server) findSeries(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Cache.Series(r.Context(), dicom.UID(r.PathValue("study")))
	if err != nil {
		return err
	}
	var found []clinic.Series
	for _, series := range list {
		if series.NumberOfInstances > 0 {
			found = append(found, series)
		}
	}
	return answer(w, window(found, r.URL.Query()), seriesSet)
}

func (s *server) findInstances(w http.ResponseWriter, r *http.Request) error {
	list, err := s.instances(r)
	if err != nil {
		return err
	}
	return answer(w, window(list, r.URL.Query()), instanceSet)
}

// instances are those that the path of a request names.
func (s *server) instances(r *http.Request) ([]clinic.Instance, error) {
	study, series, instance := dicom.UID(r.PathValue("study")), dicom.UID(r.PathValue("series")), dicom.UID(r.PathValue("instance"))
	if series == "" {
		return s.Cache.StudyInstances(r.Context(), study)
	}
	list, err := s.Cache.Instances(r.Context(), study, series)
	if err != nil || instance == "" {
		return list, err
	}
	for _, i := range list {
		if i.SOPInstanceUID == instance {
			return []clinic.Instance{i}, nil
		}
	}
	return nil, nil
}

// answer writes a list as DICOM JSON; nothing found is 204 (PS3.18 8.3.5).
func answer[T any](w http.ResponseWriter, list []T, set func(T) *dicom.DataSet) error {
	if len(list) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	sets := make([]*dicom.DataSet, len(list))
	for i, v := range list {
		sets[i] = set(v)
	}
	b, err := json.Marshal(sets)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", jsonType)
	w.Write(b) // a client that went away is no failure of ours
	return nil
}

func studySet(s clinic.Study) *dicom.DataSet {
	d := dicom.NewDataSet()
	text := func(t dicom.Tag, values ...string) {
		if len(values) > 0 {
			d.SetString(t, values...)
		}
	}
	d.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	text(dicom.StudyDate, s.StudyDate.Raw)
	text(dicom.StudyTime, s.StudyTime.Raw)
	text(dicom.AccessionNumber, s.AccessionNumber)
	text(dicom.ModalitiesInStudy, s.ModalitiesInStudy...)
	text(dicom.StudyDescription, s.StudyDescription)
	text(dicom.InstitutionName, s.InstitutionName)
	text(dicom.ReferringPhysicianName, s.ReferringPhysician.String())
	text(dicom.PatientName, s.Patient.PatientName.String())
	text(dicom.PatientID, s.Patient.PatientID)
	text(dicom.IssuerOfPatientID, s.Patient.IssuerOfPatientID)
	text(dicom.PatientBirthDate, s.Patient.PatientBirthDate.Raw)
	text(dicom.PatientSex, s.Patient.PatientSex)
	text(dicom.BodyPartExamined, s.BodyPartsExamined...)
	d.SetInt(dicom.NumberOfStudyRelatedSeries, s.NumberOfSeries)
	d.SetInt(dicom.NumberOfStudyRelatedInstances, s.NumberOfInstances)
	return d
}

func seriesSet(s clinic.Series) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	d.SetUID(dicom.SeriesInstanceUID, s.SeriesInstanceUID)
	d.SetString(dicom.Modality, s.Modality)
	d.SetInt(dicom.SeriesNumber, s.SeriesNumber)
	d.SetString(dicom.SeriesDescription, s.SeriesDescription)
	d.SetString(dicom.BodyPartExamined, s.BodyPartExamined)
	d.SetString(dicom.Laterality, s.Laterality)
	d.SetString(dicom.ProtocolName, s.ProtocolName)
	d.SetInt(dicom.NumberOfSeriesRelatedInstances, s.NumberOfInstances)
	return d
}

func instanceSet(i clinic.Instance) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.SOPClassUID, i.SOPClassUID)
	d.SetUID(dicom.SOPInstanceUID, i.SOPInstanceUID)
	d.SetUID(dicom.StudyInstanceUID, i.StudyInstanceUID)
	d.SetUID(dicom.SeriesInstanceUID, i.SeriesInstanceUID)
	d.SetInt(dicom.InstanceNumber, i.InstanceNumber)
	if i.Rows > 0 && i.Columns > 0 {
		d.SetInt(dicom.Rows, i.Rows)
		d.SetInt(dicom.Columns, i.Columns)
	}
	if i.NumberOfFrames > 1 {
		d.SetInt(dicom.NumberOfFrames, i.NumberOfFrames)
	}
	return d
}
