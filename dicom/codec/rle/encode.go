package rle

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// Encode packs one frame of samples in pixel order, each little endian. Rows
// are packed on their own, as PS3.5 G.3.1 asks; segments have even lengths.
func Encode(samples []byte, l Layout) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	n := l.segments()
	if len(samples) != l.pixels()*n {
		return nil, fmt.Errorf("%w: %d bytes of samples where %d are needed", codec.ErrCorrupt, len(samples), l.pixels()*n)
	}
	out := make([]byte, headerBytes, headerBytes+len(samples)/2)
	binary.LittleEndian.PutUint32(out, uint32(n))
	row := make([]byte, l.Columns)
	for i := range n {
		binary.LittleEndian.PutUint32(out[4+4*i:], uint32(len(out)))
		first := i/l.Bytes*l.Bytes + l.Bytes - 1 - i%l.Bytes
		for y := range l.Rows {
			for x := range row {
				row[x] = samples[(y*l.Columns+x)*n+first]
			}
			out = pack(out, row)
		}
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out, nil
}

// pack appends the packets of one row (PS3.5 G.3.1): runs of two and more
// bytes, and literals between them.
func pack(out, row []byte) []byte {
	for len(row) > 0 {
		if n := run(row); n > 1 {
			out = append(out, byte(1-n), row[0])
			row = row[n:]
			continue
		}
		n := literal(row)
		out = append(append(out, byte(n-1)), row[:n]...)
		row = row[n:]
	}
	return out
}

// run is the number of equal bytes at the start of row, at most 128.
func run(row []byte) int {
	n := 1
	for n < len(row) && n < 128 && row[n] == row[0] {
		n++
	}
	return n
}

// literal is the number of bytes before the next run of three, at most 128.
func literal(row []byte) int {
	n := 1
	for n < len(row) && n < 128 && run(row[n:min(n+3, len(row))]) < 3 {
		n++
	}
	return n
}
