package jpeg

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// tables are those that the segments before a scan have set.
type tables struct {
	huffman  [2][4]*huffman // by class (0 differences, 1 coefficients) and number
	quantize [4]*[64]int32  // in the order of rows
	restart  int            // MCUs in a restart interval; 0 without
}

// zigzag is the place, row by row, of the coefficients in their order (figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

// setQuantization reads the tables of a DQT segment (B.2.4.1).
func (t *tables) setQuantization(body []byte) error {
	for len(body) > 0 {
		precision, number := int(body[0]>>4), body[0]&15
		n := 64 * (1 + precision)
		if precision > 1 || number > 3 || len(body) < 1+n {
			return fmt.Errorf("%w: quantization table %d of %d bytes", codec.ErrCorrupt, number, len(body))
		}
		table := new([64]int32)
		for i := range 64 {
			if precision == 0 {
				table[zigzag[i]] = int32(body[1+i])
			} else {
				table[zigzag[i]] = int32(binary.BigEndian.Uint16(body[1+2*i:]))
			}
		}
		t.quantize[number] = table
		body = body[1+n:]
	}
	return nil
}

// setRestart reads a DRI segment (B.2.4.4).
func (t *tables) setRestart(body []byte) error {
	if len(body) < 2 {
		return fmt.Errorf("%w: restart interval of %d bytes", codec.ErrCorrupt, len(body))
	}
	t.restart = int(binary.BigEndian.Uint16(body))
	return nil
}
