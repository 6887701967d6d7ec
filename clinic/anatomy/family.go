package anatomy

import (
	"maps"
	"slices"
	"strings"
)

// Family groups modalities that show the same way, so that one exam can stand
// for another: projection radiography is one family (CR, DX, fluorography of
// the lungs), mammography includes tomosynthesis, CT includes cone-beam.
type Family string

// The families. The empty Family is an unknown one.
const (
	Radiography  Family = "XR"
	CT           Family = "CT"
	MR           Family = "MR"
	Ultrasound   Family = "US"
	Mammography  Family = "MG"
	Scintigraphy Family = "NM"
	PET          Family = "PT"
	Densitometry Family = "BMD"
	Panoramic    Family = "PX"
	IntraOral    Family = "IO"
	Fluoroscopy  Family = "RF"
	Angiography  Family = "XA"
	Endoscopy    Family = "ES"
	Cardiogram   Family = "ECG"
)

// families maps DICOM modality codes (PS3.3 C.7.3.1.1.1), retired ones
// included, to their family.
var families = map[string]Family{
	"CR": Radiography, "DX": Radiography, "RG": Radiography, "XR": Radiography,
	"CT": CT, "MR": MR, "MA": MR, "MS": MR, "US": Ultrasound, "IVUS": Ultrasound, "EC": Ultrasound,
	"MG": Mammography, "NM": Scintigraphy, "ST": Scintigraphy, "PT": PET, "BMD": Densitometry,
	"PX": Panoramic, "IO": IntraOral, "RF": Fluoroscopy, "DF": Fluoroscopy, "VF": Fluoroscopy,
	"XA": Angiography, "DS": Angiography, "AS": Angiography, "ES": Endoscopy, "ECG": Cardiogram, "EPS": Cardiogram, "HD": Cardiogram,
}

// Families lists the families.
func Families() []Family {
	seen := set[Family]{}
	for _, f := range families {
		seen[f] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// companions are modalities of objects made beside the images.
var companions = map[string]bool{
	"SR": true, "KO": true, "PR": true, "SEG": true, "REG": true, "RWV": true, "AU": true, "FID": true, "DOC": true, "OT": true, "SC": true,
}

// rank says which family names a study of several: PET/CT is PET, SPECT/CT is
// scintigraphy.
var rank = []Family{PET, Scintigraphy, Densitometry, Mammography, Panoramic, IntraOral, Angiography, Fluoroscopy, MR, CT, Radiography, Ultrasound, Endoscopy, Cardiogram}

// FamilyOf is the family of a study with these modality codes; empty when none
// of them is an image modality that is known.
func FamilyOf(modalities ...string) Family {
	found := map[Family]bool{}
	for _, m := range modalities {
		for _, one := range strings.Split(m, `\`) {
			found[families[strings.ToUpper(strings.TrimSpace(one))]] = true
		}
	}
	for _, f := range rank {
		if found[f] {
			return f
		}
	}
	return ""
}

// OnlyCompanions reports that something was named and none of it is an image modality.
func OnlyCompanions(modalities []string) bool {
	for _, m := range modalities {
		if !companions[strings.ToUpper(strings.TrimSpace(m))] {
			return false
		}
	}
	return len(modalities) > 0
}

// spoken is what the words may correct: a scanner of one family often records
// what the words name better, because X-ray rooms share the code DX and OT
// says nothing.
var spoken = map[Family][]Family{
	Radiography: {Mammography, Panoramic, IntraOral, Densitometry, Fluoroscopy},
	Fluoroscopy: {Angiography},
	Angiography: {Fluoroscopy},
	IntraOral:   {Panoramic},
	Panoramic:   {IntraOral},
	CT:          {PET, Scintigraphy},
}

// correct chooses between the family of the modality code and those the words name.
func correct(coded Family, named set[Family]) Family {
	if coded == "" {
		for _, f := range rank {
			if named[f] {
				return f
			}
		}
		return ""
	}
	if named[coded] {
		return coded
	}
	for _, f := range spoken[coded] {
		if named[f] {
			return f
		}
	}
	return coded
}

// Ionising reports a family that works with ionising radiation.
func (f Family) Ionising() bool {
	switch f {
	case Radiography, CT, Mammography, Scintigraphy, PET, Densitometry, Panoramic, IntraOral, Fluoroscopy, Angiography:
		return true
	}
	return false
}
