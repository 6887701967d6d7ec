package ul

import "golang.org/x/sys/unix"

// acknowledge asks the kernel to acknowledge at once what arrives next (tcp(7),
// TCP_QUICKACK). Peers that leave Nagle's algorithm on (RFC 896) hold back the
// end of every message until then, 40 ms with delayed acknowledgements.
func (s *socket) acknowledge() {
	if s.raw != nil {
		s.raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
	}
}
