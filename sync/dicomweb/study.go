package dicomweb

import (
	"context"
	"net/url"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// Studies finds studies. ExpectedInstances is what the archive counts, and
// Source is its name; nothing says what is in the cache.
func (c *Client) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	values := include(values(q), dicom.StudyDescription, dicom.InstitutionName, dicom.ModalitiesInStudy,
		dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances, dicom.BodyPartExamined,
		dicom.IssuerOfPatientID, dicom.ReferringPhysicianName)
	found, err := c.findAll(ctx, []string{"studies"}, values, dicom.StudyInstanceUID, q.Limit)
	if err != nil {
		return nil, err
	}
	studies := make([]clinic.Study, len(found))
	for i, d := range found {
		studies[i] = node.Study(d, c.Name)
	}
	return studies, nil
}

// Study finds one study. Errors: ErrNotFound.
func (c *Client) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	list, err := c.Studies(ctx, node.Query{StudyInstanceUID: uid})
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
		list[i] = node.Series(d, study)
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
		list[i] = node.Instance(d, study, series)
	}
	return list, nil
}
