package hl7

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Bytes around a message (HL7 v2 Transport Specification: MLLP, release 1).
const (
	start  = 0x0b
	finish = 0x1c
	turn   = '\r'
)

// mostBytes bounds a message: an order with its attachments left out.
const mostBytes = 1 << 20

// errTooLong is a message over the bound.
var errTooLong = errors.New("the message is longer than 1 MiB")

// readBlock reads one message. What stands before its first byte is noise. The
// error is io.EOF when the peer is done.
func readBlock(r *bufio.Reader) ([]byte, error) {
	for skipped := 0; ; skipped++ {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == start {
			break
		}
		if skipped == mostBytes {
			return nil, fmt.Errorf("%w: no message begins", ErrMessage)
		}
	}
	var block []byte
	for {
		b, err := r.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		if b == finish {
			break
		}
		if len(block) == mostBytes {
			return nil, errTooLong
		}
		block = append(block, b)
	}
	// The CR belongs to the block; a peer that leaves it out must not be waited for.
	if r.Buffered() > 0 {
		if b, err := r.ReadByte(); err == nil && b != turn {
			return block, r.UnreadByte()
		}
	}
	return block, nil
}

func writeBlock(w io.Writer, message string) error {
	block := append([]byte{start}, message...)
	_, err := w.Write(append(block, finish, turn))
	return err
}
