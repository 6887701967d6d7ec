package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// signature is the first box of a JP2 file (15444-1 I.5.1).
var signature = []byte("\x00\x00\x00\x0CjP  \r\n\x87\n")

// Box types (15444-1 Table I.2).
const (
	boxHeader     = "jp2h"
	boxColour     = "colr"
	boxCodestream = "jp2c"
)

// unwrap finds the codestream in a JP2 file, and the enumerated colour space
// when there is one. Bytes that are no JP2 file are taken as a codestream.
func unwrap(b []byte) (stream []byte, colour int, err error) {
	if !bytes.HasPrefix(b, signature) {
		return b, 0, nil
	}
	for len(b) >= 8 {
		kind, content, rest := box(b)
		switch kind {
		case boxHeader:
			colour = headerColour(content)
		case boxCodestream:
			return content, colour, nil
		}
		b = rest
	}
	return nil, 0, fmt.Errorf("%w: a JP2 file without a codestream", codec.ErrCorrupt)
}

// box takes the first box off at least 8 bytes. One that states more than
// there is, or is of the last box's length 0, has all that is left.
func box(b []byte) (kind string, content, rest []byte) {
	length, header := uint64(binary.BigEndian.Uint32(b)), 8
	kind = string(b[4:8])
	if length == 1 && len(b) >= 16 {
		length, header = binary.BigEndian.Uint64(b[8:]), 16
	}
	if length < uint64(header) || length > uint64(len(b)) {
		length = uint64(len(b))
	}
	return kind, b[header:length], b[length:]
}

// headerColour is the EnumCS of the colour specification box (15444-1 I.5.3.3),
// or 0.
func headerColour(b []byte) int {
	for len(b) >= 8 {
		kind, content, rest := box(b)
		if kind == boxColour && len(content) >= 7 && content[0] == 1 {
			return int(binary.BigEndian.Uint32(content[3:]))
		}
		b = rest
	}
	return 0
}
