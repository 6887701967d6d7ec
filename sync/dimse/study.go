package dimse

import (
	"context"
	"errors"
	"slices"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// Studies finds studies (C-FIND, study root; patient root where an archive has
// only that). ExpectedInstances is what the archive counts, and Source is its
// name; nothing says what is in the cache. A Cyrillic name that finds nothing is
// asked for in other spellings.
func (c *Client) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	return c.studiesOn(ctx, purpose{service: findModels}, c.asking(ctx), q)
}

func (c *Client) studiesOn(ctx context.Context, p purpose, open func() (*dialogue, error), q node.Query) (list []clinic.Study, err error) {
	err = c.on(ctx, p, open, func(d *dialogue) (err error) {
		list, err = c.studies(ctx, d, q)
		return err
	})
	return list, err
}

func (c *Client) studies(ctx context.Context, d *dialogue, q node.Query) ([]clinic.Study, error) {
	service, err := d.service(findModels...)
	if err != nil {
		return nil, err
	}
	tries := attempts(q.PatientName, c.present())
	for i, a := range tries {
		found, err := d.studies(ctx, service, q, a)
		var status *StatusError
		if i > 0 && errors.As(err, &status) {
			continue // it does not take this spelling
		}
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		if len(tries) > 1 {
			c.learn(a.spelling)
		}
		studies := make([]clinic.Study, len(found))
		for i, d := range found {
			studies[i] = node.Study(d, c.Name)
		}
		return studies, nil
	}
	return nil, nil
}

// studies asks once. What an archive sends although it does not match is sorted
// out where the answer says so.
func (d *dialogue) studies(ctx context.Context, service ul.Context, q node.Query, a attempt) ([]*dicom.DataSet, error) {
	return collect(d.find(ctx, service, studyIdentifier(q, a)), dicom.StudyInstanceUID, q.Limit, func(f *dicom.DataSet) bool {
		modalities := f.Strings(dicom.ModalitiesInStudy)
		return (q.Modality == "" || !f.Has(dicom.ModalitiesInStudy) || slices.Contains(modalities, q.Modality)) &&
			(!a.loose || sounds(q.PatientName, f.String(dicom.PatientName)))
	})
}

// present is the spelling that is asked in first.
func (c *Client) present() Spelling {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spelling == "" {
		return UTF8
	}
	return c.spelling
}

// learn notes the spelling that found something.
func (c *Client) learn(s Spelling) {
	c.mu.Lock()
	news := c.spelling != s
	c.spelling = s
	c.mu.Unlock()
	if news && c.Learned != nil {
		c.Learned(s)
	}
}

// Study finds one study. Errors: ErrNotFound.
func (c *Client) Study(ctx context.Context, uid dicom.UID) (clinic.Study, error) {
	list, err := c.studiesOn(ctx, besidePictures, c.finding(ctx), node.Query{StudyInstanceUID: uid})
	if err != nil {
		return clinic.Study{}, err
	}
	for _, s := range list {
		if s.StudyInstanceUID == uid {
			return s, nil
		}
	}
	return clinic.Study{}, c.notFound()
}

// Series lists the series of a study; ExpectedInstances is what the archive
// counts, 0 when it does not say.
func (c *Client) Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error) {
	found, err := c.below(ctx, seriesIdentifier(study), dicom.SeriesInstanceUID)
	list := make([]clinic.Series, len(found))
	for i, d := range found {
		list[i] = node.Series(d, study)
	}
	return list, err
}

// Instances lists the instances of a series. The paths and hashes of the cache
// are empty, and what the archive did not say is zero.
func (c *Client) Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error) {
	identifier := imageIdentifier(wanted{study: study, series: series})
	returned(identifier, dicom.InstanceNumber, dicom.NumberOfFrames, dicom.Rows, dicom.Columns)
	found, err := c.below(ctx, identifier, dicom.SOPInstanceUID)
	list := make([]clinic.Instance, len(found))
	for i, d := range found {
		list[i] = node.Instance(d, study, series)
	}
	if err == nil {
		c.remember(series, found)
	}
	return list, err
}

// Pick names the nth instance of a series, from 0, without listing all: by its
// number, or the nth that the archive names. Without a series it names the one in
// the study that has this number, one with pixels before others. Errors: ErrNotFound.
func (c *Client) Pick(ctx context.Context, study, series dicom.UID, n int) (i clinic.Instance, err error) {
	err = c.on(ctx, purpose{service: findModels}, c.picking(ctx), func(d *dialogue) (err error) {
		i, err = c.pick(ctx, d, wanted{study: study, series: series}, n)
		return err
	})
	return i, err
}

func (c *Client) pick(ctx context.Context, d *dialogue, w wanted, n int) (clinic.Instance, error) {
	service, err := d.service(findModels...)
	if err != nil {
		return clinic.Instance{}, err
	}
	numbered, all := imageIdentifier(w), imageIdentifier(w)
	numbered.SetInt(dicom.InstanceNumber, n+1)
	returned(numbered, dicom.Rows)
	found, err := collect(d.find(ctx, service, numbered), dicom.SOPInstanceUID, 0, keepAll)
	if err == nil && len(found) == 0 && w.series != "" {
		if found, err = collect(d.find(ctx, service, all), dicom.SOPInstanceUID, n+1, keepAll); len(found) > 0 {
			found = found[len(found)-1:]
		}
	}
	if err != nil {
		return clinic.Instance{}, err
	}
	if len(found) == 0 {
		return clinic.Instance{}, c.notFound()
	}
	best := found[max(0, slices.IndexFunc(found, func(f *dicom.DataSet) bool { return f.IntOr(dicom.Rows, 0) > 0 }))]
	if w.series == "" {
		w.series = best.UID(dicom.SeriesInstanceUID)
	}
	i := node.Instance(best, w.study, w.series)
	c.remember(i.SOPInstanceUID, []*dicom.DataSet{best})
	return i, nil
}

// below asks for what lies in a study.
func (c *Client) below(ctx context.Context, identifier *dicom.DataSet, key dicom.Tag) (found []*dicom.DataSet, err error) {
	err = c.on(ctx, besidePictures, c.finding(ctx), func(d *dialogue) error {
		service, err := d.service(findModels...)
		if err == nil {
			found, err = collect(d.find(ctx, service, identifier), key, 0, keepAll)
		}
		return err
	})
	return found, err
}

// classesOf are the SOP classes that answers name; nil when one does not.
func classesOf(found []*dicom.DataSet) []dicom.UID {
	var list []dicom.UID
	for _, d := range found {
		class := d.UID(dicom.SOPClassUID)
		if class == "" {
			return nil
		}
		if !slices.Contains(list, class) {
			list = append(list, class)
		}
	}
	return list
}

// maxRemembered bounds the series and instances whose SOP classes are kept in memory.
const maxRemembered = 10_000

// remember keeps the SOP classes of a series, or the one of an instance, so that
// they need not be asked for when it is fetched.
func (c *Client) remember(uid dicom.UID, found []*dicom.DataSet) {
	classes := classesOf(found)
	if classes == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.classes) >= maxRemembered {
		clear(c.classes)
	}
	c.classes[uid] = classes
}
