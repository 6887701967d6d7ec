package store

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Kinds of failure to act on; test with errors.Is.
var (
	ErrNotFound = errors.New("not in the cache")
	ErrLocked   = errors.New("the cache is open in another copy of the program")
	ErrNewer    = errors.New("the cache was written by a newer version of the program")
	ErrClosed   = errors.New("the cache is closed")
	ErrFull     = errors.New("the disk is full")
	ErrReadOnly = errors.New("the folder cannot be written to")
	ErrDamaged  = errors.New("the index is damaged; run: eris rebuild")
	// ErrUnidentified is that of an object no study can be found for.
	ErrUnidentified = errors.New("the object has no study, series or instance UID")
)

// diskError gives an error of the file system or of SQLite its kind and keeps
// the cause.
func diskError(doing string, err error) error {
	if err == nil {
		return nil
	}
	if kind := diskKind(err); kind != nil {
		return fmt.Errorf("%s: %w: %w", doing, kind, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func diskKind(err error) error {
	if kind := sqliteKind(err); kind != nil {
		return kind
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), isWindows(err, 39, 112): // HANDLE_DISK_FULL, DISK_FULL
		return ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), isWindows(err, 19): // WRITE_PROTECT
		return ErrReadOnly
	}
	return nil
}

// isWindows compares with the system's own numbers: the names that package
// syscall gives them on Windows are not what the system answers.
func isWindows(err error, numbers ...syscall.Errno) bool {
	var number syscall.Errno
	return runtime.GOOS == "windows" && errors.As(err, &number) && slices.Contains(numbers, number)
}

// sqliteKind knows the result codes of SQLite, whose low byte is the kind.
func sqliteKind(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return nil
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_READONLY:
		return ErrReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	}
	return nil
}
