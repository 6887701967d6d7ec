package store

import (
	"context"
	"crypto/sha1"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"eris/dicom"
)

// batchLimit bounds one transaction, so that a reader of the index sees an
// import grow and a kill costs little.
const batchLimit = 64

// commitStaged is the one goroutine that renames files and writes their rows.
// It takes what waits, up to batchLimit, into one transaction.
func (s *Store) commitStaged(ctx context.Context) {
	for ctx.Err() == nil || len(s.taken) > 0 {
		batch := s.gather(ctx)
		// Closing waits for the batch: it would be in doubt otherwise.
		err := s.commitBatch(context.WithoutCancel(ctx), batch)
		for _, f := range batch {
			f.settle(err)
		}
		if err != nil && slices.ContainsFunc(batch, func(f *stagedFile) bool { return !f.awaited() }) {
			s.leaveTaken(batch)
			s.Log.Warn("received files have no place in the cache yet; they are safe and tried again", "error", err)
		}
		if len(batch) > 0 {
			s.changed()
		}
	}
}

// settle answers who waits.
func (f *stagedFile) settle(err error) {
	if !f.awaited() {
		return
	}
	if err != nil {
		os.Remove(f.temporary) // it is gone already when it was placed
	}
	f.answer <- err
}

func (s *Store) commitBatch(ctx context.Context, batch []*stagedFile) error {
	s.files.Lock()
	defer s.files.Unlock()
	if err := s.finishTaking(ctx); err != nil {
		return err
	}
	return s.placeBatch(ctx, batch)
}

// placeBatch is commitBatch for a caller who holds files.
func (s *Store) placeBatch(ctx context.Context, batch []*stagedFile) error {
	if err := s.finishAdding(ctx); err != nil {
		return err
	}
	if err := s.sortOut(ctx, batch); err != nil {
		return err
	}
	if err := s.writeTaken(batch); err != nil {
		return err
	}
	if err := s.placeSorted(ctx, batch); err != nil {
		return err
	}
	s.forgetTaken(batch)
	return nil
}

// placeSorted moves the files of a batch to where they belong and writes their
// rows.
func (s *Store) placeSorted(ctx context.Context, batch []*stagedFile) error {
	var fresh []*stagedFile
	for _, f := range batch {
		switch f.outcome {
		case Stored:
			fresh = append(fresh, f)
		case Duplicate:
			if f.temporary != "" {
				os.Remove(f.temporary)
			}
		case Aside:
			if err := s.putAside(ctx, f); err != nil {
				return err
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := s.adding.write(paths(fresh)); err != nil {
		return err
	}
	if err := s.place(fresh); err != nil {
		return err
	}
	if err := s.update(ctx, func(tx *sql.Tx) error { return insertRows(tx, fresh, s.Now().Unix()) }); err != nil {
		return err // the intent stays: the next batch or the next Open indexes the files
	}
	return s.adding.done()
}

// sortOut decides for each file of a batch whether its instance is new.
func (s *Store) sortOut(ctx context.Context, batch []*stagedFile) error {
	here := map[dicom.UID]string{}
	for _, f := range batch {
		uid := f.instance.SOPInstanceUID
		known, ok := here[uid]
		if !ok {
			err := s.write.QueryRowContext(ctx, `SELECT sha256 FROM instance WHERE sop_instance_uid = ?`, uid).Scan(&known)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("index: %w", err)
			}
		}
		switch known {
		case "":
			f.outcome = Stored
			here[uid] = f.instance.SHA256
		case f.instance.SHA256:
			f.outcome = Duplicate
		default:
			f.outcome = Aside
		}
	}
	return nil
}

// place renames the files to where they belong and syncs the folders once.
func (s *Store) place(fresh []*stagedFile) error {
	folders := map[string]bool{}
	for _, f := range fresh {
		final := filepath.Join(s.Dir, filepath.FromSlash(f.path()))
		folder := filepath.Dir(final)
		if !folders[folder] {
			if err := os.MkdirAll(folder, 0o700); err != nil {
				return diskError("folder of a series", err)
			}
			folders[folder] = true
		}
		if err := os.Rename(f.temporary, final); err != nil {
			return diskError("moving a finished file", err)
		}
	}
	for folder := range folders {
		if err := syncFolder(folder); err != nil {
			return err
		}
	}
	return nil
}

// putAside keeps a file whose SOPInstanceUID is taken by other bytes.
func (s *Store) putAside(ctx context.Context, f *stagedFile) error {
	rel := path.Join("aside", fileName(f.instance.SOPInstanceUID)+"."+f.instance.SHA256[:16]+".dcm")
	if err := os.Rename(f.temporary, filepath.Join(s.Dir, filepath.FromSlash(rel))); err != nil {
		return diskError("keeping a file aside", err)
	}
	if err := syncFolder(filepath.Join(s.Dir, "aside")); err != nil {
		return err
	}
	s.Log.Debug("an instance arrived twice with different content; the second one is kept aside", "file", rel)
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO aside (sop_instance_uid, path, sha256, source, received) VALUES (?,?,?,?,?)
			ON CONFLICT DO NOTHING`, f.instance.SOPInstanceUID, rel, f.instance.SHA256, f.source, s.Now().Unix())
		return err
	})
}

// path is where a file belongs, below the cache's folder.
func (r row) path() string {
	return path.Join("instances", fileName(r.instance.StudyInstanceUID), fileName(r.instance.SeriesInstanceUID),
		fileName(r.instance.SOPInstanceUID)+".dcm")
}

// fileName is a UID as part of a path. Outside data may say anything, so only
// real UIDs are used as they are.
func fileName(u dicom.UID) string {
	if u.Valid() {
		return string(u)
	}
	sum := sha1.Sum([]byte(u))
	return "x" + hex.EncodeToString(sum[:])
}

func paths(files []*stagedFile) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.path()
	}
	return list
}

// syncFolder makes renames in a folder survive a power cut.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return diskError("folder", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !isWindowsFolder(err) {
		return diskError("folder", err)
	}
	return nil
}
