package store

// The log of received objects is small in tests.
func init() { takeHalf = 1 << 20 }

// HoldFiles keeps the committer from placing files until release is called.
func (s *Store) HoldFiles() (release func()) {
	s.files.Lock()
	return s.files.Unlock
}
