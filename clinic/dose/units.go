package dose

import "math"

// MilliSievert is an effective dose.
type MilliSievert float64

// Quantity is what was measured; each has one unit here.
type Quantity string

// The quantities and their units.
const (
	DLP       Quantity = "dlp"        // dose length product, mGy·cm
	CTDIvol   Quantity = "ctdivol"    // mGy
	DAP       Quantity = "dap"        // dose area product, Gy·cm²
	DoseRP    Quantity = "rp"         // air kerma at the reference point, mGy
	AGD       Quantity = "agd"        // average glandular dose, side not told, mGy
	AGDLeft   Quantity = "agdLeft"    // of the left breast, mGy
	AGDRight  Quantity = "agdRight"   // of the right breast, mGy
	Activity  Quantity = "activity"   // administered activity, MBq
	Effective Quantity = "effective"  // effective dose as the device states it, mSv
	Fluoro    Quantity = "fluoroTime" // s
)

// dimension is the kind of a unit.
type dimension string

const (
	absorbed   dimension = "dose"
	length     dimension = "dose length"
	area       dimension = "dose area"
	equivalent dimension = "effective dose"
	decays     dimension = "activity"
	duration   dimension = "time"
)

var dimensions = map[Quantity]dimension{
	DLP: length, CTDIvol: absorbed, DAP: area, DoseRP: absorbed, AGD: absorbed, AGDLeft: absorbed, AGDRight: absorbed,
	Activity: decays, Effective: equivalent, Fluoro: duration,
}

// unit is a unit of a dimension; factor brings it to the unit of its quantities.
type unit struct {
	of     dimension
	factor float64
}

// units are UCUM codes; case counts (UCUM is case sensitive). Those without a
// point between two units are no UCUM, and devices of several makers write them
// with the scheme UCUM all the same.
var units = map[string]unit{
	"Gy": {absorbed, 1e3}, "dGy": {absorbed, 100}, "cGy": {absorbed, 10}, "mGy": {absorbed, 1}, "uGy": {absorbed, 1e-3},

	"mGy.cm": {length, 1}, "mGycm": {length, 1}, "cGy.cm": {length, 10}, "Gy.cm": {length, 1e3}, "uGy.m": {length, 0.1}, "mGy.m": {length, 100},

	"Gy.m2": {area, 1e4}, "Gym2": {area, 1e4}, "mGy.m2": {area, 10}, "uGy.m2": {area, 1e-2}, "uGym2": {area, 1e-2},
	"Gy.cm2": {area, 1}, "Gycm2": {area, 1}, "dGy.cm2": {area, 0.1}, "dGycm2": {area, 0.1}, "cGy.cm2": {area, 1e-2},
	"cGycm2": {area, 1e-2}, "mGy.cm2": {area, 1e-3}, "mGycm2": {area, 1e-3}, "uGy.cm2": {area, 1e-6},

	"Sv": {equivalent, 1e3}, "mSv": {equivalent, 1}, "uSv": {equivalent, 1e-3},

	"Bq": {decays, 1e-6}, "kBq": {decays, 1e-3}, "MBq": {decays, 1}, "GBq": {decays, 1e3}, "mCi": {decays, 37}, "Ci": {decays, 37e3},

	"ms": {duration, 1e-3}, "s": {duration, 1}, "min": {duration, 60}, "h": {duration, 3600},
}

// largest is a bound no real value reaches in any unit; what lies beyond it is a
// broken file.
const largest = 1e12

// convert brings a value to the unit of q; ok is false when the unit is unknown
// or of another dimension, or the value cannot be one.
func convert(q Quantity, value float64, code string) (converted float64, ok bool) {
	u, known := units[code]
	if !known || u.of != dimensions[q] {
		return 0, false
	}
	return value * u.factor, plausible(value * u.factor)
}

func plausible(v float64) bool { return !math.IsNaN(v) && v >= 0 && v < largest }

// Values are dose quantities, each in the unit of its Quantity. What was not
// told is absent; a zero was told.
type Values map[Quantity]float64

// add puts v to a quantity.
func (v Values) add(q Quantity, amount float64) { v[q] += amount }

// doses reports a value that is more than a duration.
func (v Values) doses() bool {
	for q := range v {
		if q != Fluoro {
			return true
		}
	}
	return false
}

// Glandular is the average glandular dose in mGy of the breast that got more,
// for a look; ok is false when none was told.
func (v Values) Glandular() (milligray float64, ok bool) {
	for _, q := range []Quantity{AGD, AGDLeft, AGDRight} {
		if one, told := v[q]; told {
			milligray, ok = max(milligray, one), true
		}
	}
	return milligray, ok
}
