package store

import (
	"strings"
	"testing"
)

// TestHotPathsUseAnIndex holds the questions that a page asks often to SEARCH:
// a SCAN grows with the cache.
func TestHotPathsUseAnIndex(t *testing.T) {
	s, err := Open(t.Context(), Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, query := range []string{
		`SELECT node, at FROM asked WHERE patient_id = ?`,
		`SELECT id, body FROM journal WHERE kind = 'decision' AND json_extract(body, '$.AccessionNumber') = ? ORDER BY made, rowid`,
		selectStudy + ` WHERE patient_id = ? ORDER BY sort_date DESC, study_time DESC LIMIT 500`,
		selectStudy + ` WHERE study_instance_uid = ?`,
		`SELECT count(*) FROM journal WHERE sent = 0`,
		selectPerson + ` WHERE patient_id = ? AND ` + stillSo,
		selectPerson + ` WHERE id IN (SELECT person FROM person_block WHERE block IN (?,?)) AND ` + stillSo,
		`SELECT linked FROM link WHERE first_id = ? UNION SELECT linked FROM link WHERE second_id = ?`,
		`SELECT sum(bytes) FROM study WHERE prefetched <> '' AND bytes > 0`,
	} {
		if plan := explain(t, s, query); !strings.Contains(plan, "USING") || strings.Contains(plan, "SCAN person ") {
			t.Errorf("%s\nis done by: %s", query, plan)
		}
	}
}

func explain(t *testing.T, s *Store, query string) string {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "; ")
}
