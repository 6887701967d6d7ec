package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// lingering is how long the committer waits for more taken objects: one
// transaction for each of them would keep the disk from the next ones.
const lingering = 300 * time.Millisecond

// retryLate is how soon the index is tried again after it took nothing.
const retryLate = 5 * time.Second

// Take is Add for a sender who waits after each object, as a DIMSE peer does.
// It returns when the object survives a power cut; its file and its row follow,
// with those of the objects that came meanwhile, in about a third of a second. So
// only an object that does not go through the log (see takeLog) has an Outcome.
// Errors: those of Add.
func (s *Store) Take(ctx context.Context, r io.Reader, source string) (Added, error) {
	buffer := copyBuffers.Get().(*bytes.Buffer)
	defer copyBuffers.Put(buffer)
	buffer.Reset()
	if _, err := io.Copy(buffer, io.LimitReader(r, inMemory)); err != nil {
		return Added{}, err
	}
	log := s.taking.Load()
	if log == nil {
		select {
		case s.wantLog <- struct{}{}:
		default: // it is being made, or cannot be
		}
	}
	// While the index takes nothing, nothing more is promised.
	if log == nil || buffer.Len() >= inMemory || s.late.Load() {
		return s.Add(ctx, io.MultiReader(buffer, r), source)
	}
	parsed, err := parseWhole(buffer.Bytes())
	if err != nil {
		return Added{}, err
	}
	parsed.instance.FileBytes = int64(buffer.Len())
	record, err := log.append(buffer.Bytes(), sumOf(parsed), source)
	if err != nil {
		return Added{}, err
	}
	if record == nil {
		return s.Add(ctx, buffer, source)
	}
	i := parsed.instance
	select {
	case s.taken <- &stagedFile{row: parsed, source: source, record: record}:
	case <-s.closed: // it is in the log: the next start finds it
	}
	return Added{"", i.StudyInstanceUID, i.SeriesInstanceUID, i.SOPInstanceUID, i.FileBytes}, nil
}

func sumOf(r row) (sum [32]byte) {
	hex.Decode(sum[:], []byte(r.instance.SHA256)) // parse made it
	return sum
}

// logPath is the log of taken objects.
func (s *Store) logPath() string { return filepath.Join(s.Dir, "taken.log") }

// openLog opens the log and finds what the last run promised and did not come to.
func (s *Store) openLog() error {
	log, err := openTakeLog(s.logPath())
	if err != nil || log == nil {
		return err
	}
	s.taking.Store(log)
	return log.left(func(r *takeRecord, object []byte, source string) {
		parsed, err := parseWhole(object)
		if err != nil { // it was parsed when it was promised: a newer program does not read it
			s.Log.Warn("a received object cannot be read any more; it stays in the log", "error", err)
			return
		}
		parsed.instance.FileBytes = int64(len(object))
		s.unplaced = append(s.unplaced, &stagedFile{row: parsed, source: source, record: r})
		s.late.Store(true)
	})
}

// makeLog makes the log, once it is wanted, beside what goes on.
func (s *Store) makeLog(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-s.wantLog:
	}
	log, err := makeTakeLog(s.logPath())
	if err != nil {
		s.Log.Warn("there is no log for received objects: each gets its file before its sender is answered", "error", err)
		return
	}
	s.taking.Store(log)
}

// gather waits for staged files and taken objects and takes what comes, up to
// batchLimit. It lingers only as long as nobody waits for the answer.
func (s *Store) gather(ctx context.Context) []*stagedFile {
	batch := s.first(ctx)
	enough := time.After(lingering)
	for len(batch) > 0 && len(batch) < batchLimit {
		select {
		case f := <-s.staged:
			batch = append(batch, f)
			continue
		case f := <-s.taken:
			batch = append(batch, f)
			continue
		default:
		}
		if slices.ContainsFunc(batch, (*stagedFile).awaited) {
			return batch
		}
		select {
		case f := <-s.staged:
			batch = append(batch, f)
		case f := <-s.taken:
			batch = append(batch, f)
		case <-enough:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// first waits for a staged file, or until what was left late is tried again.
func (s *Store) first(ctx context.Context) []*stagedFile {
	var again <-chan time.Time
	if s.late.Load() {
		again = time.After(retryLate)
	}
	select {
	case f := <-s.staged:
		return []*stagedFile{f}
	case f := <-s.taken:
		return []*stagedFile{f}
	case <-again:
	case <-ctx.Done():
	}
	return nil
}

// finishTaking commits the taken objects that an earlier batch could not, or that
// the last run of the program did not come to. The caller holds files.
func (s *Store) finishTaking(ctx context.Context) error {
	for len(s.unplaced) > 0 {
		some := s.unplaced[:min(len(s.unplaced), batchLimit)]
		if err := s.placeBatch(ctx, some); err != nil {
			removeTemporary(some)
			return err
		}
		s.unplaced = s.unplaced[len(some):]
	}
	s.unplaced = nil
	s.late.Store(false)
	return nil
}

// filesAtOnce is how many files are written side by side: the disk joins their
// syncs.
const filesAtOnce = 4

// writeTaken gives the taken objects of a batch that are to stay files of their own.
func (s *Store) writeTaken(batch []*stagedFile) error {
	var writers errgroup.Group
	writers.SetLimit(filesAtOnce)
	for _, f := range batch {
		if f.record == nil || f.outcome == Duplicate {
			continue
		}
		writers.Go(func() error {
			buffer := copyBuffers.Get().(*bytes.Buffer) // one write costs less than many
			defer copyBuffers.Put(buffer)
			buffer.Reset()
			buffer.Grow(int(f.record.size) + bytes.MinRead)
			if _, err := buffer.ReadFrom(s.taking.Load().object(f.record)); err != nil {
				return diskError("log of received objects", err)
			}
			written, err := s.writeTemporary(f.row, "*.part", buffer, f.source)
			if err == nil {
				f.temporary = written.temporary
			}
			return err
		})
	}
	return writers.Wait()
}

// forgetTaken says to the log that the objects of a batch have their rows.
func (s *Store) forgetTaken(batch []*stagedFile) {
	var records []*takeRecord
	for _, f := range batch {
		if f.record != nil {
			records = append(records, f.record)
		}
	}
	if len(records) == 0 {
		return
	}
	if err := s.taking.Load().done(records); err != nil {
		s.Log.Warn("the log of received objects cannot be written; what it holds is looked at again at the next start", "error", err)
	}
}

// leaveTaken keeps the taken objects of a batch that failed for the next try.
func (s *Store) leaveTaken(batch []*stagedFile) {
	for _, f := range batch {
		if f.record != nil {
			removeTemporary([]*stagedFile{f})
			s.unplaced = append(s.unplaced, f)
			s.late.Store(true)
		}
	}
}

// removeTemporary takes away the files that taken objects got for a try that failed.
func removeTemporary(batch []*stagedFile) {
	for _, f := range batch {
		if f.temporary != "" {
			os.Remove(f.temporary) // it is gone already when it was placed
			f.temporary = ""
		}
	}
}
