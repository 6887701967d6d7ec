//go:build !linux

package store

import "os"

// syncData makes the bytes of a file survive a power cut.
func syncData(f *os.File) error { return f.Sync() }
