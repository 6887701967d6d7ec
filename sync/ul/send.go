package ul

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Kind says what of a message is sent.
type Kind byte

// Parts of a message (PS3.7 6.3).
const (
	Command Kind = 1
	Data    Kind = 0
)

const (
	defaultMaxPDU = 128 << 10
	longestSent   = 128 << 10 // PDUs longer than that gain nothing
	batchBytes    = 256 << 10 // short PDUs leave together in writes of so many bytes
)

var batches = sync.Pool{New: func() any { return &batch{buf: make([]byte, 0, batchBytes)} }}

// Send sends r to its end as a command or data set on a context, in PDUs no
// longer than the peer takes. When ctx ends or r fails in the middle, the
// association is aborted, since half a message cannot be taken back.
func (a *Association) Send(ctx context.Context, contextID byte, kind Kind, r io.Reader) error {
	return a.send(ctx, contextID, part{kind, r})
}

// SendMessage sends a command and, when data is not nil, its data set. What is
// short leaves in one write.
func (a *Association) SendMessage(ctx context.Context, contextID byte, command []byte, data io.Reader) error {
	parts := []part{{Command, bytes.NewReader(command)}}
	if data != nil {
		parts = append(parts, part{Data, data})
	}
	return a.send(ctx, contextID, parts...)
}

type part struct {
	kind Kind
	r    io.Reader
}

func (a *Association) send(ctx context.Context, id byte, parts ...part) error {
	if !a.usable[id] {
		return fmt.Errorf("presentation context %d was not accepted", id)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case a.sending <- struct{}{}:
		defer func() { <-a.sending }()
	case <-a.over:
		return a.outcome()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	b := batches.Get().(*batch)
	b.begin(a.longestPDV(), id)
	err := b.send(parts, func(pdus []byte) error { return a.ask(ctx, event{kind: evt9, bytes: pdus}) })
	batches.Put(b)
	if err != nil {
		return a.interrupted(err)
	}
	return nil
}

// interrupted ends an association in the middle of a message.
func (a *Association) interrupted(err error) error {
	select {
	case <-a.over:
		if errors.Is(err, ErrEnded) {
			return a.outcome()
		}
	default:
		a.abort(err)
	}
	return err
}

// longestPDV is how many bytes a fragment may have: an even number, so that
// values are not cut (PS3.8 9.3.5.1).
func (a *Association) longestPDV() int {
	longest := uint32(longestSent)
	if m := a.peer.maxPDU; m != 0 && m < longest {
		longest = m
	}
	return int(longest-pdvBytes) &^ 1
}

// batch collects PDUs of a message for one write.
type batch struct {
	buf     []byte
	longest int // bytes of a fragment
	id      byte
	ahead   [1]byte // read to see whether there is more
	peeked  bool
}

func (b *batch) begin(longest int, id byte) {
	b.buf, b.longest, b.id, b.peeked = b.buf[:0], longest, id, false
}

func (b *batch) send(parts []part, write func([]byte) error) error {
	for _, p := range parts {
		for last := false; !last; {
			if len(b.buf)+headerBytes+pdvBytes+b.longest > cap(b.buf) {
				if err := write(b.buf); err != nil {
					return err
				}
				b.buf = b.buf[:0]
			}
			var err error
			if last, err = b.add(p); err != nil {
				return err
			}
		}
	}
	return write(b.buf)
}

// add appends the next PDU of a part and reports whether it is the last.
func (b *batch) add(p part) (last bool, err error) {
	start := len(b.buf)
	pdu := b.buf[start : start+headerBytes+pdvBytes+b.longest]
	n, last, err := b.fill(p.r, pdu[headerBytes+pdvBytes:])
	if err != nil {
		return false, err
	}
	control := byte(p.kind) & bitCommand
	if last {
		control |= bitLast
	}
	putDataHeader(pdu, b.id, control, n)
	b.buf = b.buf[:start+headerBytes+pdvBytes+n]
	return last, nil
}

// fill reads a fragment. A full one may be the last: one more byte tells.
func (b *batch) fill(r io.Reader, dst []byte) (n int, last bool, err error) {
	if b.peeked {
		dst[0], b.peeked, n = b.ahead[0], false, 1
	}
	m, err := io.ReadFull(r, dst[n:])
	n += m
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return n, true, nil
	}
	if err != nil {
		return n, false, err
	}
	if _, err = io.ReadFull(r, b.ahead[:]); err == io.EOF {
		return n, true, nil
	}
	b.peeked = true
	return n, false, err
}
