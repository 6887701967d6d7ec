package dicomweb

import (
	"context"
	"net/url"
	"strings"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// Studies finds studies. ExpectedInstances is what the archive counts, and
// Source is its name; nothing says what is in the cache.
func (c *Client) Studies(ctx context.Context, q Query) ([]clinic.Study, error) {
	values := include(q.values(), dicom.StudyDescription, dicom.InstitutionName, dicom.ModalitiesInStudy,
		dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances, dicom.BodyPartExamined,
		dicom.IssuerOfPatientID, dicom.ReferringPhysicianName)
	found, err := c.findAll(ctx, []string{"studies"}, values, dicom.StudyInstanceUID, q.Limit)
	if err != nil {
		return nil, err
	}
	studies := make([]clinic.Study, len(found))
	for i, d := range found {
		studies[i] = studyOf(d, c.Name)
	}
	return studies, nil
}

// Study finds one study. Errors: ErrNotFound.
func (c *Client) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	list, err := c.Studies(ctx, Query{StudyInstanceUID: uid})
	if err != nil {
		return clinic.Study{}, err
	}
	for _, s := range list {
		if s.StudyInstanceUID == uid {
			return s, nil
		}
	}
	return clinic.Study{}, &node.Error{Node: c.Name, Kind: ErrNotFound}
}

// Series lists the series of a study; ExpectedInstances is what the archive
// counts, 0 when it does not say.
func (c *Client) Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error) {
	values := include(url.Values{}, dicom.SeriesDescription, dicom.BodyPartExamined, dicom.Laterality,
		dicom.ProtocolName, dicom.NumberOfSeriesRelatedInstances)
	found, err := c.findAll(ctx, []string{"studies", string(study), "series"}, values, dicom.SeriesInstanceUID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]clinic.Series, len(found))
	for i, d := range found {
		list[i] = seriesOf(d, study)
	}
	return list, nil
}

// Instances lists the instances of a series. The paths and hashes of the cache
// are empty, and what the archive did not say is zero.
func (c *Client) Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error) {
	path := []string{"studies", string(study), "series", string(series), "instances"}
	found, err := c.findAll(ctx, path, url.Values{}, dicom.SOPInstanceUID, 0)
	if err != nil {
		return nil, err
	}
	list := make([]clinic.Instance, len(found))
	for i, d := range found {
		list[i] = clinic.Instance{
			StudyInstanceUID: study, SeriesInstanceUID: series,
			SOPInstanceUID: d.UID(dicom.SOPInstanceUID), SOPClassUID: d.UID(dicom.SOPClassUID),
			InstanceNumber: d.IntOr(dicom.InstanceNumber, 0), NumberOfFrames: d.IntOr(dicom.NumberOfFrames, 1),
			Rows: d.IntOr(dicom.Rows, 0), Columns: d.IntOr(dicom.Columns, 0),
		}
	}
	return list, nil
}

func studyOf(d *dicom.DataSet, source string) clinic.Study {
	s := clinic.Study{
		Patient: clinic.Patient{
			PatientID: d.String(dicom.PatientID), IssuerOfPatientID: d.String(dicom.IssuerOfPatientID),
			PatientName: d.Name(dicom.PatientName), PatientBirthDate: d.Date(dicom.PatientBirthDate),
			PatientSex: d.String(dicom.PatientSex),
		},
		StudyInstanceUID: d.UID(dicom.StudyInstanceUID),
		StudyDate:        d.Date(dicom.StudyDate), StudyTime: d.Time(dicom.StudyTime),
		AccessionNumber:    d.String(dicom.AccessionNumber),
		StudyDescription:   d.String(dicom.StudyDescription),
		ModalitiesInStudy:  given(d.Strings(dicom.ModalitiesInStudy)),
		BodyPartsExamined:  given(d.Strings(dicom.BodyPartExamined)),
		InstitutionName:    d.String(dicom.InstitutionName),
		ReferringPhysician: d.Name(dicom.ReferringPhysicianName),
		NumberOfSeries:     d.IntOr(dicom.NumberOfStudyRelatedSeries, 0),
		ExpectedInstances:  d.IntOr(dicom.NumberOfStudyRelatedInstances, 0),
		Completeness:       clinic.Absent,
		Source:             source,
		Report:             clinic.ReportNone,
	}
	return s
}

func seriesOf(d *dicom.DataSet, study dicom.UID) clinic.Series {
	return clinic.Series{
		StudyInstanceUID: study, SeriesInstanceUID: d.UID(dicom.SeriesInstanceUID),
		SeriesNumber: d.IntOr(dicom.SeriesNumber, 0), Modality: d.String(dicom.Modality),
		SeriesDescription: d.String(dicom.SeriesDescription), BodyPartExamined: d.String(dicom.BodyPartExamined),
		Laterality: strings.ToUpper(d.String(dicom.Laterality)), ProtocolName: d.String(dicom.ProtocolName),
		ExpectedInstances: d.IntOr(dicom.NumberOfSeriesRelatedInstances, 0),
	}
}

// given drops the empty values of a list; nil when none is left.
func given(values []string) []string {
	var list []string
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}
