package evidence

import (
	"eris/clinic"
	"eris/dicom"
)

// Report is a list of measurements on the pictures of one study (PS3.16 TID
// 1500, as a Comprehensive SR: PS3.3 A.35.3).
type Report struct {
	Groups []Group
	// Replaces are the SOP instances of earlier reports that this one takes the
	// place of (PS3.3 C.17.2.1, PredecessorDocumentsSequence).
	Replaces []clinic.Instance
	// Partial says that the study was not whole when it was measured; it is
	// said in the document.
	Partial bool
}

// Group is one measurement: its values and its place (TID 1501).
type Group struct {
	TrackingID  string    // for people, e.g. "Length 1"
	TrackingUID dicom.UID // the same in each report about it
	Image       clinic.Instance
	Shades      Shades
	Frame       int // from 1; 0 for objects of one frame
	Graphic     Graphic
	Values      []Value
}

// Value is one number of a measurement.
type Value struct {
	Concept Code
	Number  float64
	Units   Code // UCUM
}

// Graphic is a place on a picture (PS3.3 C.18.6): column and row in turns, the
// centre of the upper left pixel at 0.5, 0.5 (PS3.3 C.10.5.1.2).
type Graphic struct {
	Type string // POINT, POLYLINE, ELLIPSE
	Data []float64
}

// Concepts of values (PS3.16 CID 7469 and others).
var (
	Length            = Code{"410668003", "SCT", "Length"}
	Area              = Code{"42798000", "SCT", "Area"}
	Mean              = Code{"373098007", "SCT", "Mean"}
	StandardDeviation = Code{"386136009", "SCT", "Standard Deviation"}
	Minimum           = Code{"255605001", "SCT", "Minimum"}
	Maximum           = Code{"56851009", "SCT", "Maximum"}
	PixelValue        = Code{"112031", "DCM", "Attenuation Coefficient"}
)

// File is the report as a document of h.Study.
func (r Report) File(h Header) *dicom.File {
	f := h.document(dicom.ComprehensiveSRStorage, "SR", "Measurements")
	f.SetString(dicom.CompletionFlag, "PARTIAL")
	f.SetString(dicom.VerificationFlag, "UNVERIFIED")
	var images []clinic.Instance
	var groups []*dicom.DataSet
	for _, g := range r.Groups {
		images = append(images, g.Image)
		groups = append(groups, g.item())
	}
	f.SetItems(dicom.CurrentRequestedProcedureEvidenceSequence, evidenceOf(images)...)
	if len(r.Replaces) > 0 {
		f.SetItems(dicom.PredecessorDocumentsSequence, evidenceOf(r.Replaces)...)
	}
	children := append([]*dicom.DataSet{h.language()}, h.observer()...)
	children = append(children, coded(hasModifier, Code{"121058", "DCM", "Procedure reported"}, procedure(h.Study)),
		container(Code{"126010", "DCM", "Imaging Measurements"}, groups...))
	if r.Partial {
		children = append(children, container(Code{"C-0034375", "UMLS", "Qualitative Evaluations"},
			text(contains, Code{"121106", "DCM", "Comment"}, "Measured while the study was here only in part.")))
	}
	root(f, "1500", Code{"126000", "DCM", "Imaging Measurement Report"}, children...)
	return f
}

// item is the measurement group (TID 1501).
func (g Group) item() *dicom.DataSet {
	children := []*dicom.DataSet{
		text(hasContext, Code{"112039", "DCM", "Tracking Identifier"}, g.TrackingID),
		uidRef(hasContext, Code{"112040", "DCM", "Tracking Unique Identifier"}, g.TrackingUID),
	}
	for _, v := range g.Values {
		children = append(children, number(v.Concept, v.Number, v.Units, g.place()))
	}
	return container(Code{"125007", "DCM", "Measurement Group"}, children...)
}

// place is where on the picture a value was taken (TID 320).
func (g Group) place() *dicom.DataSet {
	d := content(inferredFrom, "SCOORD", Code{}, image(selectedFrom, g.Image, g.Frame))
	d.SetString(dicom.GraphicType, g.Graphic.Type)
	d.SetFloat(dicom.GraphicData, g.Graphic.Data...)
	return d
}

// procedures are what a modality is called as a procedure (SNOMED CT).
var procedures = map[string]Code{
	"CT": {"77477000", "SCT", "Computed tomography"}, "MR": {"113091000", "SCT", "Magnetic resonance imaging"},
	"US": {"16310003", "SCT", "Diagnostic ultrasonography"}, "MG": {"71651007", "SCT", "Mammography"},
}

func procedure(s clinic.Study) Code {
	for _, m := range s.ModalitiesInStudy {
		if c, ok := procedures[m]; ok {
			return c
		}
	}
	return Code{"363679005", "SCT", "Imaging"}
}
