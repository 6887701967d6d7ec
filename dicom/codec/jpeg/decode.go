package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
)

// Kinds of failure.
var (
	ErrCorrupt     = errors.New("damaged JPEG data")
	ErrUnsupported = errors.New("kind of JPEG not supported")
)

// Image is a decoded frame: samples in pixel order, 8 bits each, rows from the
// top. Components is 1 (gray) or 3 (red, green, blue).
type Image struct {
	Rows, Columns, Components int
	Pix                       []uint8
}

// Decode reads one frame of rows × columns pixels. rgb says that the data set
// calls the samples RGB: a stream without JFIF and Adobe marks is then taken
// at its word, since nothing in it says that it was converted to YCbCr.
func Decode(b []byte, rows, columns int, rgb bool) (Image, error) {
	// The size is checked before the standard library allocates by it.
	config, err := stdjpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return Image{}, kindOf(err)
	}
	if config.Width != columns || config.Height != rows {
		return Image{}, fmt.Errorf("%w: %d rows and %d columns where %d and %d are declared",
			ErrCorrupt, config.Height, config.Width, rows, columns)
	}
	decoded, err := stdjpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return Image{}, kindOf(err)
	}
	return samples(decoded, rows, columns, rgb && !marked(b))
}

// kindOf tells what cannot be read yet from what is broken.
func kindOf(err error) error {
	var unsupported stdjpeg.UnsupportedError
	if errors.As(err, &unsupported) {
		return fmt.Errorf("%w: %s", ErrUnsupported, string(unsupported))
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

func samples(decoded image.Image, rows, columns int, untouched bool) (Image, error) {
	out := Image{Rows: rows, Columns: columns, Components: 3}
	switch m := decoded.(type) {
	case *image.Gray:
		out.Components = 1
		out.Pix = gray(m, rows, columns)
	case *image.YCbCr:
		out.Pix = colour(m, rows, columns, untouched)
	case *image.RGBA:
		out.Pix = withoutAlpha(m, rows, columns)
	default:
		return out, fmt.Errorf("%w: four components", ErrUnsupported)
	}
	return out, nil
}

func gray(m *image.Gray, rows, columns int) []uint8 {
	out := make([]uint8, 0, rows*columns)
	for y := range rows {
		out = append(out, m.Pix[y*m.Stride:][:columns]...)
	}
	return out
}

func withoutAlpha(m *image.RGBA, rows, columns int) []uint8 {
	out := make([]uint8, 0, rows*columns*3)
	for y := range rows {
		row := m.Pix[y*m.Stride:][:4*columns]
		for ; len(row) > 0; row = row[4:] {
			out = append(out, row[0], row[1], row[2])
		}
	}
	return out
}
