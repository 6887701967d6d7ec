package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// TestSQLiteErrorsHaveTheirKind fills a database up to the pages it may have.
func TestSQLiteErrorsHaveTheirKind(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "small.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`PRAGMA max_page_count = 4; CREATE TABLE big (content BLOB)`); err != nil {
		t.Fatal(err)
	}
	s := &Store{write: db}
	err = s.update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO big VALUES (zeroblob(100000))`)
		return err
	})
	if !errors.Is(err, ErrFull) {
		t.Errorf("a full index is told as: %v", err)
	}
}
