package anatomy

import (
	"maps"
	"slices"
)

// Region is the id of a fine region in regions.tsv, e.g. "knee".
type Region string

// Coarse is one of the ten search regions of IHE MADO, a SNOMED CT code.
type Coarse string

// The ten coarse regions.
const (
	HeadNeck       Coarse = "774007"
	UpperTrunk     Coarse = "67734004"
	LowerTrunk     Coarse = "63337009"
	UpperLimb      Coarse = "53120007"
	LowerLimb      Coarse = "61685007"
	SpinalColumn   Coarse = "737561001"
	BreastRegion   Coarse = "76752008"
	HeartRegion    Coarse = "80891009"
	Cardiovascular Coarse = "113257007"
	WholeBody      Coarse = "38266002"
)

// Pairedness says what the side means for a region (PS3.16 Table L-5).
type Pairedness string

// The kinds of regions by their sides.
const (
	Unpaired   Pairedness = "no"
	Paired     Pairedness = "yes"  // the side has to be told
	BothUnless Pairedness = "both" // an exam takes both sides unless told otherwise
)

// Level is the size of a region.
type Level string

// The levels. A body region is a field of view of its own; the rest lie in one.
const (
	BodyLevel   Level = "body"
	OrganLevel  Level = "organ"
	BoneLevel   Level = "bone"
	VesselLevel Level = "vessel"
)

// Place is one row of regions.tsv.
type Place struct {
	Region Region
	Coarse Coarse
	Paired Pairedness
	Level  Level
	SNOMED string // SNOMED CT code; empty when none is surely known
	Names  map[string]string
}

// Side is a laterality.
type Side string

// The sides; empty is not told.
const (
	Left  Side = "L"
	Right Side = "R"
	Both  Side = "B"
)

// Opposite reports left against right.
func (s Side) Opposite(other Side) bool {
	return s == Left && other == Right || s == Right && other == Left
}

// set is a small set with sorted output.
type set[T ~string] map[T]bool

func setOf[T ~string](values ...T) set[T] {
	s := set[T]{}
	for _, v := range values {
		s[v] = true
	}
	return s
}

func (s set[T]) sorted() []T { return slices.Sorted(maps.Keys(s)) }

func (s set[T]) addAll(other set[T]) { maps.Copy(s, other) }
