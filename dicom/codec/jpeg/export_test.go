package jpeg

// Converted says whether Decode takes the stream's components for YCbCr.
func Converted(src []byte, rgb bool) bool {
	d := decoder{stream: stream{b: src}}
	for {
		code, ok := d.marker()
		if !ok || code == sos {
			return false
		}
		if code == soi {
			continue
		}
		body, err := d.segment()
		if err != nil {
			return false
		}
		switch {
		case code == app0 || code == app14:
			d.note(code, body)
		case code >= sof0 && code <= sof3:
			if d.frame, err = readFrame(body); err != nil {
				return false
			}
			return d.converted(d.frame, rgb)
		}
	}
}
