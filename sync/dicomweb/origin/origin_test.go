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
