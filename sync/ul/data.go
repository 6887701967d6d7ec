package ul

import (
	"encoding/binary"
	"sync"
)

// PDV is a fragment of a message (PS3.8 9.3.5.1, E.2).
type PDV struct {
	ContextID byte
	Command   bool   // of a command, else of a data set
	Last      bool   // the last of its command or data set
	Data      []byte // valid until the next Receive
}

// Bits of the message control header (PS3.8 E.2).
const (
	bitCommand byte = 1
	bitLast    byte = 2
)

// dataPDU is the body of a received P-DATA-TF. Its buffer is used again.
type dataPDU struct {
	body []byte
	rest []byte // what of it is still to be handed on
}

var dataPDUs = sync.Pool{New: func() any { return new(dataPDU) }}

// newDataPDU has a body of n bytes. Buffers are made for the longest PDU, so
// that the next one fits too.
func newDataPDU(n, longest uint32) *dataPDU {
	p := dataPDUs.Get().(*dataPDU)
	if uint32(cap(p.body)) < n {
		p.body = make([]byte, longest)
	}
	p.body = p.body[:n]
	p.rest = p.body
	return p
}

func (p *dataPDU) free() { dataPDUs.Put(p) }

// next takes the next fragment; ok is false when there is no further one. Only
// for bodies that passed check.
func (p *dataPDU) next() (v PDV, ok bool) {
	if len(p.rest) == 0 {
		return v, false
	}
	end := 4 + binary.BigEndian.Uint32(p.rest)
	v = PDV{ContextID: p.rest[4], Command: p.rest[5]&bitCommand != 0, Last: p.rest[5]&bitLast != 0, Data: p.rest[pdvBytes:end:end]}
	p.rest = p.rest[end:]
	return v, true
}

// check makes sure that the body consists of whole fragments, at least one, and
// reports whether the last ends its command or data set.
func (p *dataPDU) check() (ends bool, err error) {
	rest := p.body
	for {
		if len(rest) < pdvBytes {
			return false, invalidf("a fragment's header is cut off")
		}
		n := binary.BigEndian.Uint32(rest)
		if n < 2 || uint64(n) > uint64(len(rest)-4) {
			return false, invalidf("a fragment says it has %d bytes, and the PDU has %d", n, len(rest)-4)
		}
		ends = rest[5]&bitLast != 0
		if rest = rest[4+n:]; len(rest) == 0 {
			return ends, nil
		}
	}
}

// foreign is the first context with a fragment in p that is not usable, 0 when
// there is none.
func (p *dataPDU) foreign(usable *[256]bool) byte {
	for q := (&dataPDU{rest: p.body}); ; {
		v, ok := q.next()
		if !ok {
			return 0
		}
		if !usable[v.ContextID] {
			return max(v.ContextID, 1)
		}
	}
}

// putDataHeader writes the headers of a P-DATA-TF with one fragment of n bytes
// to the front of b.
func putDataHeader(b []byte, id, control byte, n int) {
	b[0], b[1] = typeData, 0
	binary.BigEndian.PutUint32(b[2:], uint32(n+pdvBytes))
	binary.BigEndian.PutUint32(b[6:], uint32(n+2))
	b[10], b[11] = id, control
}
