package origin

import (
	"encoding/json"
	"net/http"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
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
	return answer(w, window(found, values), node.StudySet)
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
	return answer(w, window(found, r.URL.Query()), node.SeriesSet)
}

func (s *server) findInstances(w http.ResponseWriter, r *http.Request) error {
	list, err := s.instances(r)
	if err != nil {
		return err
	}
	return answer(w, window(list, r.URL.Query()), node.InstanceSet)
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
