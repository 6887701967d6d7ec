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
			set := studySet(study)
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
		set := seriesSet(above, series)
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
		if set := instanceSet(above, instance); matches(identifier, set) && !yield(set, nil) {
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

func studySet(s clinic.Study) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	d.SetString(dicom.StudyDate, s.StudyDate.Raw)
	d.SetString(dicom.StudyTime, s.StudyTime.Raw)
	d.SetString(dicom.AccessionNumber, s.AccessionNumber)
	d.SetString(dicom.ModalitiesInStudy, s.ModalitiesInStudy...)
	d.SetString(dicom.StudyDescription, s.StudyDescription)
	d.SetString(dicom.InstitutionName, s.InstitutionName)
	d.SetString(dicom.ReferringPhysicianName, s.ReferringPhysician.String())
	d.SetString(dicom.PatientName, s.Patient.PatientName.String())
	d.SetString(dicom.PatientID, s.Patient.PatientID)
	d.SetString(dicom.IssuerOfPatientID, s.Patient.IssuerOfPatientID)
	d.SetString(dicom.PatientBirthDate, s.Patient.PatientBirthDate.Raw)
	d.SetString(dicom.PatientSex, s.Patient.PatientSex)
	d.SetInt(dicom.NumberOfStudyRelatedSeries, s.NumberOfSeries)
	d.SetInt(dicom.NumberOfStudyRelatedInstances, s.NumberOfInstances)
	return d
}

// under is a data set that begins with what is known of the levels above.
func under(above *dicom.DataSet) *dicom.DataSet {
	d := dicom.NewDataSet()
	for e := range above.All() {
		d.CopyFrom(above, e.Tag)
	}
	return d
}

func seriesSet(study *dicom.DataSet, s clinic.Series) *dicom.DataSet {
	d := under(study)
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

func instanceSet(series *dicom.DataSet, i clinic.Instance) *dicom.DataSet {
	d := under(series)
	d.SetUID(dicom.SOPClassUID, i.SOPClassUID)
	d.SetUID(dicom.SOPInstanceUID, i.SOPInstanceUID)
	d.SetInt(dicom.InstanceNumber, i.InstanceNumber)
	if i.Rows > 0 && i.Columns > 0 {
		d.SetInt(dicom.Rows, i.Rows)
		d.SetInt(dicom.Columns, i.Columns)
	}
	d.SetInt(dicom.NumberOfFrames, max(i.NumberOfFrames, 1))
	return d
}
