package dicomweb

import (
	"context"
	"errors"
	"net/url"

	"eris/dicom"
)

// Stored says which of the instances of a study the archive really has: it
// asks for them, whatever the archive answered when they were sent. The
// instances it has come in the order given. It asks by QIDO-RS, or where that
// is not offered for instances, by their metadata.
func (c *Client) Stored(ctx context.Context, study dicom.UID, instances []dicom.UID) ([]dicom.UID, error) {
	has, err := c.instancesOf(ctx, study, instances)
	if errors.Is(err, ErrUnsupported) {
		has, err = c.describedOf(ctx, study)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	var stored []dicom.UID
	for _, uid := range instances {
		if has[uid] {
			stored = append(stored, uid)
		}
	}
	return stored, nil
}

// instancesOf lists a study; a single instance is asked for by its name, which
// archives that do not match by it ignore (PS3.18 8.3.4.1).
func (c *Client) instancesOf(ctx context.Context, study dicom.UID, wanted []dicom.UID) (map[dicom.UID]bool, error) {
	query := url.Values{}
	if len(wanted) == 1 {
		query.Set(dicom.SOPInstanceUID.Hex(), string(wanted[0]))
	}
	has := map[dicom.UID]bool{}
	for d, err := range c.find(ctx, search{path: pathTo(study, "", "", "instances"), query: query, key: dicom.SOPInstanceUID}) {
		if err != nil {
			return nil, err
		}
		has[d.UID(dicom.SOPInstanceUID)] = true
	}
	return has, nil
}

func (c *Client) describedOf(ctx context.Context, study dicom.UID) (map[dicom.UID]bool, error) {
	headers, err := c.Metadata(ctx, study, "")
	has := map[dicom.UID]bool{}
	for _, d := range headers {
		has[d.UID(dicom.SOPInstanceUID)] = true
	}
	return has, err
}
