package store

import (
	"context"
	"database/sql"
	"fmt"
)

// SaveJob keeps a piece of work, as JSON, under its ID; one with a known ID
// is replaced and keeps its place. It survives a power cut once SaveJob
// returns without error.
func (s *Store) SaveJob(ctx context.Context, id string, body []byte) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO job (id, added, body) VALUES (?, (SELECT coalesce(max(added), 0) + 1 FROM job), ?)
			ON CONFLICT (id) DO UPDATE SET body = excluded.body`, id, string(body))
		if err != nil {
			return fmt.Errorf("job %s: %w", id, err)
		}
		return nil
	})
}

// RemoveJob forgets a job; absent is fine.
func (s *Store) RemoveJob(ctx context.Context, id string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM job WHERE id = ?`, id)
		if err != nil {
			return fmt.Errorf("job %s: %w", id, err)
		}
		return nil
	})
}

// Jobs calls each with every job, in the order they were added.
func (s *Store) Jobs(ctx context.Context, each func(id string, body []byte) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT id, body FROM job ORDER BY added`)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			return fmt.Errorf("jobs: %w", err)
		}
		if err := each(id, []byte(body)); err != nil {
			return err
		}
	}
	return rows.Err()
}
