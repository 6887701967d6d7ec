package render

import (
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// most bounds the cached glyphs of one size: names come from outside and may
// use any letter there is.
const most = 2048

// glyph is one letter as coverage, with a dark rim around it.
type glyph struct {
	ink, rim *image.Alpha // rim is wider by haloWidth on each side
	advance  fixed.Int26_6
}

// typeface is the text font at one size; safe for use from several goroutines.
type typeface struct {
	mu      sync.Mutex
	face    font.Face
	glyphs  map[rune]*glyph
	ascent  int
	advance int // from one line to the next
}

var regular = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		// The font is compiled into the program; it cannot be damaged.
		panic(err)
	}
	return f
})

var (
	sizesMu sync.Mutex
	sizes   = map[int]*typeface{}
)

// Least and greatest size of letters in device pixels.
const (
	leastText    = 12
	greatestText = 96
)

// typefaceOf is the text font with letters px device pixels high, within bounds.
func typefaceOf(px int) *typeface {
	px = min(max(px, leastText), greatestText)
	sizesMu.Lock()
	defer sizesMu.Unlock()
	if t := sizes[px]; t != nil {
		return t
	}
	face, err := opentype.NewFace(regular(), &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		// NewFace fails only for options that make no sense; these are fixed.
		panic(err)
	}
	m := face.Metrics()
	t := &typeface{face: face, glyphs: map[rune]*glyph{}, ascent: m.Ascent.Ceil(), advance: m.Height.Ceil()}
	sizes[px] = t
	return t
}

// glyph is the cached letter r.
func (t *typeface) glyph(r rune) *glyph {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.glyphs[r]; g != nil {
		return g
	}
	if len(t.glyphs) >= most {
		clear(t.glyphs)
	}
	g := t.rasterize(r)
	t.glyphs[r] = g
	return g
}

func (t *typeface) rasterize(r rune) *glyph {
	where, mask, from, advance, ok := t.face.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return &glyph{ink: image.NewAlpha(image.Rectangle{}), rim: image.NewAlpha(image.Rectangle{}), advance: advance}
	}
	// The face uses its mask again for the next letter, so it is copied.
	ink := image.NewAlpha(where)
	for y := where.Min.Y; y < where.Max.Y; y++ {
		for x := where.Min.X; x < where.Max.X; x++ {
			_, _, _, a := mask.At(from.X+x-where.Min.X, from.Y+y-where.Min.Y).RGBA()
			ink.Pix[ink.PixOffset(x, y)] = uint8(a >> 8)
		}
	}
	return &glyph{ink: ink, rim: rimOf(ink), advance: advance}
}

// haloWidth is how far the dark rim reaches, haloStrength how dark it is of 255.
const (
	haloWidth    = 2
	haloStrength = 200
)

// rimOf spreads the coverage by haloWidth in every direction.
func rimOf(ink *image.Alpha) *image.Alpha {
	rim := image.NewAlpha(ink.Rect.Inset(-haloWidth))
	for y := ink.Rect.Min.Y; y < ink.Rect.Max.Y; y++ {
		for x := ink.Rect.Min.X; x < ink.Rect.Max.X; x++ {
			spread(rim, x, y, int(ink.Pix[ink.PixOffset(x, y)])*haloStrength/255)
		}
	}
	return rim
}

func spread(rim *image.Alpha, x, y, strength int) {
	for dy := -haloWidth; dy <= haloWidth; dy++ {
		for dx := -haloWidth; dx <= haloWidth; dx++ {
			d := dx*dx + dy*dy
			if d > haloWidth*haloWidth+1 {
				continue
			}
			i := rim.PixOffset(x+dx, y+dy)
			rim.Pix[i] = max(rim.Pix[i], uint8(strength*(8-d)/8))
		}
	}
}
