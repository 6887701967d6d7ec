package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Rebuilt says what Rebuild found.
type Rebuilt struct {
	Files   int
	Refused []string // path and reason of files that cannot be read
}

// kept are the tables that no file can bring back; Rebuild carries them over
// from the old index when that can still be read.
var kept = []string{"pin", "node", "orders", "order_record", "order_number", "setting", "aside", "job", "population", "procedure_step"}

// Rebuild makes the index of the closed cache in p.Dir anew from its files and
// its journal. The old index is kept beside it under a name with the time.
// Errors: ErrLocked, when a copy of the program has the cache open.
func Rebuild(ctx context.Context, p Params) (Rebuilt, error) {
	s := newStore(p)
	if _, err := os.Stat(s.Dir); err != nil {
		return Rebuilt{}, diskError("cache folder", err)
	}
	// The lock comes first: an index moved away under a running copy would take
	// that copy's work with it.
	if err := s.takeLock(); err != nil {
		return Rebuilt{}, err
	}
	old := s.indexPath() + ".before-" + s.Now().UTC().Format("20060102T150405")
	if err := moveIndex(s.indexPath(), old); err != nil {
		return Rebuilt{}, errors.Join(err, s.lock.Unlock())
	}
	if err := s.start(ctx); err != nil {
		return Rebuilt{}, err
	}
	defer s.Close()
	if err := s.carryOver(ctx, old, s.carryTables); err != nil {
		s.Log.Warn("pins, nodes and settings of the old index could not be read", "index", old, "error", err)
	}
	result, err := s.indexFolder(ctx)
	if err != nil {
		return result, err
	}
	if err := s.carryOver(ctx, old, s.carryStudies); err != nil {
		s.Log.Warn("what archives had said of studies could not be read", "index", old, "error", err)
	}
	if err := s.carryOver(ctx, old, s.carryPersons); err != nil {
		s.Log.Warn("the numbers of patients in the old index could not be read", "index", old, "error", err)
	}
	// Words that were carried over may have been made with other keys.
	if _, err := s.write.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, keysVersion); err != nil {
		return result, err
	}
	if err := s.renewKeys(ctx); err != nil {
		return result, err
	}
	return result, nil
}

func moveIndex(index, old string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(index+suffix, old+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return diskError("old index", err)
		}
	}
	return nil
}

// carryOver runs carry with the old index attached as "old".
func (s *Store) carryOver(ctx context.Context, old string, carry func(context.Context) error) error {
	if _, err := os.Stat(old); err != nil {
		return nil // there was no index at all
	}
	if _, err := s.write.ExecContext(ctx, `ATTACH DATABASE ? AS old`, old); err != nil {
		return err
	}
	defer s.write.ExecContext(context.WithoutCancel(ctx), `DETACH DATABASE old`)
	return carry(ctx)
}

func (s *Store) carryTables(ctx context.Context) error {
	var errs []error
	for _, table := range kept {
		_, err := s.write.ExecContext(ctx, `INSERT OR IGNORE INTO `+table+` SELECT * FROM old.`+table)
		errs = append(errs, err)
	}
	_, err := s.write.ExecContext(ctx, `UPDATE journal SET sent = 1 WHERE id IN (SELECT id FROM old.journal WHERE sent = 1)`)
	return errors.Join(append(errs, err)...)
}

// said are the columns of a study that an archive fills, for one without files.
const said = `study_instance_uid, patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex,
	study_date, sort_date, study_time, accession_number, study_description, modalities, body_parts, series_descriptions,
	laterality, institution_name, referring_physician, number_of_series, expected_instances, source, contrast,
	report, report_text, defect, seen, used`

// carryStudies brings back what no file says: how many instances a study has
// in its archive, without which a part would pass for the whole, and the
// studies that are only there.
func (s *Store) carryStudies(ctx context.Context) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		for _, query := range []string{
			`UPDATE study SET expected_instances = max(study.expected_instances, o.expected_instances),
				source = iif(study.source = '', o.source, study.source), used = o.used, withdrawn = iif(o.withdrawn = 'deleted', o.withdrawn, study.withdrawn),
				(patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex) =
				(o.patient_id, o.issuer_of_patient_id, o.patient_name, o.patient_birth_date, o.patient_sex)
				FROM old.study AS o WHERE o.study_instance_uid = study.study_instance_uid`,
			`INSERT OR IGNORE INTO study (` + said + `) SELECT ` + said + ` FROM old.study`,
			`INSERT OR IGNORE INTO study_word (word, study_id, sort_date) SELECT w.word, study.id, w.sort_date
				FROM old.study_word AS w JOIN old.study AS o ON o.id = w.study_id JOIN main.study AS study USING (study_instance_uid)`,
			`INSERT OR IGNORE INTO dose SELECT study.id, d.instances, d.version, d.body
				FROM old.dose AS d JOIN old.study AS o ON o.id = d.study_id JOIN main.study AS study USING (study_instance_uid) WHERE study.bytes = 0`,
			`INSERT OR IGNORE INTO asked SELECT * FROM old.asked`,
			`INSERT OR IGNORE INTO indexed SELECT * FROM old.indexed`,
		} {
			if _, err := tx.Exec(query); err != nil {
				return err
			}
		}
		return nil
	})
}

// carryPersons brings back the numbers that orders, lists and archives told of
// patients.
func (s *Store) carryPersons(ctx context.Context) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO person (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex, other_patient_ids)
			SELECT patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex, other_patient_ids FROM old.person WHERE TRUE
			ON CONFLICT DO UPDATE SET other_patient_ids = excluded.other_patient_ids WHERE other_patient_ids = '[]'`)
		return err
	})
}

// indexFolder reads every file under instances/ and writes its row.
func (s *Store) indexFolder(ctx context.Context) (Rebuilt, error) {
	var result Rebuilt
	found := make(chan *stagedFile, batchLimit)
	refused := make(chan string, batchLimit)
	paths := make(chan string, batchLimit)
	readers, ctx := errgroup.WithContext(ctx)
	readers.Go(func() error { defer close(paths); return s.walk(ctx, paths) })
	work, workCtx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() error { return readRows(workCtx, paths, found, refused) })
	}
	readers.Go(func() error { defer close(found); return work.Wait() })
	readers.Go(func() error { return s.writeRows(ctx, found, refused, &result) })
	return result, readers.Wait()
}

func readRows(ctx context.Context, paths <-chan string, found chan<- *stagedFile, refused chan<- string) error {
	for path := range paths {
		f, err := indexable(path)
		if err != nil {
			select {
			case refused <- fmt.Sprintf("%s: %v", path, err):
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		select {
		case found <- f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *Store) writeRows(ctx context.Context, found <-chan *stagedFile, refused <-chan string, result *Rebuilt) error {
	var batch []*stagedFile
	flush := func() error {
		err := s.update(ctx, func(tx *sql.Tx) error { return insertRows(tx, batch, s.Now().Unix()) })
		result.Files += len(batch)
		batch = batch[:0]
		return err
	}
	for {
		select {
		case line := <-refused:
			result.Refused = append(result.Refused, line)
		case f, more := <-found:
			if !more {
				for len(refused) > 0 {
					result.Refused = append(result.Refused, <-refused)
				}
				return flush()
			}
			if batch = append(batch, f); len(batch) == 8*batchLimit {
				if err := flush(); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) walk(ctx context.Context, paths chan<- string) error {
	return filepath.WalkDir(filepath.Join(s.Dir, "instances"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return diskError("cache", err)
		}
		if d.IsDir() || !strings.HasSuffix(path, ".dcm") {
			return nil
		}
		select {
		case paths <- path:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

func hashFile(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, diskError("file", err)
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, diskError("file", err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
