package dicomweb_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"eris/sync/dicomweb"
	"eris/sync/node"
)

// rows is an archive that has so many studies and gives most of them at once.
func rows(has, most int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		var list []string
		for i := offset; i < min(offset+limit, offset+most, has); i++ {
			list = append(list, row(i+1))
		}
		w.Header().Set("Content-Type", "application/dicom+json")
		fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
	}
}

func TestPaging(t *testing.T) {
	cases := map[string]struct {
		archive http.HandlerFunc
		want    int
		asked   int // 0: as often as it likes
	}{
		// An archive that never gives more than 25 and does not say so.
		"a limit of its own": {rows(58, 25), 58, 3},
		// DICOMcloud issue 17: "the server will always apply a limit ... which is by default 12".
		"twelve at once": {rows(30, 12), 30, 3},
		// PS3.18 8.3.4.4: the warning says that there are more.
		"warning": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("offset") != "9" {
				w.Header().Set("Warning", `299 archive: There are 3 additional results that can be requested`)
			}
			rows(12, 3)(w, r)
		}, 12, 4},
		// PS3.18 2015 6.7.1.2: 206 when there are more.
		"206": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("offset") == "0" {
				w.WriteHeader(http.StatusPartialContent)
			}
			rows(11, 7)(w, r)
		}, 11, 2},
		// PS3.18 8.3.4.2: this warning says nothing about results that are left.
		"fuzzymatching ignored": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Warning", `299 archive: The fuzzymatching parameter is not supported. Only literal matching has been performed.`)
			rows(3, 100)(w, r)
		}, 3, 1},
		// DICOMcloud issue 17: offset and limit ignored.
		"the same page for ever": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "[%s,%s]", row(1), row(2)) }, 2, 0},
		// PS3.18 10.6.3.1: 413 when the search was too broad.
		"413": {func(w http.ResponseWriter, r *http.Request) {
			if limit, _ := strconv.Atoi(r.URL.Query().Get("limit")); limit > 50 {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return
			}
			rows(120, 100)(w, r)
		}, 120, 0},
		// microsoft/dicom-server and others answer attributes they do not know with 400.
		"no includefield": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("includefield") {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			rows(3, 100)(w, r)
		}, 3, 2},
		"204": {status(http.StatusNoContent), 0, 1},
	}
	for name, c := range cases {
		asked := 0
		peer := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) { asked++; c.archive(w, r) })})
		studies, err := peer.Studies(t.Context(), node.Query{PatientName: "A*", Fuzzy: true})
		if err != nil || len(studies) != c.want || c.asked > 0 && asked != c.asked {
			t.Errorf("%s: %d of %d studies in %d questions, %v", name, len(studies), c.want, asked, err)
		}
	}
}

func TestFuzzyMatchingIsAskedFor(t *testing.T) {
	var query string
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		w.WriteHeader(http.StatusNoContent)
	})})
	for fuzzy, want := range map[bool]bool{true: true, false: false} {
		if _, err := c.Studies(t.Context(), node.Query{PatientName: "A", Fuzzy: fuzzy}); err != nil || strings.Contains(query, "fuzzymatching=true") != want {
			t.Errorf("fuzzy %v: %s, %v", fuzzy, query, err)
		}
	}
}

// TestSeriesTellWhatAStudyDoesNot: an archive without includefield leaves out
// the counts, which are not among what it must return in PS3.18 2015.
func TestSeriesTellWhatAStudyDoesNot(t *testing.T) {
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/series") {
			fmt.Fprint(w, `[{"0020000E":{"vr":"UI","Value":["2.25.8"]},"00080060":{"vr":"CS","Value":["CT"]},"00201209":{"vr":"IS","Value":["30"]}},
				{"0020000E":{"vr":"UI","Value":["2.25.9"]},"00080060":{"vr":"CS","Value":["SR"]},"00201209":{"vr":"IS","Value":["1"]}}]`)
			return
		}
		fmt.Fprint(w, `[{"0020000D":{"vr":"UI","Value":["2.25.7"]}}]`)
	})})
	s, err := c.Study(t.Context(), "2.25.7")
	if err != nil || s.NumberOfSeries != 2 || s.ExpectedInstances != 31 || strings.Join(s.ModalitiesInStudy, "+") != "CT+SR" {
		t.Errorf("%+v, %v", s, err)
	}
}
