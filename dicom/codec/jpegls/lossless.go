package jpegls

// lossless does the work of line for scans without loss.
func (l *lines) lossless(i int) { l.line(i) }
