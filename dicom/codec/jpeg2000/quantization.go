package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// quantization is the Sqcd and SPqcd parameters (15444-1 A.6.4).
type quantization struct {
	guard   int
	derived bool
	steps   []quantStep
}

type quantStep struct{ exponent, mantissa int }

func (c *componentCoding) setQuantization(q quantization, rank int) {
	if rank >= c.quantRank {
		c.quantization, c.quantRank = q, rank
	}
}

// applyQCD takes the quantization default (15444-1 A.6.4).
func (c *coding) applyQCD(r *reader) error {
	q, err := parseQuantization(r)
	for i := range c.components {
		c.components[i].setQuantization(q, c.rank(false))
	}
	return err
}

// applyQCC takes the quantization of one component (15444-1 A.6.5).
func (c *coding) applyQCC(r *reader) error {
	component, err := c.component(r)
	if err != nil {
		return err
	}
	q, err := parseQuantization(r)
	component.setQuantization(q, c.rank(true))
	return err
}

// parseQuantization takes Sqcd and SPqcd (15444-1 Tables A.28 to A.30).
func parseQuantization(r *reader) (q quantization, err error) {
	sqcd := r.u8()
	q.guard = sqcd >> 5
	kind := sqcd & 31
	if kind > 2 {
		return q, fmt.Errorf("%w: quantization %d", codec.ErrCorrupt, kind)
	}
	q.derived = kind == 1
	for len(r.b) > 0 && len(q.steps) <= 3*maxLevels {
		if kind == 0 {
			q.steps = append(q.steps, quantStep{exponent: r.u8() >> 3})
			continue
		}
		v := r.u16()
		q.steps = append(q.steps, quantStep{v >> 11, v & 0x7FF})
	}
	if len(q.steps) == 0 {
		return q, fmt.Errorf("%w: a quantization without steps", codec.ErrCorrupt)
	}
	return q, nil
}

// step is the exponent and mantissa of a band, counted as QCD lists them: LL,
// then HL, LH and HH of each resolution (15444-1 E.1.1, F.3.1).
func (q *quantization) step(band int) (quantStep, error) {
	if q.derived {
		// E-5: the exponent falls with the decomposition level of the band.
		s := q.steps[0]
		s.exponent -= max(band-1, 0) / 3
		if s.exponent < 0 {
			return s, fmt.Errorf("%w: a step size exponent below 0", codec.ErrCorrupt)
		}
		return s, nil
	}
	if band >= len(q.steps) {
		return quantStep{}, fmt.Errorf("%w: no step size for sub-band %d", codec.ErrCorrupt, band)
	}
	return q.steps[band], nil
}
