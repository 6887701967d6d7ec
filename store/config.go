package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SaveNode keeps the options of a remote system, as JSON, under its name.
// Secrets do not belong in it.
func (s *Store) SaveNode(ctx context.Context, name string, options any) error {
	return s.saveJSON(ctx, `INSERT INTO node VALUES (?,?) ON CONFLICT (name) DO UPDATE SET options = excluded.options`, name, options)
}

// RemoveNode forgets a remote system. Errors: ErrNotFound.
func (s *Store) RemoveNode(ctx context.Context, name string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		result, err := tx.Exec(`DELETE FROM node WHERE name = ?`, name)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("archive %q: %w", name, ErrNotFound))
		}
		_, err = tx.Exec(`DELETE FROM indexed WHERE node = ?`, name) // another archive may get its name
		return err
	})
}

// Nodes calls each with the name and the JSON options of every remote system, by name.
func (s *Store) Nodes(ctx context.Context, each func(name string, options []byte) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT name, options FROM node ORDER BY name`)
	if err != nil {
		return fmt.Errorf("archives: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, options string
		if err := rows.Scan(&name, &options); err != nil {
			return fmt.Errorf("archives: %w", err)
		}
		if err := each(name, []byte(options)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Setting reads a setting into value and leaves value as it is when there is none.
func (s *Store) Setting(ctx context.Context, name string, value any) error {
	var text string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return json.Unmarshal([]byte(text), value)
}

// SaveSetting keeps a setting as JSON.
func (s *Store) SaveSetting(ctx context.Context, name string, value any) error {
	return s.saveJSON(ctx, `INSERT INTO setting VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

func (s *Store) saveJSON(ctx context.Context, query, name string, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(query, name, string(b))
		return err
	})
}

const noteAsked = `INSERT INTO asked VALUES (?,?,?) ON CONFLICT (node, patient_id) DO UPDATE SET at = excluded.at`

// NoteAsked records that a node has just answered what it knows of a patient.
func (s *Store) NoteAsked(ctx context.Context, node, patientID string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(noteAsked, node, patientID, s.Now().Unix())
		return err
	})
}

// Asked says when each node last answered for a patient.
func (s *Store) Asked(ctx context.Context, patientID string) (map[string]time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT node, at FROM asked WHERE patient_id = ?`, patientID)
	if err != nil {
		return nil, fmt.Errorf("asked: %w", err)
	}
	defer rows.Close()
	when := map[string]time.Time{}
	for rows.Next() {
		var node string
		var at int64
		if err := rows.Scan(&node, &at); err != nil {
			return nil, fmt.Errorf("asked: %w", err)
		}
		when[node] = time.Unix(at, 0)
	}
	return when, rows.Err()
}
