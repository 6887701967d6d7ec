package ul

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"eris/sync/node"
)

const (
	readBuffer = 64 << 10
	leastRate  = 1 << 10 // bytes a second that a PDU must come at, besides the stall time
)

// read feeds the owner with what comes. After an invalid PDU or a stall the rest
// is not understood any more and only thrown away until the connection ends.
func (a *Association) read(conn net.Conn, s *socket) {
	in := bufio.NewReaderSize(conn, readBuffer)
	within := false // a message
	for {
		e, ends := a.readPDU(in, s, within)
		within = !ends
		if !a.tell(e) || e.kind == evt17 {
			return
		}
		if e.kind == evt19 || e.kind == evt15 {
			s.silence, s.until = 0, time.Time{}
			io.Copy(io.Discard, in) // ARTIM ends it
			a.tell(event{kind: evt17, err: a.fault(node.ErrPartial, nil)})
			return
		}
	}
}

// readPDU waits for a PDU. ends is false in the middle of a command or data set.
func (a *Association) readPDU(in *bufio.Reader, s *socket, within bool) (e event, ends bool) {
	s.silence, s.until = a.idle(within), time.Time{}
	if _, err := in.Peek(1); err != nil {
		return a.lost(err), true
	}
	s.silence = a.times.Stall
	var header [headerBytes]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return a.lost(err), true
	}
	kind, length := header[0], binary.BigEndian.Uint32(header[2:])
	if err := checkHeader(kind, length, a.maxPDU); err != nil {
		return a.unreadable(err), true
	}
	s.until = time.Now().Add(a.times.Stall + time.Duration(length/leastRate)*time.Second)
	if kind == typeData {
		return a.readData(in, length)
	}
	body, err := io.ReadAll(io.LimitReader(in, int64(length))) // grows with what comes, not with what is promised
	if err == nil && len(body) < int(length) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return a.lost(err), true
	}
	return a.decode(kind, body), true
}

// idle is how long the next PDU may take to begin.
func (a *Association) idle(within bool) time.Duration {
	switch {
	case within:
		return a.times.Stall
	case a.requestor:
		return 0 // answers take what they take; the caller has a context
	}
	return a.times.Idle
}

func (a *Association) readData(in *bufio.Reader, length uint32) (e event, ends bool) {
	p := newDataPDU(length, a.maxPDU)
	if _, err := io.ReadFull(in, p.body); err != nil {
		p.free()
		return a.lost(err), true
	}
	ends, err := p.check()
	if err != nil {
		p.free()
		return a.unreadable(err), true
	}
	return a.unexpected(event{kind: evt10, data: p}, "P-DATA-TF"), ends
}

// decode makes the event of a PDU from its body, which has the right length.
func (a *Association) decode(kind byte, body []byte) event {
	switch kind {
	case typeAssociateRQ, typeAssociateAC:
		return a.decodeAssociate(kind == typeAssociateAC, body)
	case typeAssociateRJ:
		no := &Rejection{body[1], body[2], body[3]}
		return event{kind: evt4, reason: reasonUnexpected, err: a.fault(node.ErrRefused, no)}
	case typeReleaseRQ:
		return a.unexpected(event{kind: evt12}, "A-RELEASE-RQ")
	case typeReleaseRP:
		return a.unexpected(event{kind: evt13}, "A-RELEASE-RP")
	}
	return event{kind: evt16, err: a.fault(node.ErrPartial, &Aborted{body[2], body[3]})}
}

func (a *Association) decodeAssociate(answer bool, body []byte) event {
	p, err := parseAssociate(answer, body)
	switch {
	case err != nil:
		return a.unreadable(err)
	case answer:
		return a.unexpected(event{kind: evt3, associate: p}, "A-ASSOCIATE-AC")
	}
	return a.unexpected(event{kind: evt6, associate: p}, "A-ASSOCIATE-RQ")
}

// unexpected prepares what is said when the PDU comes at the wrong time.
func (a *Association) unexpected(e event, name string) event {
	e.reason = reasonUnexpected
	e.err = a.fault(node.ErrGarbled, &invalid{reasonUnexpected, name + " came at the wrong time"})
	return e
}

// lost is the end of what comes. A silent peer may still be there, so it is
// aborted.
func (a *Association) lost(err error) event {
	e := event{kind: evt17, err: a.broken(err)}
	if errors.Is(e.err, node.ErrStalled) {
		e.kind = evt15
	}
	return e
}

func (a *Association) unreadable(err error) event {
	return event{kind: evt19, reason: abortReason(err), err: a.fault(node.ErrGarbled, err)}
}
