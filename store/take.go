package store

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// lingering is how long the committer waits for more taken files: one
// transaction for each of them would keep the disk from the next ones.
const lingering = 100 * time.Millisecond

// takenSuffix ends the name of a temporary file that its sender was told of as
// safe. The name begins with the SHA-256 of the content, which tells a whole
// file from one that a kill cut short.
const takenSuffix = ".taken"

// retryLate is how soon the index is tried again after it took nothing.
const retryLate = 5 * time.Second

// Take is Add for a sender who waits after each object, as a DIMSE peer does.
// It returns when the object survives a power cut; its row follows, with those
// of the objects that came meanwhile, in about a tenth of a second. So only an
// object that is larger than some megabytes has an Outcome. Errors: those of Add.
func (s *Store) Take(ctx context.Context, r io.Reader, source string) (Added, error) {
	buffer := copyBuffers.Get().(*bytes.Buffer)
	defer copyBuffers.Put(buffer)
	buffer.Reset()
	if _, err := io.Copy(buffer, io.LimitReader(r, inMemory)); err != nil {
		return Added{}, err
	}
	// While the index takes nothing, nothing more is promised.
	if buffer.Len() >= inMemory || s.late.Load() {
		return s.Add(ctx, io.MultiReader(buffer, r), source)
	}
	parsed, err := parseWhole(buffer.Bytes())
	if err != nil {
		return Added{}, err
	}
	staged, err := s.writeTemporary(parsed, parsed.instance.SHA256+".*"+takenSuffix, buffer, source)
	if err != nil {
		return Added{}, err
	}
	if err := syncFolder(filepath.Join(s.Dir, "incoming")); err != nil {
		os.Remove(staged.temporary)
		return Added{}, err
	}
	staged.answer = nil
	return s.submit(ctx, staged)
}

// gather waits for staged files and takes what comes, up to batchLimit. It
// lingers only as long as nobody waits for the answer.
func (s *Store) gather(ctx context.Context) []*stagedFile {
	batch := s.first(ctx)
	enough := time.After(lingering)
	for len(batch) > 0 && len(batch) < batchLimit {
		select {
		case f := <-s.staged:
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
	case <-again:
	case <-ctx.Done():
	}
	return nil
}

// finishTaking commits the taken files that an earlier batch could not, or that
// the last run of the program did not come to. The caller holds files.
func (s *Store) finishTaking(ctx context.Context) error {
	if !s.late.Load() {
		return nil
	}
	left, err := filepath.Glob(filepath.Join(s.Dir, "incoming", "*"+takenSuffix))
	if err != nil {
		return diskError("incoming", err)
	}
	for some := range slices.Chunk(left, batchLimit) {
		var batch []*stagedFile
		for _, path := range some {
			// One that is being written now is none yet, and comes by itself.
			if f, err := indexable(path); err == nil && isTaken(path, f.instance.SHA256) {
				f.temporary = path
				batch = append(batch, f)
			}
		}
		if err := s.placeBatch(ctx, batch); err != nil {
			return err
		}
	}
	s.late.Store(false)
	return nil
}

// isTaken tells a whole taken file by its name and the SHA-256 of its content.
func isTaken(path, sum string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, sum+".") && strings.HasSuffix(name, takenSuffix)
}

// isLate keeps a taken file that the last run left, and notes that there is one.
func (s *Store) isLate(path string) bool {
	if !strings.HasSuffix(path, takenSuffix) {
		return false
	}
	sum, _, err := hashFile(path)
	if err != nil || !isTaken(path, sum) {
		return false // cut short by the kill
	}
	s.late.Store(true)
	return true
}
