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

// intent is the file that lists what a batch is about to touch. It is kept
// open and written over: a new file per batch would cost a new inode each time.
type intent struct {
	file *os.File
	open bool // what stands in the list is not known to be finished
}

func (s *Store) openIntent(kind string) (*intent, error) {
	f, err := os.OpenFile(filepath.Join(s.Dir, "intents", "batch"+kind), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, diskError("intent", err)
	}
	return &intent{file: f}, nil
}

// write puts the list on the disk.
func (i *intent) write(files []string) error {
	list, err := json.Marshal(files)
	if err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	if err := i.done(); err != nil { // a list that is cut short must not read as the older, longer one
		return err
	}
	i.open = true
	if _, err := i.file.WriteAt(list, 0); err != nil {
		return diskError("intent", err)
	}
	return diskError("intent", i.file.Sync())
}

// done empties the list. It need not be synced: a list that comes back after
// a power cut names only files that have their rows.
func (i *intent) done() error {
	if err := i.file.Truncate(0); err != nil {
		return diskError("intent", err)
	}
	i.open = false
	return nil
}

// finishAdding finishes what an earlier batch left when it failed: its list
// must not be written over before. The caller holds files.
func (s *Store) finishAdding(ctx context.Context) error {
	if !s.adding.open {
		return nil
	}
	if err := s.finish(ctx, s.adding.file.Name(), intentAdd); err != nil {
		return err
	}
	return s.adding.done()
}

// recover finishes what a kill left: half-written files go, finished files
// that have no row yet get it, files whose row is gone go too.
func (s *Store) recover(ctx context.Context) error {
	for _, folder := range []string{"intents", "incoming"} {
		left, err := os.ReadDir(filepath.Join(s.Dir, folder))
		if err != nil {
			return diskError(folder, err)
		}
		for _, e := range left {
			full := filepath.Join(s.Dir, folder, e.Name())
			if folder == "intents" {
				if err := s.finish(ctx, full, filepath.Ext(e.Name())); err != nil {
					return err
				}
			}
			if err := os.Remove(full); err != nil {
				return diskError(folder, err)
			}
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
