package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
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
)

// diskError gives a file system error its kind and keeps the cause.
func diskError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s: %w: %w", doing, ErrFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: %w: %w", doing, ErrReadOnly, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
