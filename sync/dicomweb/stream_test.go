package dicomweb_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"eris/clinic"
	"eris/sync/dicomweb"
	"eris/sync/node"
)

// row is a study as an archive answers it.
func row(n int) string {
	return fmt.Sprintf(`{"0020000D":{"vr":"UI","Value":["2.25.%d"]},"00201206":{"vr":"IS","Value":[1]},"00201208":{"vr":"IS","Value":[2]},"00080061":{"vr":"CS","Value":["CT"]}}`, n)
}

// TestRowsComeBeforeTheRest has an archive that sends its second row only when
// the first has been handed on.
func TestRowsComeBeforeTheRest(t *testing.T) {
	got := make(chan clinic.Study)
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "["+row(1)+",")
		w.(http.Flusher).Flush()
		select {
		case <-got:
			io.WriteString(w, row(2)+"]")
		case <-r.Context().Done():
		}
	})})
	n := 0
	for s, err := range c.FindStudies(t.Context(), node.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			got <- s
		}
	}
	if n != 2 {
		t.Errorf("%d studies", n)
	}
}

// TestWhatCameBeforeACutIsNotAll: rows are handed on, and the error after them
// says that there are others.
func TestWhatCameBeforeACutIsNotAll(t *testing.T) {
	for name, cut := range map[string]func(w http.ResponseWriter){
		"connection": func(w http.ResponseWriter) {
			io.WriteString(w, "["+row(1)+","+row(2))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"length": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100000")
			io.WriteString(w, "["+row(1)+","+row(2))
		},
		"list": func(w http.ResponseWriter) { io.WriteString(w, "["+row(1)+","+row(2)) },
	} {
		c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, _ *http.Request) { cut(w) })})
		n := 0
		var last error
		for _, err := range c.FindStudies(t.Context(), node.Query{}) {
			if last = err; err == nil {
				n++
			}
		}
		if kind := node.Kind(last); n != 2 || kind != node.ErrPartial && kind != node.ErrGarbled {
			t.Errorf("%s: %d studies, then %v", name, n, last)
		}
		if list, err := c.Studies(t.Context(), node.Query{}); err == nil || list != nil {
			t.Errorf("%s: a list that is not all", name)
		}
	}
}

func TestOneMayStopEarlyAndAskAgain(t *testing.T) {
	c := client(t, dicomweb.Options{PageSize: 2, URL: scripted(t, rows(5, 100))})
	found := c.FindStudies(t.Context(), node.Query{})
	for range 2 {
		n := 0
		for _, err := range found {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 3 {
				break
			}
		}
		if n != 3 {
			t.Errorf("%d studies", n)
		}
	}
}
