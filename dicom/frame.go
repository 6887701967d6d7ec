package dicom

// Frame is the stored values of one frame (PS3.5 8), samples interleaved,
// rows from the top. Exactly one of Pix8 and Pix16 is set; Pix16 holds the
// bit pattern as allocated, see Value.
type Frame struct {
	Rows, Columns, SamplesPerPixel     int
	BitsAllocated, BitsStored, HighBit int
	Signed                             bool
	// PhotometricInterpretation describes the samples after decoding: a codec
	// that turned YBR into RGB says RGB.
	PhotometricInterpretation string
	Pix8                      []uint8
	Pix16                     []uint16
}

// Value is sample i as a number: masked to BitsStored below HighBit and sign-extended.
func (f *Frame) Value(i int) int {
	var v int
	if f.Pix16 != nil {
		v = int(f.Pix16[i])
	} else {
		v = int(f.Pix8[i])
	}
	v = v >> max(f.HighBit+1-f.BitsStored, 0) & (1<<f.BitsStored - 1)
	if f.Signed && v>>(f.BitsStored-1)&1 == 1 {
		v -= 1 << f.BitsStored
	}
	return v
}

// Bytes is the size of the samples in memory.
func (f *Frame) Bytes() int { return len(f.Pix8) + 2*len(f.Pix16) }
