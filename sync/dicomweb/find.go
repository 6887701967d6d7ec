package dicomweb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"eris/dicom"
)

const jsonType = "application/dicom+json"

// maxResults bounds what one question may bring, over all pages.
const maxResults = 200_000

// answer is one page of results. more says that the archive cut it short.
type answer struct {
	found []*dicom.DataSet
	more  bool
}

// findAll asks page by page until nothing new comes. key tells results apart:
// an archive that does not know offset sends the same page for ever.
func (c *Client) findAll(ctx context.Context, path []string, query url.Values, key dicom.Tag, limit int) ([]*dicom.DataSet, error) {
	var all []*dicom.DataSet
	seen := map[dicom.UID]bool{}
	for offset := 0; ; {
		size := c.PageSize
		if limit > 0 {
			size = min(size, limit-len(all))
		}
		a, err := c.find(ctx, path, page(query, size, offset))
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, d := range a.found {
			if uid := d.UID(key); uid != "" && !seen[uid] {
				seen[uid] = true
				all = append(all, d)
				fresh++
			}
		}
		offset += len(a.found)
		switch {
		case limit > 0 && len(all) >= limit:
			return all[:limit], nil
		case fresh == 0 && len(a.found) > 0 && offset == len(a.found):
			return nil, c.fault(ErrGarbled, errors.New("the results have no identifiers"))
		case fresh == 0, len(a.found) < size && !a.more && !mayBeCapped(len(a.found)):
			return all, nil
		case len(all) > maxResults:
			return nil, c.fault(ErrGarbled, fmt.Errorf("more than %d results", maxResults))
		}
	}
}

// mayBeCapped reports a short page that an archive may have cut at a limit of
// its own without the warning: such limits are round numbers.
func mayBeCapped(n int) bool { return n > 0 && (n%10 == 0 || n%25 == 0) }

// find asks for one page.
func (c *Client) find(ctx context.Context, path []string, query url.Values) (answer, error) {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: path, query: query, accept: jsonType})
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	found, err := c.readJSON(resp)
	// PS3.18 8.3.4.4: warning 299 says that there are more results.
	return answer{found, strings.HasPrefix(resp.Header.Get("Warning"), "299")}, err
}

// readJSON reads a list of data sets; no content is an empty list.
func (c *Client) readJSON(resp *http.Response) ([]*dicom.DataSet, error) {
	if resp.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, c.MaxJSON+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > c.MaxJSON {
		return nil, c.fault(ErrGarbled, fmt.Errorf("the answer is longer than %d bytes", c.MaxJSON))
	}
	list, err := dataSets(b)
	if err != nil {
		return nil, c.fault(ErrGarbled, err)
	}
	return list, nil
}

var errNoJSON = errors.New("it is not DICOM JSON")

// dataSets reads what archives send as DICOM JSON: a list, one object without
// a list, or nothing at all.
func dataSets(b []byte) ([]*dicom.DataSet, error) {
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")))
	if len(b) == 0 {
		return nil, nil
	}
	if b[0] == '{' {
		b = append(append([]byte{'['}, b...), ']')
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, errNoJSON // the decoder's own words quote the answer
	}
	list := make([]*dicom.DataSet, 0, len(raw))
	for _, r := range raw {
		d, err := dataSet(r)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// dataSet reads one object. When it breaks a rule, the attributes that keep
// the rules are read one by one: a bad age must not hide a study.
func dataSet(b []byte) (*dicom.DataSet, error) {
	d := dicom.NewDataSet()
	if err := json.Unmarshal(b, d); err == nil {
		return d, nil
	}
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(b, &attributes); err != nil {
		return nil, errNoJSON
	}
	d = dicom.NewDataSet()
	for tag, value := range attributes {
		one, err := json.Marshal(map[string]json.RawMessage{tag: value})
		if err != nil {
			continue
		}
		single := dicom.NewDataSet()
		if json.Unmarshal(one, single) == nil {
			for e := range single.All() {
				d.Put(e)
			}
		}
	}
	return d, nil
}
