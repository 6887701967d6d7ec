package fhir

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"eris/sync/node"
)

// mostEntries bounds what one search may bring, over all pages.
const mostEntries = 100_000

// Capabilities reads what the server offers. Errors: node.ErrGarbled when it is
// no FHIR server.
func (c *Client) Capabilities(ctx context.Context) (s CapabilityStatement, err error) {
	var kind struct {
		ResourceType string `json:"resourceType"`
	}
	var body json.RawMessage
	if err := c.Get(ctx, "metadata", nil, &body); err != nil {
		return s, err
	}
	if decode(body, &kind) != nil || kind.ResourceType != "CapabilityStatement" || decode(body, &s) != nil {
		return s, c.fault(node.ErrGarbled, errNoFHIR)
	}
	return s, nil
}

// Search finds resources of a type (R4 3.1.1) and hands each on as its page
// comes in, with those that the query includes. An error comes last.
func (c *Client) Search(ctx context.Context, resourceType string, query url.Values) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		query := maps.Clone(query)
		if query == nil {
			query = url.Values{}
		}
		if query.Get("_count") == "" {
			query.Set("_count", strconv.Itoa(c.PageSize))
		}
		next, came, seen := c.address(resourceType, query), 0, map[string]bool{}
		for next != nil && !seen[next.String()] { // a server may name a page as its own next
			seen[next.String()] = true
			page, err := c.page(ctx, next)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page.entries() {
				if came++; came > mostEntries {
					yield(Entry{}, c.fault(node.ErrGarbled, errors.New("the search does not end")))
					return
				}
				if !yield(e, nil) {
					return
				}
			}
			if next, err = c.nextPage(page); err != nil {
				yield(Entry{}, err)
				return
			}
		}
	}
}

// bundle is R4 2.36, as a search answers it.
type bundle struct {
	ResourceType string `json:"resourceType"`
	Link         []Link `json:"link"`
	Entry        []struct {
		FullURL  string          `json:"fullUrl"`
		Resource json.RawMessage `json:"resource"`
		Search   struct {
			Mode string `json:"mode"`
		} `json:"search"`
	} `json:"entry"`
}

func (c *Client) page(ctx context.Context, address *url.URL) (bundle, error) {
	var b bundle
	a, err := c.ask(ctx, request{method: http.MethodGet, address: address})
	if err != nil {
		return b, err
	}
	if err := c.decode(a.body, &b); err != nil {
		return b, err
	}
	if b.ResourceType != "Bundle" {
		return b, c.fault(node.ErrGarbled, errNoFHIR)
	}
	return b, nil
}

// entries are the resources of a page. An OperationOutcome among them is a
// remark about the search (R4 3.1.1.3.1), and no result.
func (b bundle) entries() []Entry {
	var list []Entry
	for _, e := range b.Entry {
		var head struct {
			ResourceType string `json:"resourceType"`
			ID           string `json:"id"`
		}
		if decode(e.Resource, &head) != nil || head.ResourceType == "" || head.ResourceType == "OperationOutcome" {
			continue
		}
		list = append(list, Entry{FullURL: e.FullURL, ResourceType: head.ResourceType, ID: head.ID,
			Included: strings.EqualFold(e.Search.Mode, "include"), Resource: e.Resource})
	}
	return list
}

// nextPage is the address of the page after b, nil for the last. Servers behind
// a proxy name themselves as they know themselves; the login goes to no host but
// the one that was entered, so scheme and host are always that one's.
func (c *Client) nextPage(b bundle) (*url.URL, error) {
	for _, l := range b.Link {
		if l.Relation != "next" || l.URL == "" {
			continue
		}
		next, err := url.Parse(l.URL)
		if err != nil {
			return nil, c.fault(node.ErrGarbled, errors.New("the address of the next page cannot be read"))
		}
		next = c.base.JoinPath("/").ResolveReference(next)
		if next.Host != c.base.Host && !strings.HasPrefix(next.Path, c.base.Path) {
			next.Path, next.RawPath = c.base.Path, c.base.RawPath // HAPI: [base]?_getpages=…
		}
		next.Scheme, next.Host, next.User = c.base.Scheme, c.base.Host, nil
		return next, nil
	}
	return nil, nil
}
