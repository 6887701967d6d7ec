package jpeg

// Lossless says that a stream has the lossless process.
func Lossless(src []byte) bool {
	s := stream{b: src}
	for {
		code, ok := s.marker()
		switch {
		case !ok || code == sos:
			return false
		case code >= sof0 && code <= sof15 && code != dht && code != jpg && code != dac:
			return code == sof3
		case code == tem || code >= rst0 && code <= soi:
			continue
		}
		if _, err := s.segment(); err != nil {
			return false
		}
	}
}
