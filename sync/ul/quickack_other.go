//go:build !linux

package ul

// acknowledge is left to the system.
func (s *socket) acknowledge() {}
