package command

import (
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
	if err := os.WriteFile(c.Out, frame.Raw(), 0o644); err != nil {
		return err
	}
	return s.print(map[string]any{"rows": frame.Rows, "columns": frame.Columns, "samplesPerPixel": frame.SamplesPerPixel,
		"bitsAllocated": frame.BitsAllocated, "bitsStored": frame.BitsStored, "highBit": frame.HighBit, "signed": frame.Signed, "photometricInterpretation": frame.PhotometricInterpretation,
		"frames": f.NumberOfFrames()}, func() {
		s.say("%d × %d, %d samples of %d bits, written to %s.", frame.Columns, frame.Rows, frame.SamplesPerPixel, frame.BitsAllocated, c.Out)
	})
}
