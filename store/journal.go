package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"eris/dicom"
)

// Entry is one thing a person made: a measurement, a decision. Entries are
// never changed; a correction is a new entry that names the same subject.
type Entry struct {
	ID               string          `json:"id"`
	Kind             string          `json:"kind"` // "measurement", "decision", …
	StudyInstanceUID dicom.UID       `json:"study,omitempty"`
	Made             time.Time       `json:"made"`
	Body             json.RawMessage `json:"body"`
	Sent             bool            `json:"-"`
}

// journalFile is the append-only file under the journal table.
type journalFile struct {
	mu   sync.Mutex
	file *os.File
	end  int64 // where the next line begins; a failed line is cut off again
}

const journalName = "journal.jsonl"

func openJournalFile(dir string) (*journalFile, error) {
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, diskError("journal", err)
	}
	j := &journalFile{file: f}
	if j.end, err = completeLines(f); err != nil {
		f.Close()
		return nil, diskError("journal", err)
	}
	return j, diskError("journal", f.Truncate(j.end))
}

// completeLines is the length of the file up to its last line end: what stands
// behind it was cut short by a kill and was never acknowledged.
func completeLines(f *os.File) (end int64, err error) {
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			more, err = r.ReadSlice('\n')
			line = append(append([]byte(nil), line...), more...)
		}
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return 0, err
		}
		end += int64(len(line))
	}
}

func (j *journalFile) append(line []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.WriteAt(append(line, '\n'), j.end); err != nil {
		return errors.Join(err, j.file.Truncate(j.end))
	}
	if err := j.file.Sync(); err != nil {
		return errors.Join(err, j.file.Truncate(j.end))
	}
	j.end += int64(len(line)) + 1
	return nil
}

func (j *journalFile) Close() error { return j.file.Close() }

// Record writes an entry. When it returns without error the entry survives a
// power cut. An empty ID or Made is filled in.
func (s *Store) Record(ctx context.Context, e Entry) (Entry, error) {
	if e.ID == "" {
		e.ID = string(dicom.NewUID())
	}
	if e.Made.IsZero() {
		e.Made = s.Now()
	}
	line, err := json.Marshal(e)
	if err != nil {
		return e, fmt.Errorf("journal entry of kind %s: %w", e.Kind, err)
	}
	if err := s.journal.append(line); err != nil {
		return e, diskError("journal", err)
	}
	// The line stands, so its row is written even when nobody waits any more.
	if err := s.indexEntry(context.WithoutCancel(ctx), e); err != nil {
		// The line is safe; the next Open indexes it.
		s.Log.Error("a journal entry could not be indexed", "kind", e.Kind, "error", err)
	}
	s.changed()
	return e, nil
}

func (s *Store) indexEntry(ctx context.Context, e Entry) error {
	return s.update(ctx, func(tx *sql.Tx) error { return insertEntry(tx, e) })
}

func insertEntry(tx *sql.Tx, e Entry) error {
	result, err := tx.Exec(`INSERT INTO journal (id, kind, study_instance_uid, made, body) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING`,
		e.ID, e.Kind, e.StudyInstanceUID, e.Made.UnixMilli(), string(e.Body))
	if err != nil || e.Kind != linkKind && e.Kind != unlinkKind {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err // known already: a later word must not be undone by it
	}
	return noteLink(tx, e)
}

// indexJournal gives the lines a row that have none: after a kill or a rebuild.
func (s *Store) indexJournal(ctx context.Context) error {
	f, err := os.Open(filepath.Join(s.Dir, "journal", journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskError("journal", err)
	}
	defer f.Close()
	return s.update(ctx, func(tx *sql.Tx) error { return s.indexLines(tx, bufio.NewReader(f)) })
}

// indexLines takes each line by itself: one that the disk has lost must not
// keep a person from all the others. It stays in the file as it is.
func (s *Store) indexLines(tx *sql.Tx, lines *bufio.Reader) error {
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return diskError("journal", err)
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil || e.ID == "" {
			s.Log.Error("a line of the journal is damaged and not shown", "line", n)
			continue
		}
		if err := insertEntry(tx, e); err != nil {
			return fmt.Errorf("journal line %d: %w", n, err)
		}
	}
}

// Entries lists the journal of one study, or of all when study is empty, in
// the order made. kind "" is every kind.
func (s *Store) Entries(ctx context.Context, kind string, study dicom.UID) ([]Entry, error) {
	where, args := "TRUE", []any(nil)
	if kind != "" {
		where, args = where+" AND kind = ?", append(args, kind)
	}
	if study != "" {
		where, args = where+" AND study_instance_uid = ?", append(args, study)
	}
	return s.entries(ctx, where, args...)
}

// EntriesBetween lists the entries of a kind made in a time, from inclusive and
// to exclusive, in the order made.
func (s *Store) EntriesBetween(ctx context.Context, kind string, from, to time.Time) ([]Entry, error) {
	return s.entries(ctx, `kind = ? AND made >= ? AND made < ?`, kind, from.UnixMilli(), to.UnixMilli())
}

// Decisions lists the entries of kind "decision" over one order, in the order
// made: those whose body, a clinic.Decision, has its accession number.
func (s *Store) Decisions(ctx context.Context, accessionNumber string) ([]Entry, error) {
	return s.entries(ctx, `kind = 'decision' AND json_extract(body, '$.AccessionNumber') = ?`, accessionNumber)
}

// Unsent lists the entries of some kinds that no archive has yet.
func (s *Store) Unsent(ctx context.Context, kinds ...string) ([]Entry, error) {
	where, args := unsentOf(kinds)
	return s.entries(ctx, where, args...)
}

func unsentOf(kinds []string) (where string, args []any) {
	for _, k := range kinds {
		args = append(args, k)
	}
	return `sent = 0 AND kind IN (?` + strings.Repeat(`,?`, max(len(kinds)-1, 0)) + `)`, args
}

// Entry is one entry. Errors: ErrNotFound.
func (s *Store) Entry(ctx context.Context, id string) (Entry, error) {
	list, err := s.entries(ctx, `id = ?`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("journal entry: %w", ErrNotFound)
	}
	if err != nil {
		return Entry{}, err
	}
	return list[0], nil
}

func (s *Store) entries(ctx context.Context, where string, args ...any) ([]Entry, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, kind, study_instance_uid, made, body, sent FROM journal WHERE `+where+` ORDER BY made, rowid`, args...)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		var e Entry
		var made int64
		var body string
		if err := rows.Scan(&e.ID, &e.Kind, &e.StudyInstanceUID, &made, &body, &e.Sent); err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		e.Made, e.Body = time.UnixMilli(made), json.RawMessage(body)
		list = append(list, e)
	}
	return list, rows.Err()
}

// CountUnsent says how many entries of some kinds no archive has yet.
func (s *Store) CountUnsent(ctx context.Context, kinds ...string) (n int, err error) {
	where, args := unsentOf(kinds)
	if err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM journal WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	return n, nil
}

// MarkSent notes that an archive has the entry.
func (s *Store) MarkSent(ctx context.Context, id string) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE journal SET sent = 1 WHERE id = ?`, id)
		return err
	})
}
