package origin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"eris/sync/dicomweb/origin"
)

func TestForeignNamesAreRefused(t *testing.T) {
	for host, want := range map[string]int{"127.0.0.1:80": http.StatusNotFound, "localhost": http.StatusNotFound,
		"[::1]:8042": http.StatusNotFound, "evil.example": http.StatusMisdirectedRequest} {
		r := httptest.NewRequest(http.MethodGet, "/nothing", nil)
		r.Host, r.RemoteAddr = host, "127.0.0.1:40000"
		w := httptest.NewRecorder()
		origin.New(origin.Params{}).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestMistakesOfTheClient(t *testing.T) {
	for request, want := range map[string]int{
		"GET /studies?StudyDate=yesterday":             http.StatusBadRequest,
		"POST /studies":                                http.StatusUnsupportedMediaType,
		"GET /studies/1/series/2/instances/3/rendered": http.StatusNotImplemented,
		"DELETE /studies/1":                            http.StatusMethodNotAllowed,
	} {
		var method, target string
		for i := range request {
			if request[i] == ' ' {
				method, target = request[:i], request[i+1:]
			}
		}
		r := httptest.NewRequest(method, "http://127.0.0.1"+target, nil)
		r.RemoteAddr = "[::1]:40000"
		w := httptest.NewRecorder()
		origin.New(origin.Params{}).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", request, w.Code, want)
		}
	}
}

// TestWhoIsLetIn: without tokens programs on this computer, and nobody from
// elsewhere whatever name he uses; with tokens those who have one.
func TestWhoIsLetIn(t *testing.T) {
	open, tokens, closed := origin.Params{}, origin.Params{Reader: "r", Writer: "w", Everywhere: true}, origin.Params{Everywhere: true}
	for _, c := range []struct {
		params              origin.Params
		method, from, token string
		want                int
	}{
		{open, "GET", "127.0.0.1:1", "", http.StatusNotFound},
		{open, "GET", "192.0.2.1:1", "", http.StatusForbidden},
		{open, "GET", "nonsense", "", http.StatusForbidden},
		{tokens, "GET", "192.0.2.1:1", "", http.StatusUnauthorized},
		{tokens, "GET", "127.0.0.1:1", "", http.StatusUnauthorized},
		{tokens, "GET", "192.0.2.1:1", "Basic r", http.StatusUnauthorized},
		{tokens, "GET", "192.0.2.1:1", "Bearer ", http.StatusUnauthorized},
		{tokens, "GET", "192.0.2.1:1", "Bearer x", http.StatusUnauthorized},
		{tokens, "GET", "192.0.2.1:1", "Bearer r", http.StatusNotFound},
		{tokens, "GET", "192.0.2.1:1", "bearer w", http.StatusNotFound},
		{tokens, "POST", "192.0.2.1:1", "Bearer r", http.StatusForbidden},
		{tokens, "DELETE", "192.0.2.1:1", "Bearer r", http.StatusForbidden},
		{tokens, "POST", "192.0.2.1:1", "Bearer w", http.StatusNotFound},
		{closed, "GET", "127.0.0.1:1", "", http.StatusUnauthorized},
		{closed, "GET", "127.0.0.1:1", "Bearer ", http.StatusUnauthorized},
		{origin.Params{Reader: "r"}, "POST", "127.0.0.1:1", "Bearer r", http.StatusForbidden},
		{origin.Params{Writer: "w"}, "GET", "127.0.0.1:1", "Bearer ", http.StatusUnauthorized},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1/nothing", nil)
		r.RemoteAddr = c.from
		if c.token != "" {
			r.Header.Set("Authorization", c.token)
		}
		w := httptest.NewRecorder()
		origin.New(c.params).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s from %s with %q: status %d, want %d", c.method, c.from, c.token, w.Code, c.want)
		}
	}
}
