package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"eris/dicom"
)

// Outcome is what became of an added file.
type Outcome string

// The outcomes of Add.
const (
	Stored    Outcome = "stored"
	Duplicate Outcome = "duplicate" // the same bytes are there already
	Aside     Outcome = "aside"     // other bytes under the same SOPInstanceUID: kept aside
)

// Added tells what Add did.
type Added struct {
	Outcome           Outcome
	StudyInstanceUID  dicom.UID
	SeriesInstanceUID dicom.UID
	SOPInstanceUID    dicom.UID
	Bytes             int64
}

// stagedFile is an object that is safe, on its way to the index: in a synced
// temporary file, or in the log of taken objects.
type stagedFile struct {
	row
	temporary string      // path in incoming/
	record    *takeRecord // in the log
	source    string
	outcome   Outcome
	answer    chan error // nil for one in the log: its sender was told already
}

func (f *stagedFile) awaited() bool { return f.answer != nil }

// maxInstance bounds one incoming object; the largest real ones are multi-frame
// files of a few gigabytes.
const maxInstance = 16 << 30

// Add takes one Part 10 object from r into the cache: written under a
// temporary name, hashed, parsed, synced, renamed, indexed. When it returns
// without error the object survives a power cut. Calls from many goroutines
// share their commits, so callers with many files should use several.
// source names the node it came from, empty for files. Errors:
// dicom.ErrNotDICOM, dicom.ErrCorrupt, dicom.ErrLimit, ErrUnidentified, ErrFull, ErrReadOnly.
func (s *Store) Add(ctx context.Context, r io.Reader, source string) (Added, error) {
	staged, err := s.stage(r, source)
	if err != nil {
		return Added{}, err
	}
	return s.submit(ctx, staged)
}

// submit hands a staged file to the committer and waits for its answer.
func (s *Store) submit(ctx context.Context, staged *stagedFile) (Added, error) {
	select {
	case s.staged <- staged:
	case <-ctx.Done():
		os.Remove(staged.temporary)
		return Added{}, ctx.Err()
	case <-s.closed:
		os.Remove(staged.temporary)
		return Added{}, ErrClosed
	}
	i := staged.instance
	// From here the committer owns the file, so the answer is worth waiting for.
	if err := <-staged.answer; err != nil {
		return Added{}, err
	}
	return Added{staged.outcome, i.StudyInstanceUID, i.SeriesInstanceUID, i.SOPInstanceUID, i.FileBytes}, nil
}

// copyBuffers hold one instance each: a CT slice is written with one call.
var copyBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// inMemory is the size up to which an object is parsed from the bytes at hand
// instead of being read again from the disk.
const inMemory = 4 << 20

func (s *Store) stage(r io.Reader, source string) (*stagedFile, error) {
	// A transfer has the object in a buffer already; copying it again would
	// cost a third of the time it takes to store.
	if whole, ok := r.(*bytes.Buffer); ok && whole.Len() < inMemory {
		return s.stageWhole(whole.Bytes(), source)
	}
	buffer := copyBuffers.Get().(*bytes.Buffer)
	defer copyBuffers.Put(buffer)
	buffer.Reset()
	if _, err := io.Copy(buffer, io.LimitReader(r, inMemory)); err != nil {
		return nil, err
	}
	if buffer.Len() < inMemory {
		return s.stageWhole(buffer.Bytes(), source)
	}
	return s.stageLarge(io.MultiReader(buffer, io.LimitReader(r, maxInstance)), source)
}

// stageWhole parses an object that is all in memory, so that what is none is
// refused before anything is written.
func (s *Store) stageWhole(object []byte, source string) (*stagedFile, error) {
	parsed, err := parseWhole(object)
	if err != nil {
		return nil, err
	}
	return s.writeTemporary(parsed, "*.part", bytes.NewReader(object), source)
}

// parseWhole reads an object and hashes it meanwhile: a sender waits for both.
func parseWhole(object []byte) (row, error) {
	hashed := make(chan [sha256.Size]byte, 1)
	go func() { hashed <- sha256.Sum256(object) }()
	parsed, err := parse(bytes.NewReader(object), int64(len(object)))
	sum := <-hashed
	if err != nil {
		return row{}, err
	}
	parsed.instance.SHA256 = hex.EncodeToString(sum[:])
	return parsed, nil
}

// stageLarge writes first and parses from the disk, so that a long
// multi-frame object is never in memory.
func (s *Store) stageLarge(r io.Reader, source string) (*stagedFile, error) {
	hash := sha256.New()
	staged, err := s.writeTemporary(row{}, "*.part", io.TeeReader(r, hash), source)
	if err != nil {
		return nil, err
	}
	parsed, err := parseFile(staged.temporary, staged.instance.FileBytes)
	if err != nil {
		os.Remove(staged.temporary)
		return nil, err
	}
	parsed.instance.FileBytes, parsed.instance.SHA256 = staged.instance.FileBytes, hex.EncodeToString(hash.Sum(nil))
	staged.row = parsed
	return staged, nil
}

// parseFile closes the file again: Windows removes and renames no open file.
func parseFile(path string, size int64) (row, error) {
	f, err := os.Open(path)
	if err != nil {
		return row{}, diskError("incoming file", err)
	}
	defer f.Close()
	return parse(f, size)
}

// writeTemporary puts one object under a temporary name, synced.
func (s *Store) writeTemporary(parsed row, name string, r io.Reader, source string) (_ *stagedFile, err error) {
	file, err := os.CreateTemp(filepath.Join(s.Dir, "incoming"), name)
	if err != nil {
		return nil, diskError("incoming file", err)
	}
	defer func() {
		if closed := file.Close(); err == nil && closed != nil {
			err = diskError("incoming file", closed)
		}
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	size, err := io.Copy(file, r)
	if err != nil {
		return nil, diskError("incoming file", err)
	}
	if err = file.Sync(); err != nil {
		return nil, diskError("incoming file", err)
	}
	parsed.instance.FileBytes = size
	return &stagedFile{row: parsed, temporary: file.Name(), source: source, answer: make(chan error, 1)}, nil
}

func parse(source io.ReaderAt, size int64) (row, error) {
	f, err := dicom.Read(source, size, dicom.DefaultLimits())
	if err != nil {
		return row{}, err
	}
	if f.Meta.UID(dicom.MediaStorageSOPClassUID) == dicom.MediaStorageDirectoryStorage {
		return row{}, fmt.Errorf("a DICOMDIR names files, it is none to keep: %w", dicom.ErrUnsupported)
	}
	r, ok := readRow(f)
	if !ok {
		return row{}, fmt.Errorf("%w: %w", ErrUnidentified, dicom.ErrCorrupt)
	}
	return r, nil
}

// AddFile is Add from a file on disk.
func (s *Store) AddFile(ctx context.Context, path string) (Added, error) {
	f, err := os.Open(path)
	if err != nil {
		return Added{}, diskError("file", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return Added{}, errors.Join(fmt.Errorf("%s is not a regular file", path), err)
	}
	added, err := s.Add(ctx, f, "")
	if err != nil {
		return Added{}, fmt.Errorf("%s: %w", path, err)
	}
	return added, nil
}
