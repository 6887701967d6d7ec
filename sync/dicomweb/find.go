package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"eris/dicom"
)

// maxResults bounds what one question may bring, over all pages.
const maxResults = 200_000

// search is one question, asked page by page.
type search struct {
	path  []string
	query url.Values
	key   dicom.Tag // tells results apart
	limit int       // 0 is all

	size, offset int // of the page that comes next
	seen         map[dicom.UID]bool
}

// page is what one page brought.
type page struct {
	came, fresh int
	more        bool // the archive says that it cut the page short
}

// find asks until nothing new comes; every result is handed on while the rest
// is on its way. An error comes last. An archive that does not know offset
// sends the same page for ever: what was seen already ends it.
func (c *Client) find(ctx context.Context, s search) iter.Seq2[*dicom.DataSet, error] {
	return func(yield func(*dicom.DataSet, error) bool) {
		s := s // the sequence may be asked for again
		s.size, s.seen = c.PageSize, map[dicom.UID]bool{}
		for {
			p, err := c.findPage(ctx, &s, yield)
			if err == errEnough {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if s.finished(p) {
				return
			}
		}
	}
}

// errEnough says that nobody wants more results.
var errEnough = errors.New("enough")

func (c *Client) findPage(ctx context.Context, s *search, yield func(*dicom.DataSet, error) bool) (page, error) {
	if s.limit > 0 {
		s.size = min(s.size, s.limit-len(s.seen))
	}
	resp, err := c.askPage(ctx, s)
	if err != nil {
		return page{}, err
	}
	defer resp.Body.Close()
	p := page{more: saysMore(resp)}
	for d, err := range c.stream(resp) {
		if err != nil {
			return p, err
		}
		p.came++
		uid := d.UID(s.key)
		if uid == "" || s.seen[uid] {
			continue
		}
		if len(s.seen) == maxResults {
			return p, c.fault(ErrGarbled, fmt.Errorf("more than %d results", maxResults))
		}
		s.seen[uid] = true
		p.fresh++
		if !yield(d, nil) || len(s.seen) == s.limit {
			return p, errEnough
		}
	}
	if p.came > 0 && len(s.seen) == 0 {
		return p, c.fault(ErrGarbled, errors.New("the results have no identifiers"))
	}
	s.offset += p.came
	return p, nil
}

// finished says that p was the last page.
func (s *search) finished(p page) bool {
	return p.fresh == 0 || p.came < s.size && !p.more && !mayBeCapped(p.came)
}

// mayBeCapped reports a short page that an archive may have cut at a limit of
// its own without the warning: such limits are round numbers, or the 12 of
// DICOMcloud (its issue 17).
func mayBeCapped(n int) bool { return n > 0 && (n%10 == 0 || n%25 == 0 || n == 12) }

// saysMore reads what an archive says about results that are left. PS3.18
// 8.3.4.4 has warning 299 for it, as has 8.3.4.2 for names that were matched
// literally; earlier editions had the status 206.
func saysMore(resp *http.Response) bool {
	for _, w := range resp.Header.Values("Warning") {
		if strings.HasPrefix(w, "299") && !strings.Contains(strings.ToLower(w), "fuzzymatching") {
			return true
		}
	}
	return resp.StatusCode == http.StatusPartialContent
}

// leastPage is the smallest page asked for after 413.
const leastPage = 10

// askPage asks for the next page. An archive that finds it too large (413,
// PS3.18 10.6.3.1) is asked for half of it; one that refuses includefield,
// without it from then on.
func (c *Client) askPage(ctx context.Context, s *search) (*http.Response, error) {
	for {
		bare := c.bare.Load()
		resp, err := c.send(ctx, s.request(bare))
		switch {
		case statusOf(err) == http.StatusRequestEntityTooLarge && s.size > leastPage:
			s.size /= 2
		case statusOf(err) == http.StatusBadRequest && !bare && s.query.Has("includefield"):
			resp, again := c.send(ctx, s.request(true))
			if again != nil {
				return nil, err // it was something else
			}
			c.bare.Store(true)
			return resp, nil
		default:
			return resp, err
		}
	}
}

func (s *search) request(bare bool) request {
	v := url.Values{"limit": {strconv.Itoa(s.size)}, "offset": {strconv.Itoa(s.offset)}}
	for name, values := range s.query {
		if name != "includefield" || !bare {
			v[name] = values
		}
	}
	return request{method: http.MethodGet, path: s.path, query: v, accept: jsonType}
}
