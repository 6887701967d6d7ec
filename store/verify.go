package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
)

// Verified says what Verify found. The cache is sound when Problems is empty.
type Verified struct {
	Files    int
	Bytes    int64
	Aside    int
	Problems []string // one plain sentence each
}

// Verify hashes every file and compares it, and the counts, with the index.
func (s *Store) Verify(ctx context.Context) (Verified, error) {
	var v Verified
	var report string
	if err := s.read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&report); err != nil || report != "ok" {
		return v, fmt.Errorf("index: %w: %w", ErrDamaged, errors.Join(err, errors.New(report)))
	}
	known, err := s.verifyFiles(ctx, &v)
	if err != nil {
		return v, err
	}
	if err := s.verifyStrays(&v, known); err != nil {
		return v, err
	}
	if err := s.verifyCounts(ctx, &v); err != nil {
		return v, err
	}
	return v, s.read.QueryRowContext(ctx, `SELECT count(*) FROM aside`).Scan(&v.Aside)
}

func (s *Store) verifyFiles(ctx context.Context, v *Verified) (known map[string]bool, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT path, file_bytes, sha256 FROM instance`)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	defer rows.Close()
	known = map[string]bool{}
	for rows.Next() {
		var rel, sum string
		var size int64
		if err := rows.Scan(&rel, &size, &sum); err != nil {
			return nil, fmt.Errorf("index: %w", err)
		}
		known[rel] = true
		haveSum, haveSize, err := hashFile(filepath.Join(s.Dir, filepath.FromSlash(rel)))
		switch {
		case err != nil:
			v.Problems = append(v.Problems, fmt.Sprintf("%s is in the index and cannot be read: %v", rel, err))
		case haveSize != size || haveSum != sum:
			v.Problems = append(v.Problems, fmt.Sprintf("%s is not what was received: %d bytes instead of %d, or changed", rel, haveSize, size))
		}
		v.Files++
		v.Bytes += size
	}
	return known, rows.Err()
}

// verifyStrays finds files that have no row.
func (s *Store) verifyStrays(v *Verified, known map[string]bool) error {
	root := filepath.Join(s.Dir, "instances")
	return filepath.WalkDir(root, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return diskError("cache", err)
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		if rel = path.Join("instances", filepath.ToSlash(rel)); !known[rel] {
			v.Problems = append(v.Problems, rel+" is not in the index; run: eris rebuild")
		}
		return nil
	})
}

func (s *Store) verifyCounts(ctx context.Context, v *Verified) error {
	rows, err := s.read.QueryContext(ctx, `SELECT study_instance_uid, number_of_instances,
		(SELECT count(*) FROM instance JOIN series ON series.id = series_id WHERE study_id = study.id) AS have
		FROM study WHERE number_of_instances <> have`)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var uid string
		var says, have int
		if err := rows.Scan(&uid, &says, &have); err != nil {
			return fmt.Errorf("index: %w", err)
		}
		v.Problems = append(v.Problems, fmt.Sprintf("study %s counts %d instances and has %d; run: eris rebuild", uid, says, have))
	}
	return rows.Err()
}
