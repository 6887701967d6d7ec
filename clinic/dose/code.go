package dose

import "eris/dicom"

// Code is a coded concept; meanings are for people and never compared.
type Code struct {
	Value  string `json:"value,omitempty"`
	Scheme string `json:"scheme,omitempty"`
}

// schemes are designators of the same vocabulary (PS3.16 Table 8-1): SNOMED by
// its old identifiers.
var schemes = map[string]string{"SNM3": "SRT", "99SDM": "SRT"}

// codeOf reads the first item of a code sequence.
func codeOf(d *dicom.DataSet, sequence dicom.Tag) Code {
	for _, i := range d.Items(sequence) {
		c := Code{i.String(dicom.CodeValue), i.String(dicom.CodingSchemeDesignator)}
		if same, ok := schemes[c.Scheme]; ok {
			c.Scheme = same
		}
		return c
	}
	return Code{}
}

func dcm(value string) Code { return Code{value, "DCM"} }

// Concepts of the dose templates (PS3.16 Annex D).
var (
	conceptTitleXRay    = dcm("113701") // X-Ray Radiation Dose Report
	conceptTitleNuclear = dcm("113500") // Radiopharmaceutical Radiation Dose Report

	conceptEventUID       = dcm("113769") // Irradiation Event UID
	conceptAdministration = dcm("113503") // Radiopharmaceutical Administration Event UID
	conceptScope          = dcm("113705") // Scope of Accumulation
	conceptPlane          = dcm("113764") // Acquisition Plane
	conceptTarget         = dcm("123014") // Target Region
	conceptPhantom        = dcm("113835") // CTDIw Phantom Type
	conceptAuthority      = dcm("121406") // Reference Authority
)

// eventConcepts are the quantities of one event.
var eventConcepts = map[Code]Quantity{
	dcm("113838"): DLP,
	dcm("113830"): CTDIvol,
	dcm("122130"): DAP,
	dcm("113738"): DoseRP,
	dcm("111631"): AGD,
	dcm("113507"): Activity,
	dcm("113839"): Effective,
}

// totalConcepts are the quantities that a report accumulates. Parts of a total
// (fluoroscopy and acquisition apart) are not among them.
var totalConcepts = map[Code]Quantity{
	dcm("113813"): DLP,
	dcm("113722"): DAP,
	dcm("113725"): DoseRP,
	dcm("111637"): AGD,
	dcm("113814"): Effective,
	dcm("113730"): Fluoro,
}

// sides tell which breast a glandular dose is of: laterality, or the breast
// itself, by old and new SNOMED identifiers.
var sides = map[Code]Quantity{
	{"G-A101", "SRT"}: AGDLeft, {"7771000", "SCT"}: AGDLeft, {"T-04030", "SRT"}: AGDLeft, {"80248007", "SCT"}: AGDLeft,
	{"G-A100", "SRT"}: AGDRight, {"24028007", "SCT"}: AGDRight, {"T-04020", "SRT"}: AGDRight, {"73056007", "SCT"}: AGDRight,
}

// laterality is the concept name of a side.
var laterality = map[Code]bool{{"G-C171", "SRT"}: true, {"272741003", "SCT"}: true}

// phantoms are the CTDI phantoms by their diameter in cm (IEC 60601-2-44).
var phantoms = map[Code]int{dcm("113690"): 16, dcm("113691"): 32}
