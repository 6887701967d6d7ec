package command

import (
	"encoding/binary"
	"os"

	"eris/dicom"
)

type decodeCmd struct {
	File  string `arg:"" type:"existingfile" help:"A DICOM file."`
	Out   string `required:"" placeholder:"RAW" help:"The file to write: little endian, samples interleaved."`
	Frame int    `default:"1" help:"Which frame, from 1."`
}

// Run writes the stored values of one frame.
func (c *decodeCmd) Run(s *session) error {
	f, err := dicom.Open(c.File)
	if err != nil {
		return err
	}
	if n := f.NumberOfFrames(); c.Frame < 1 || c.Frame > n {
		return failure(s.L("%s has %d frames, not frame %d.", c.File, n, c.Frame))
	}
	frame, err := f.Frame(s, c.Frame-1)
	if err != nil {
		return err
	}
	raw := frame.Pix8
	if frame.Pix16 != nil {
		raw = make([]byte, 0, 2*len(frame.Pix16))
		for _, v := range frame.Pix16 {
			raw = binary.LittleEndian.AppendUint16(raw, v)
		}
	}
	if err := os.WriteFile(c.Out, raw, 0o644); err != nil {
		return err
	}
	return s.print(map[string]any{"rows": frame.Rows, "columns": frame.Columns, "samplesPerPixel": frame.SamplesPerPixel,
		"bitsAllocated": frame.BitsAllocated, "signed": frame.Signed, "photometricInterpretation": frame.PhotometricInterpretation,
		"frames": f.NumberOfFrames()}, func() {
		s.say("%d × %d, %d samples of %d bits, written to %s.", frame.Columns, frame.Rows, frame.SamplesPerPixel, frame.BitsAllocated, c.Out)
	})
}
