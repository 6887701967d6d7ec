package dicomweb

import (
	"cmp"
	"context"
	"iter"
	"net/url"
	"slices"
	"strconv"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// FindStudies finds studies (QIDO-RS, PS3.18 10.6) and hands each on as it
// comes in. ExpectedInstances is what the archive counts, 0 when it does not
// say, and Source is its name; nothing says what is in the cache. An error
// comes last: what came before it is not all.
func (c *Client) FindStudies(ctx context.Context, q node.Query) iter.Seq2[clinic.Study, error] {
	return func(yield func(clinic.Study, error) bool) {
		for d, err := range c.find(ctx, studySearch(q)) {
			if err != nil {
				yield(clinic.Study{}, err)
				return
			}
			if !yield(node.Study(d, c.Name), nil) {
				return
			}
		}
	}
}

func studySearch(q node.Query) search {
	values := include(values(q), dicom.StudyDescription, dicom.InstitutionName, dicom.ModalitiesInStudy,
		dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances, dicom.BodyPartExamined,
		dicom.IssuerOfPatientID, dicom.ReferringPhysicianName)
	return search{path: []string{"studies"}, query: values, key: dicom.StudyInstanceUID, limit: q.Limit}
}

// Studies is FindStudies with all that came, or nothing and an error.
func (c *Client) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	return all(c.FindStudies(ctx, q))
}

// Study finds one study. What an archive leaves out of it that its series can
// tell is told by them. Errors: ErrNotFound.
func (c *Client) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	for s, err := range c.FindStudies(ctx, node.Query{StudyInstanceUID: uid}) {
		if err != nil {
			return clinic.Study{}, err
		}
		if s.StudyInstanceUID != uid {
			continue
		}
		if s.NumberOfSeries == 0 || s.ExpectedInstances == 0 || len(s.ModalitiesInStudy) == 0 {
			return c.completed(ctx, s)
		}
		return s, nil
	}
	return clinic.Study{}, c.fault(ErrNotFound, nil)
}

// completed counts the series of a study whose archive does not know
// includefield, or not these fields.
func (c *Client) completed(ctx context.Context, s clinic.Study) (clinic.Study, error) {
	series, err := c.Series(ctx, s.StudyInstanceUID)
	if err != nil {
		return clinic.Study{}, err
	}
	instances := 0
	for _, one := range series {
		instances += one.ExpectedInstances
		if one.Modality != "" && !slices.Contains(s.ModalitiesInStudy, one.Modality) {
			s.ModalitiesInStudy = append(s.ModalitiesInStudy, one.Modality)
		}
	}
	s.NumberOfSeries = max(s.NumberOfSeries, len(series))
	s.ExpectedInstances = max(s.ExpectedInstances, instances)
	return s, nil
}

// Series lists the series of a study; ExpectedInstances is what the archive
// counts, 0 when it does not say.
func (c *Client) Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error) {
	values := include(url.Values{}, dicom.SeriesDescription, dicom.BodyPartExamined, dicom.Laterality,
		dicom.ProtocolName, dicom.NumberOfSeriesRelatedInstances)
	found, err := all(c.find(ctx, search{path: []string{"studies", string(study), "series"}, query: values, key: dicom.SeriesInstanceUID}))
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
	found, err := all(c.find(ctx, search{path: path, key: dicom.SOPInstanceUID}))
	if err != nil {
		return nil, err
	}
	list := make([]clinic.Instance, len(found))
	for i, d := range found {
		list[i] = node.Instance(d, study, series)
	}
	return list, nil
}

// Pick names the nth instance of a series as the archive counts them, from 0,
// without listing all. Without a series it names the one in the study that has
// this number, one with pixels before others; another one of an archive that does
// not look for numbers. Errors: ErrNotFound.
func (c *Client) Pick(ctx context.Context, study, series dicom.UID, n int) (clinic.Instance, error) {
	q := search{path: pathTo(study, series, "", "instances"), key: dicom.SOPInstanceUID}
	if series != "" {
		q.offset, q.limit = n, 1
	} else {
		q.query, q.limit = url.Values{dicom.InstanceNumber.Keyword(): {strconv.Itoa(n + 1)}}, mostPicks
	}
	found, err := all(c.find(ctx, q))
	if err != nil {
		return clinic.Instance{}, err
	}
	if len(found) == 0 {
		return clinic.Instance{}, c.fault(ErrNotFound, nil)
	}
	list := make([]clinic.Instance, len(found))
	for i, d := range found {
		list[i] = node.Instance(d, study, cmp.Or(series, d.UID(dicom.SeriesInstanceUID)))
	}
	use := func(i clinic.Instance) int {
		switch {
		case i.Rows == 0:
			return 0
		case i.InstanceNumber != n+1:
			return 1
		}
		return 2
	}
	return slices.MaxFunc(list, func(a, b clinic.Instance) int { return cmp.Compare(use(a), use(b)) }), nil
}

// mostPicks bounds the instances of one number that are looked at for a picture.
const mostPicks = 20
