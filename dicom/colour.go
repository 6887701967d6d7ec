package dicom

import (
	"image/color"
	"strings"
)

// toRGB turns 8-bit YBR_FULL and YBR_FULL_422 samples into RGB (PS3.3
// C.7.6.3.1.2); other kinds stay as they are.
func (f *Frame) toRGB() {
	if f.SamplesPerPixel != 3 || f.Pix8 == nil || !strings.HasPrefix(f.PhotometricInterpretation, "YBR_FULL") {
		return
	}
	for p := f.Pix8; len(p) >= 3; p = p[3:] {
		p[0], p[1], p[2] = color.YCbCrToRGB(p[0], p[1], p[2])
	}
	f.PhotometricInterpretation = "RGB"
}
