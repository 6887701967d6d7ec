package ul

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Types of PDU (PS3.8 9.3.1).
const (
	typeAssociateRQ byte = 1
	typeAssociateAC byte = 2
	typeAssociateRJ byte = 3
	typeData        byte = 4
	typeReleaseRQ   byte = 5
	typeReleaseRP   byte = 6
	typeAbort       byte = 7
)

const (
	headerBytes = 6 // type, reserved, length
	pdvBytes    = 6 // length, context ID, message control header (PS3.8 9.3.5.1)

	// maxAssociate bounds a request or answer: 128 contexts with 30 transfer
	// syntaxes of full length, and a user information item of full length.
	maxAssociate = 512 << 10
	fixedBody    = 4 // the body of RJ, release and abort
)

// invalid is what makes a PDU invalid, with the reason for the A-ABORT that
// answers it.
type invalid struct {
	reason byte
	text   string
}

func (e *invalid) Error() string { return e.text }

func invalidf(format string, args ...any) error {
	return &invalid{reasonInvalidValue, fmt.Sprintf(format, args...)}
}

// abortReason is what an invalid PDU is answered with.
func abortReason(err error) byte {
	var e *invalid
	if errors.As(err, &e) {
		return e.reason
	}
	return reasonNone
}

// checkHeader judges a PDU by its type and length before any of it is read.
func checkHeader(kind byte, length, maxPDU uint32) error {
	limit := uint32(fixedBody)
	switch kind {
	case typeAssociateRQ, typeAssociateAC:
		limit = maxAssociate
	case typeData:
		limit = maxPDU
	case typeAssociateRJ, typeReleaseRQ, typeReleaseRP, typeAbort:
		if length != fixedBody {
			return invalidf("PDU of type %d has %d bytes instead of %d", kind, length, fixedBody)
		}
	default:
		return &invalid{reasonUnrecognized, fmt.Sprintf("PDU type %d is unknown", kind)}
	}
	if length > limit {
		return invalidf("PDU of type %d has %d bytes, more than %d", kind, length, limit)
	}
	return nil
}

// fixedPDU is one of the PDUs with a body of four bytes.
func fixedPDU(kind byte, body ...byte) []byte {
	return append([]byte{kind, 0, 0, 0, 0, fixedBody}, body...)
}

func (r *Rejection) pdu() []byte { return fixedPDU(typeAssociateRJ, 0, r.Result, r.Source, r.Reason) }
func (a *Aborted) pdu() []byte   { return fixedPDU(typeAbort, 0, 0, a.Source, a.Reason) }
func releasePDU(kind byte) []byte {
	return fixedPDU(kind, 0, 0, 0, 0)
}

// cutter takes fields off the front of a body. After the first that is not all
// there, everything is empty and short is set.
type cutter struct {
	rest  []byte
	short bool
}

func (c *cutter) bytes(n int) []byte {
	if n > len(c.rest) {
		c.rest, c.short = nil, true
		return nil
	}
	field := c.rest[:n:n]
	c.rest = c.rest[n:]
	return field
}

func (c *cutter) byte() byte {
	if b := c.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cutter) uint16() uint16 {
	if b := c.bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (c *cutter) uint32() uint32 {
	if b := c.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// counted is a field with its length in two bytes before it.
func (c *cutter) counted() []byte { return c.bytes(int(c.uint16())) }

// item is an item or sub-item: type, reserved byte, length, body (PS3.8 9.3.2).
func (c *cutter) item() (kind byte, body *cutter) {
	kind = c.byte()
	c.byte()
	return kind, &cutter{rest: c.counted()}
}
