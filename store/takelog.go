package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// takeHalf is the size of each half of the log in bytes.
var takeHalf int64 = 64 << 20

// takeLog holds objects whose senders were told that they are safe until they lie
// in files of their own. It is one file that is written over in place: so a sync
// costs what the bytes cost, without the disk's own book-keeping of a new file.
// One half is written while the other empties.
type takeLog struct {
	file *os.File

	mu     sync.Mutex
	halves [2]struct {
		at    int64  // where the next record goes
		open  int    // records whose objects have no row yet
		epoch uint64 // of its records; what another one wrote there before has a smaller
	}
	now   int    // the half that is written
	epoch uint64 // the last
}

// takeRecord is where an object lies in the log.
type takeRecord struct {
	half         int
	header, from int64 // of the record, and of the object in it
	size         int64
}

// A record is a header, the name of the sender, and the object as it came.
type takeHeader struct {
	Magic  [8]byte
	Epoch  uint64
	Size   uint64
	Source uint32 // its length in bytes
	State  uint32
	SHA256 [sha256.Size]byte
}

var takeMagic = [8]byte{'E', 'R', 'I', 'S', 'T', 'A', 'K', '1'}

// States of a record.
const (
	takeDone = iota // its object has its row, or nobody was promised it
	takeOpen
)

const (
	takeHeaderSize  = 64
	takeStateOffset = 28
	mostSource      = 1 << 10
)

// openTakeLog opens a log that is there; nil when there is none of this size.
func openTakeLog(path string) (*takeLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, diskError("log of received objects", err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 2*takeHalf {
		return nil, errors.Join(err, f.Close())
	}
	return &takeLog{file: f}, nil
}

// makeTakeLog writes an empty log: with all its bytes, since the first writing of
// a place costs as much as a new file.
func makeTakeLog(path string) (*takeLog, error) {
	fresh := path + ".new"
	err := writeZeros(fresh, 2*takeHalf)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		os.Remove(fresh)
		return nil, diskError("log of received objects", err)
	}
	return openTakeLog(path)
}

func writeZeros(path string, size int64) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	zeros := make([]byte, 1<<20)
	for ; size > 0; size -= int64(len(zeros)) {
		if _, err := f.Write(zeros[:min(size, int64(len(zeros)))]); err != nil {
			return err
		}
	}
	return f.Sync()
}

// append makes an object safe; nil when there is no room until others have their
// rows, or for an object that is too large.
func (l *takeLog) append(object []byte, sum [sha256.Size]byte, source string) (*takeRecord, error) {
	if len(source) > mostSource {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	need := takeHeaderSize + int64(len(source)) + int64(len(object))
	if need > takeHalf {
		return nil, nil
	}
	h := &l.halves[l.now]
	if h.open == 0 {
		h.at = 0
	}
	if h.at+need > takeHalf {
		if l.halves[1-l.now].open > 0 {
			return nil, nil
		}
		l.now = 1 - l.now
		h = &l.halves[l.now]
		h.at = 0
	}
	if h.at == 0 {
		l.epoch++
		h.epoch = l.epoch
	}
	r := &takeRecord{half: l.now, header: int64(l.now)*takeHalf + h.at, size: int64(len(object))}
	r.from = r.header + takeHeaderSize + int64(len(source))
	var head bytes.Buffer
	binary.Write(&head, binary.LittleEndian, takeHeader{takeMagic, h.epoch, uint64(len(object)), uint32(len(source)), takeOpen, sum}) // into memory: it cannot fail
	head.WriteString(source)
	_, err := l.file.WriteAt(head.Bytes(), r.header)
	if err == nil {
		_, err = l.file.WriteAt(object, r.from)
	}
	if err == nil {
		err = syncData(l.file) // under the lock: a record counts only when all before it are whole
	}
	if err != nil {
		return nil, diskError("log of received objects", err)
	}
	h.at += need
	h.open++
	return r, nil
}

// object reads an object again.
func (l *takeLog) object(r *takeRecord) io.Reader { return io.NewSectionReader(l.file, r.from, r.size) }

// done says that objects have their rows, or that nobody was promised them. That
// is on the disk with the next record, and at once when nothing is open: else a
// kill would bring back what was deleted meanwhile.
func (l *takeLog) done(list []*takeRecord) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for _, r := range list {
		_, err := l.file.WriteAt([]byte{takeDone, 0, 0, 0}, r.header+takeStateOffset)
		errs = append(errs, err)
		l.halves[r.half].open--
	}
	if len(list) > 0 && l.halves[0].open+l.halves[1].open == 0 {
		errs = append(errs, syncData(l.file))
	}
	return errors.Join(errs...)
}

// left calls with each object that has no row yet, after the program was opened.
func (l *takeLog) left(each func(r *takeRecord, object []byte, source string)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for half := range l.halves {
		var first uint64
		for at := int64(0); at+takeHeaderSize <= takeHalf; {
			base := int64(half)*takeHalf + at
			var h takeHeader
			if err := binary.Read(io.NewSectionReader(l.file, base, takeHeaderSize), binary.LittleEndian, &h); err != nil {
				return diskError("log of received objects", err)
			}
			if at == 0 {
				first = h.Epoch
			}
			size := takeHeaderSize + int64(h.Source) + int64(h.Size)
			if h.Magic != takeMagic || h.Epoch != first || h.Source > mostSource || h.Size > uint64(takeHalf) || at+size > takeHalf {
				break // what was written here before
			}
			if h.State == takeDone { // it was whole, and is not read again: a start does not wait for it
				at += size
				l.noteRecord(half, at, first)
				continue
			}
			body := make([]byte, int64(h.Source)+int64(h.Size))
			if _, err := l.file.ReadAt(body, base+takeHeaderSize); err != nil {
				return diskError("log of received objects", err)
			}
			object := body[h.Source:]
			if sha256.Sum256(object) != h.SHA256 {
				break // a kill cut it short: its sender was told nothing
			}
			at += size
			l.noteRecord(half, at, first)
			l.halves[half].open++
			each(&takeRecord{half: half, header: base, from: base + takeHeaderSize + int64(h.Source), size: int64(h.Size)}, object, string(body[:h.Source]))
		}
	}
	return nil
}

// noteRecord says that a half holds records of an epoch up to a place.
func (l *takeLog) noteRecord(half int, at int64, epoch uint64) {
	l.epoch = max(l.epoch, epoch)
	l.halves[half].at, l.halves[half].epoch = at, epoch
}
