package pixel

import (
	"fmt"

	"eris/dicom"
)

// Palette turns an index into color (PS3.3 C.7.9). Each table has as many
// entries as the color needs, 8 bits each.
type Palette struct {
	First            int // stored value of the first entry; smaller ones take it too
	Red, Green, Blue []uint8
}

// takeColor copies or converts color samples to RGB.
func (m *Image) takeColor(f *dicom.Frame) error {
	m.RGB = make([]uint8, 3*f.Columns*f.Rows)
	switch f.PhotometricInterpretation {
	case "PALETTE COLOR":
		return m.fromPalette(f)
	case "RGB", "YBR_RCT", "YBR_ICT":
		return m.fromSamples(f, func(p []uint8) {})
	case "YBR_FULL", "YBR_FULL_422":
		return m.fromSamples(f, toRGB)
	}
	return fmt.Errorf("%w: photometric interpretation %q with %d samples per pixel",
		dicom.ErrUnsupported, f.PhotometricInterpretation, f.SamplesPerPixel)
}

// fromSamples takes the first three samples of each pixel; wider ones keep
// their upper 8 bits.
func (m *Image) fromSamples(f *dicom.Frame, convert func(p []uint8)) error {
	if f.SamplesPerPixel < 3 {
		return fmt.Errorf("%w: %d samples per pixel in %s", ErrShape, f.SamplesPerPixel, f.PhotometricInterpretation)
	}
	shift := uint(min(max(f.BitsStored-8, 0), 8))
	for i := range f.Columns * f.Rows {
		p := m.RGB[3*i : 3*i+3]
		for s := range p {
			if f.Pix8 != nil {
				p[s] = f.Pix8[i*f.SamplesPerPixel+s]
			} else {
				p[s] = uint8(f.Pix16[i*f.SamplesPerPixel+s] >> shift)
			}
		}
		convert(p)
	}
	return nil
}

// toRGB undoes YBR_FULL (PS3.3 C.7.6.3.1.2) in 16 bit fixed point.
func toRGB(p []uint8) {
	y, b, r := int(p[0])<<16+1<<15, int(p[1])-128, int(p[2])-128
	p[0] = clamp8((y + 91881*r) >> 16)
	p[1] = clamp8((y - 22554*b - 46802*r) >> 16)
	p[2] = clamp8((y + 116130*b) >> 16)
}

func clamp8(v int) uint8 { return uint8(min(max(v, 0), 255)) }

func (m *Image) fromPalette(f *dicom.Frame) error {
	p := m.Meaning.Palette
	if p == nil || len(p.Red) == 0 || len(p.Green) == 0 || len(p.Blue) == 0 {
		return fmt.Errorf("%w: PALETTE COLOR without its tables", ErrShape)
	}
	for i := range f.Columns * f.Rows {
		entry := max(f.Value(i*f.SamplesPerPixel)-p.First, 0)
		m.RGB[3*i] = p.Red[min(entry, len(p.Red)-1)]
		m.RGB[3*i+1] = p.Green[min(entry, len(p.Green)-1)]
		m.RGB[3*i+2] = p.Blue[min(entry, len(p.Blue)-1)]
	}
	return nil
}
