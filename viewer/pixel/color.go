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
	if f.PhotometricInterpretation == "PALETTE COLOR" {
		return m.fromPalette(f)
	}
	convert, known := conversions[f.PhotometricInterpretation]
	if !known {
		return fmt.Errorf("%w: photometric interpretation %q with %d samples per pixel",
			dicom.ErrUnsupported, f.PhotometricInterpretation, f.SamplesPerPixel)
	}
	return m.fromSamples(f, convert)
}

// conversions go from the samples of a pixel to RGB (PS3.3 C.7.6.3.1.2). What
// JPEG 2000 codecs call YBR_RCT and YBR_ICT is RGB once it is decoded.
var conversions = map[string]func(p []uint8){
	"RGB": nil, "YBR_RCT": nil, "YBR_ICT": nil,
	"YBR_FULL": fullToRGB, "YBR_FULL_422": fullToRGB,
	"YBR_PARTIAL": partialToRGB, "YBR_PARTIAL_422": partialToRGB, "YBR_PARTIAL_420": partialToRGB,
}

// fromSamples takes the first three samples of each pixel; wider ones keep
// their upper 8 bits.
func (m *Image) fromSamples(f *dicom.Frame, convert func(p []uint8)) error {
	if f.SamplesPerPixel < 3 || f.Float32 != nil || f.Float64 != nil {
		return fmt.Errorf("%w: %d samples per pixel in %s", ErrShape, f.SamplesPerPixel, f.PhotometricInterpretation)
	}
	shift := max(f.BitsStored-8, 0)
	for i := range f.Columns * f.Rows {
		p := m.RGB[3*i : 3*i+3]
		for s := range p {
			if f.Pix8 != nil {
				p[s] = f.Pix8[i*f.SamplesPerPixel+s]
			} else {
				p[s] = uint8(f.Value(i*f.SamplesPerPixel+s) >> shift)
			}
		}
		if convert != nil {
			convert(p)
		}
	}
	return nil
}

// fullToRGB undoes YBR_FULL (PS3.3 C.7.6.3.1.2) in 16 bit fixed point.
func fullToRGB(p []uint8) {
	y, b, r := int(p[0])<<16+1<<15, int(p[1])-128, int(p[2])-128
	p[0] = clamp8((y + 91881*r) >> 16)
	p[1] = clamp8((y - 22554*b - 46802*r) >> 16)
	p[2] = clamp8((y + 116130*b) >> 16)
}

// partialToRGB undoes YBR_PARTIAL, whose Y lies in 16 to 235 and whose
// chrominances lie in 16 to 240 (PS3.3 C.7.6.3.1.2, ITU-R BT.601).
func partialToRGB(p []uint8) {
	y, b, r := (int(p[0])-16)*76309+1<<15, int(p[1])-128, int(p[2])-128
	p[0] = clamp8((y + 104597*r) >> 16)
	p[1] = clamp8((y - 25675*b - 53279*r) >> 16)
	p[2] = clamp8((y + 132201*b) >> 16)
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
