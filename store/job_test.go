package store_test

import (
	"fmt"
	"reflect"
	"testing"

	"eris/store"
)

func jobs(t testing.TB, s *store.Store) []string {
	t.Helper()
	var list []string
	err := s.Jobs(t.Context(), func(id string, body []byte) error {
		list = append(list, id+string(body))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestJobsKeepTheirOrderOverOpening(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"c", "a", "b"} {
		if err := s.SaveJob(t.Context(), id, fmt.Appendf(nil, `{"n":%d}`, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveJob(t.Context(), "c", []byte(`{"n":7}`)); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveJob(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveJob(t.Context(), "never"); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := jobs(t, open(t, store.Params{Dir: dir})), []string{`c{"n":7}`, `b{"n":2}`}; !reflect.DeepEqual(got, want) {
		t.Errorf("jobs %v, want %v", got, want)
	}
}
