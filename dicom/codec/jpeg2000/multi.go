package jpeg2000

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"

	"eris/dicom/codec"
)

// multi is what a main or a tile header says of the array-based multiple
// component transformation (15444-2 annex J).
type multi struct {
	used    bool // SGcod says so
	stated  bool // CBD was there
	outputs []component
	arrays  map[arrayKey][]float64
	stages  map[int][]collection // by Imcc
	order   []int                // of MCO
	own     bool                 // the maps are of this header alone
}

// Array types of Imct (15444-2).
const (
	arrayDependency = iota
	arrayDecorrelation
	arrayOffset
)

type arrayKey struct{ kind, index int }

// collection is a component collection of a stage: its inputs and outputs
// among the components of the stage, and how the ones are made of the others.
type collection struct {
	kind          int // arrayDependency or arrayDecorrelation
	in, out       []int
	array, offset int // numbers of arrays; 0: none
	reversible    bool
}

// maxStages bounds the stages of a transform, each of which takes as many
// multiplications as inputs times outputs for every pixel.
const maxStages = 8

// forTile is a copy that a tile header may change; most have nothing to say,
// so that the maps are copied only then.
func (m *multi) forTile() multi {
	t := *m
	t.own = false
	return t
}

// change makes the maps the header's own.
func (m *multi) change() {
	if m.own {
		return
	}
	m.own, m.arrays, m.stages = true, maps.Clone(m.arrays), maps.Clone(m.stages)
	if m.arrays == nil {
		m.arrays, m.stages = map[arrayKey][]float64{}, map[int][]collection{}
	}
}

// check refuses what is said of a transformation that SGcod does not ask for,
// and one that is asked for but not said.
func (m *multi) check() error {
	switch {
	case !m.used && (m.stated || len(m.arrays)+len(m.stages)+len(m.order) > 0):
		return fmt.Errorf("%w: a multiple component transformation of 15444-2 besides SGcod", codec.ErrUnsupported)
	case m.used && len(m.order) == 0:
		return fmt.Errorf("%w: a multiple component transformation without stages", codec.ErrUnsupported)
	}
	return nil
}

// applyMCT takes an array (15444-2).
func (m *multi) applyMCT(r *reader) error {
	z, i, y := r.u16(), r.u16(), r.u16()
	if z != 0 || y != 0 {
		return fmt.Errorf("%w: an MCT array in several marker segments", codec.ErrUnsupported)
	}
	key := arrayKey{i >> 8 & 3, i & 0xFF}
	if key.kind > arrayOffset {
		return fmt.Errorf("%w: MCT array type %d", codec.ErrUnsupported, key.kind)
	}
	m.change()
	m.arrays[key] = elements(r, i>>10&3)
	return nil
}

// elements are the numbers of an array: of 16 or 32 bits, or floating point of
// 32 or 64 (15444-2). They are read up to the end of the segment.
func elements(r *reader, kind int) []float64 {
	size := []int{2, 4, 4, 8}[kind]
	var out []float64
	for len(r.b) >= size {
		b := r.bytes(size)
		var v float64
		switch kind {
		case 0:
			v = float64(int16(binary.BigEndian.Uint16(b)))
		case 1:
			v = float64(int32(binary.BigEndian.Uint32(b)))
		case 2:
			v = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
		default:
			v = math.Float64frombits(binary.BigEndian.Uint64(b))
		}
		out = append(out, v)
	}
	return out
}

// applyMCC takes the component collections of a stage (15444-2).
func (m *multi) applyMCC(r *reader) error {
	z, index, y, n := r.u16(), r.u8(), r.u16(), r.u16()
	if z != 0 || y != 0 {
		return fmt.Errorf("%w: component collections in several marker segments", codec.ErrUnsupported)
	}
	var stage []collection
	for range n {
		c, err := parseCollection(r)
		if err != nil {
			return err
		}
		stage = append(stage, c)
	}
	m.change()
	m.stages[index] = stage
	return nil
}

func parseCollection(r *reader) (c collection, err error) {
	if c.kind = r.u8(); c.kind > arrayDecorrelation {
		return c, fmt.Errorf("%w: a wavelet-based component collection", codec.ErrUnsupported)
	}
	if c.in, err = parseComponents(r); err != nil {
		return c, err
	}
	if c.out, err = parseComponents(r); err != nil {
		return c, err
	}
	flags := r.u8()
	c.reversible, c.offset, c.array = flags&1 != 0, r.u8(), r.u8()
	if r.short {
		return c, fmt.Errorf("%w: a short MCC", codec.ErrCorrupt)
	}
	return c, nil
}

// parseComponents takes a list of components, with two bytes each where bit 15
// of their number is set.
func parseComponents(r *reader) ([]int, error) {
	n := r.u16()
	size := 1 + n>>15
	if n &= 0x7FFF; n == 0 || n > maxComponents || n*size > len(r.b) {
		return nil, fmt.Errorf("%w: a collection of %d components", codec.ErrCorrupt, n)
	}
	list := make([]int, n)
	for i := range list {
		if list[i] = r.number(size); list[i] >= maxComponents {
			return nil, fmt.Errorf("%w: component %d in a collection", codec.ErrUnsupported, list[i])
		}
	}
	return list, nil
}

// applyMCO takes the order of the stages (15444-2).
func (m *multi) applyMCO(r *reader) error {
	n := r.u8()
	if n > maxStages {
		return fmt.Errorf("%w: %d stages of component transformation", codec.ErrLimit, n)
	}
	m.order = nil
	for range n {
		m.order = append(m.order, r.u8())
	}
	return nil
}
