package ul

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"eris/dicom"
)

// Types of items and sub-items (PS3.8 9.3.2, 9.3.3, D.1; PS3.7 D.3.3).
const (
	itemApplication     byte = 0x10
	itemContextRQ       byte = 0x20
	itemContextAC       byte = 0x21
	itemAbstractSyntax  byte = 0x30
	itemTransferSyntax  byte = 0x40
	itemUserInformation byte = 0x50
	itemMaximumLength   byte = 0x51
	itemClassUID        byte = 0x52
	itemAsync           byte = 0x53
	itemRole            byte = 0x54
	itemVersion         byte = 0x55
	itemExtended        byte = 0x56
	itemCommonExtended  byte = 0x57
	itemIdentityRQ      byte = 0x58
	itemIdentityAC      byte = 0x59
)

// applicationContext is the only one there is (PS3.7 A.2.1).
const applicationContext dicom.UID = "1.2.840.10008.3.1.1.1"

// maxListed bounds every list in a PDU: roles, extended negotiations, transfer
// syntaxes of a context, related SOP classes.
const maxListed = 256

// builder writes items; an item too long for its length field is kept as err.
type builder struct {
	b   []byte
	err error
}

// item writes an item whose body is what fill writes.
func (w *builder) item(kind byte, fill func()) {
	w.b = append(w.b, kind, 0)
	w.counted(fill)
}

// counted writes what fill writes with its length in two bytes before it.
func (w *builder) counted(fill func()) {
	start := len(w.b)
	w.b = append(w.b, 0, 0)
	fill()
	n := len(w.b) - start - 2
	if n > math.MaxUint16 && w.err == nil {
		w.err = fmt.Errorf("a field of %d bytes does not fit an association request", n)
	}
	binary.BigEndian.PutUint16(w.b[start:], uint16(n))
}

func (w *builder) bytes(b ...byte)         { w.b = append(w.b, b...) }
func (w *builder) text(s string)           { w.b = append(w.b, s...) }
func (w *builder) uid(kind byte, u string) { w.item(kind, func() { w.text(u) }) }
func (w *builder) countedText(s string)    { w.counted(func() { w.text(s) }) }
func (w *builder) uint16(v uint16)         { w.b = binary.BigEndian.AppendUint16(w.b, v) }

// uidOf reads a UID. Some pad it as in a data set (PS3.5 9.1), which PS3.8 F
// does not ask for.
func uidOf(b []byte) (dicom.UID, error) {
	u := strings.TrimRight(string(b), "\x00 ")
	if len(u) > 64 {
		return "", invalidf("a UID of %d characters", len(u))
	}
	return dicom.UID(u), nil
}

// listed keeps the bound of lists: a further element must not make it longer.
func listed(n int) error {
	if n >= maxListed {
		return invalidf("more than %d elements in a list", maxListed)
	}
	return nil
}
