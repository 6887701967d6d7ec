package dicom

import (
	"strings"

	"github.com/suyashkumar/dicom/pkg/tag"
	"github.com/suyashkumar/dicom/pkg/uid"
)

// dictionaryRow is what PS3.6 says about one tag.
type dictionaryRow struct {
	vr VR
	// ambiguous marks rows for which PS3.6 names several VRs.
	ambiguous bool
	keyword   string
}

// lookup finds a tag in PS3.6 as the library carries it; ok is false for
// private and unknown tags.
func lookup(t Tag) (row dictionaryRow, ok bool) {
	found, err := tag.Find(tag.Tag{Group: repeatingGroup(t), Element: t.Element()})
	if err != nil || len(found.VRs) == 0 || t.Private() {
		return dictionaryRow{}, false
	}
	return dictionaryRow{VR(found.VRs[0]), len(found.VRs) > 1, found.Keyword}, true
}

// repeatingGroup maps 5002…50FE and 6002…60FE to the first of their kind:
// curves and overlays may occur sixteen times (PS3.5 7.6).
func repeatingGroup(t Tag) uint16 {
	switch g := t.Group(); g & 0xFF00 {
	case 0x5000, 0x6000:
		return g & 0xFF00
	default:
		return g
	}
}

// Keyword is the tag's keyword in PS3.6, "" when it has none.
func (t Tag) Keyword() string {
	row, _ := lookup(t)
	return row.keyword
}

// VR is the value representation PS3.6 gives the tag; UN when unknown. Where
// it names several, the first.
func (t Tag) VR() VR { return implicitVR(t, false) }

// implicitVR is the VR of an element written without one (PS3.5 A.1): signed
// is Pixel Representation, on which "US or SS" depends.
func implicitVR(t Tag, signed bool) VR {
	if t.Private() {
		return privateVR(t)
	}
	row, ok := lookup(t)
	switch {
	case !ok:
		return "UN"
	case t == PixelData || repeatingGroup(t) == 0x6000 && t.Element() == 0x3000:
		return "OW"
	case row.ambiguous && row.vr == "US" && signed:
		return "SS"
	case row.ambiguous && row.vr == "OB":
		return "OW" // PS3.5 A.1
	}
	return row.vr
}

// privateVR knows of private groups only what PS3.5 7.8.1 fixes.
func privateVR(t Tag) VR {
	switch e := t.Element(); {
	case e == 0:
		return "UL"
	case e >= 0x10 && e <= 0xFF:
		return "LO"
	}
	return "UN"
}

// syntaxNames holds transfer syntaxes newer than the library's UID registry,
// and plainer names for those a reader meets often.
var syntaxNames = map[UID]string{
	JPEGBaseline8Bit:          "JPEG Baseline",
	JPEGExtended12Bit:         "JPEG Extended 12-bit",
	JPEGLossless:              "JPEG Lossless",
	JPEGLosslessSV1:           "JPEG Lossless SV1",
	JPEGLSLossless:            "JPEG-LS Lossless",
	JPEGLSNearLossless:        "JPEG-LS Near-Lossless",
	JPEG2000Lossless:          "JPEG 2000 Lossless",
	JPEG2000:                  "JPEG 2000",
	RLELossless:               "RLE Lossless",
	"1.2.840.10008.1.2.1.98":  "Encapsulated Uncompressed Explicit VR Little Endian",
	"1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
	"1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
	"1.2.840.10008.1.2.4.112": "JPEG XL",
	"1.2.840.10008.1.2.4.201": "High-Throughput JPEG 2000 Lossless",
	"1.2.840.10008.1.2.4.202": "High-Throughput JPEG 2000 RPCL Lossless",
	"1.2.840.10008.1.2.4.203": "High-Throughput JPEG 2000",
	"1.2.840.10008.1.2.8.1":   "Deflated Image Frame Compression",

	GEPrivateImplicitVRLittleEndian: "GE Private Implicit VR Little Endian, Big Endian Pixels",
}

// Name is the UID's name in PS3.6 with the UID behind it; the bare UID when unknown.
func (u UID) Name() string {
	name := u.registered()
	if whole, ok := strings.CutSuffix(string(u), ".1"); name == "" && ok && outside[u] != "" {
		name = "Fragmentable " + UID(whole).registered() // PS3.5 10.18
	}
	if name == "" {
		return string(u)
	}
	return name + " (" + string(u) + ")"
}

// registered is the name of the UID; "" when unknown.
func (u UID) registered() string {
	if name := syntaxNames[u]; name != "" {
		return name
	}
	row, err := uid.Lookup(string(u))
	if err != nil {
		return ""
	}
	return row.Name
}
