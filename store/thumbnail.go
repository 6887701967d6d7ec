package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"eris/dicom"
)

// ThumbnailPNG is the small picture of a series: of its middle image, made on
// the first call and kept. Errors: ErrNotFound when the series has no files
// here, and the drawing's own.
func (s *Store) ThumbnailPNG(ctx context.Context, study, series dicom.UID) ([]byte, error) {
	var id int64
	var png []byte
	err := s.read.QueryRowContext(ctx, `SELECT series.id, thumbnail FROM series JOIN study ON study.id = study_id
		WHERE study_instance_uid = ? AND series_instance_uid = ?`, study, series).Scan(&id, &png)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("series %s: %w", series, ErrNotFound)
	}
	if err != nil || len(png) > 0 {
		return png, err
	}
	var path string
	err = s.read.QueryRowContext(ctx, `SELECT path FROM instance WHERE series_id = ?1 AND rows > 0 ORDER BY instance_number, sop_instance_uid
		LIMIT 1 OFFSET (SELECT count(*) / 2 FROM instance WHERE series_id = ?1 AND rows > 0)`, id).Scan(&path)
	if errors.Is(err, sql.ErrNoRows) || s.Thumbnail == nil {
		return nil, fmt.Errorf("picture of series %s: %w", series, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("picture of series %s: %w", series, err)
	}
	if png, err = s.Thumbnail(ctx, filepath.Join(s.Dir, filepath.FromSlash(path))); err != nil {
		return nil, err
	}
	return png, s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE series SET thumbnail = ? WHERE id = ?`, png, id)
		return err
	})
}
