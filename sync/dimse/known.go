package dimse

import (
	"context"
	"iter"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// known are the things of a level that lie in the cache and may answer an
// identifier, as data sets with what is known of them, the levels above included.
func (s *Server) known(ctx context.Context, level string, identifier *dicom.DataSet) iter.Seq2[*dicom.DataSet, error] {
	return func(yield func(*dicom.DataSet, error) bool) {
		studies, err := s.Cache.Studies(ctx, plainQuery(identifier))
		if err != nil {
			yield(nil, err)
			return
		}
		seen := map[string]bool{} // patients
		for _, study := range studies {
			set := node.StudySet(study)
			if study.NumberOfInstances == 0 || !matches(identifier, set) { // none: only known of
				continue
			}
			more := true
			switch patient := study.Patient.IssuerOfPatientID + "\x00" + study.Patient.PatientID; {
			case level == levelPatient && seen[patient]:
			case level == levelPatient, level == levelStudy:
				seen[patient] = true
				more = yield(set, nil)
			default:
				more = s.knownSeries(ctx, level, identifier, study.StudyInstanceUID, set, yield)
			}
			if !more {
				return
			}
		}
	}
}

func (s *Server) knownSeries(ctx context.Context, level string, identifier *dicom.DataSet, study dicom.UID, above *dicom.DataSet, yield func(*dicom.DataSet, error) bool) bool {
	list, err := s.Cache.Series(ctx, study)
	if err != nil {
		return yield(nil, err) && false
	}
	for _, series := range list {
		set := under(above, node.SeriesSet(series))
		if series.NumberOfInstances == 0 || !matches(identifier, set) {
			continue
		}
		if level == levelSeries {
			if !yield(set, nil) {
				return false
			}
			continue
		}
		if !s.knownInstances(ctx, identifier, series, set, yield) {
			return false
		}
	}
	return true
}

func (s *Server) knownInstances(ctx context.Context, identifier *dicom.DataSet, series clinic.Series, above *dicom.DataSet, yield func(*dicom.DataSet, error) bool) bool {
	list, err := s.Cache.Instances(ctx, series.StudyInstanceUID, series.SeriesInstanceUID)
	if err != nil {
		return yield(nil, err) && false
	}
	for _, instance := range list {
		if set := under(above, node.InstanceSet(instance)); matches(identifier, set) && !yield(set, nil) {
			return false
		}
	}
	return true
}

// plainQuery is what of an identifier a cache can look up as it stands.
func plainQuery(d *dicom.DataSet) node.Query {
	var q node.Query
	if id := d.String(dicom.PatientID); !wildcards(id) {
		q.PatientID = id
	}
	if number := d.String(dicom.AccessionNumber); !wildcards(number) {
		q.AccessionNumber = number
	}
	if uids := d.Strings(dicom.StudyInstanceUID); len(uids) == 1 {
		q.StudyInstanceUID = dicom.UID(uids[0])
	}
	return q
}

// under adds what is known of the levels above to a data set.
func under(above, d *dicom.DataSet) *dicom.DataSet {
	for e := range above.All() {
		if !d.Has(e.Tag) {
			d.CopyFrom(above, e.Tag)
		}
	}
	return d
}
