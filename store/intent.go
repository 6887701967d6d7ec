package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"eris/dicom"
)

// The two kinds of intent: files about to appear, files about to go.
const (
	intentAdd    = ".add"
	intentRemove = ".remove"
)

// intent is the list of files that a batch is about to touch.
type intent struct{ path string }

func (s *Store) writeIntent(kind string, files []string) (*intent, error) {
	f, err := os.CreateTemp(filepath.Join(s.Dir, "incoming"), "*"+kind)
	if err != nil {
		return nil, diskError("intent", err)
	}
	defer f.Close()
	if err := json.NewEncoder(f).Encode(files); err != nil {
		return nil, diskError("intent", err)
	}
	if err := f.Sync(); err != nil {
		return nil, diskError("intent", err)
	}
	return &intent{f.Name()}, nil
}

func (i *intent) done() error { return diskError("intent", os.Remove(i.path)) }

// recover finishes what a kill left: half-written files go, finished files
// that have no row yet get it, files whose row is gone go too.
func (s *Store) recover(ctx context.Context) error {
	left, err := os.ReadDir(filepath.Join(s.Dir, "incoming"))
	if err != nil {
		return diskError("incoming folder", err)
	}
	for _, e := range left {
		full := filepath.Join(s.Dir, "incoming", e.Name())
		switch kind := filepath.Ext(e.Name()); kind {
		case intentAdd, intentRemove:
			if err := s.finish(ctx, full, kind); err != nil {
				return err
			}
		}
		if err := os.Remove(full); err != nil {
			return diskError("incoming folder", err)
		}
	}
	return s.indexJournal(ctx)
}

func (s *Store) finish(ctx context.Context, list, kind string) error {
	b, err := os.ReadFile(list)
	if err != nil {
		return diskError("intent", err)
	}
	var files []string
	if json.Unmarshal(b, &files) != nil {
		return nil // cut short by the kill, so nothing had been touched yet
	}
	var fresh []*stagedFile
	for _, rel := range files {
		if !filepath.IsLocal(filepath.FromSlash(rel)) {
			continue
		}
		full := filepath.Join(s.Dir, filepath.FromSlash(rel))
		known, err := s.pathKnown(ctx, rel)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if kind == intentRemove {
			os.Remove(full)
			continue
		}
		if f, err := indexable(full); err == nil {
			fresh = append(fresh, f)
		}
	}
	return s.update(ctx, func(tx *sql.Tx) error { return insertRows(tx, fresh, s.Now().Unix()) })
}

func (s *Store) pathKnown(ctx context.Context, rel string) (bool, error) {
	var n int
	name := strings.TrimSuffix(filepath.Base(rel), ".dcm")
	// Names of real UIDs find their row by key; the others are few.
	err := s.write.QueryRowContext(ctx, `SELECT count(*) FROM instance WHERE (sop_instance_uid = ? OR ? LIKE 'x%') AND path = ?`,
		name, name, rel).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("index: %w", err)
	}
	return n > 0, nil
}

// indexable reads a file that lies in its place but has no row.
func indexable(full string) (*stagedFile, error) {
	sum, size, err := hashFile(full)
	if err != nil {
		return nil, err
	}
	f, err := dicom.Open(full)
	if err != nil {
		return nil, err
	}
	r, ok := readRow(f)
	if !ok {
		return nil, fmt.Errorf("%s: %w", full, dicom.ErrCorrupt)
	}
	r.instance.FileBytes, r.instance.SHA256 = size, sum
	return &stagedFile{row: r, outcome: Stored}, nil
}

// isWindowsFolder reports the error Windows gives for syncing a folder, which
// it neither offers nor needs: NTFS journals its renames.
func isWindowsFolder(err error) bool {
	_, ok := err.(*fs.PathError)
	return ok && runtime.GOOS == "windows"
}
