package evidence

import (
	"strconv"

	"eris/clinic"
	"eris/dicom"
)

// Relationships of a content item to the one above (PS3.3 C.17.3.2.4).
const (
	contains     = "CONTAINS"
	hasModifier  = "HAS CONCEPT MOD"
	hasContext   = "HAS OBS CONTEXT"
	inferredFrom = "INFERRED FROM"
	selectedFrom = "SELECTED FROM"
)

// content is a content item of a value type, with what it is about.
func content(relationship, valueType string, concept Code, children ...*dicom.DataSet) *dicom.DataSet {
	d := item()
	d.SetString(dicom.RelationshipType, relationship)
	d.SetString(dicom.ValueType, valueType)
	if concept != (Code{}) {
		d.SetItems(dicom.ConceptNameCodeSequence, concept.item())
	}
	if len(children) > 0 {
		d.SetItems(dicom.ContentSequence, children...)
	}
	return d
}

func container(concept Code, children ...*dicom.DataSet) *dicom.DataSet {
	d := content(contains, "CONTAINER", concept, children...)
	d.SetString(dicom.ContinuityOfContent, "SEPARATE")
	return d
}

func text(relationship string, concept Code, value string) *dicom.DataSet {
	d := content(relationship, "TEXT", concept)
	d.SetString(dicom.TextValue, value)
	return d
}

func coded(relationship string, concept, value Code) *dicom.DataSet {
	d := content(relationship, "CODE", concept)
	d.SetItems(dicom.ConceptCodeSequence, value.item())
	return d
}

func uidRef(relationship string, concept Code, uid dicom.UID) *dicom.DataSet {
	d := content(relationship, "UIDREF", concept)
	d.SetUID(dicom.ReferencedUID, uid)
	return d
}

func image(relationship string, i clinic.Instance, frame int) *dicom.DataSet {
	d := content(relationship, "IMAGE", Code{})
	d.SetItems(dicom.ReferencedSOPSequence, referenceTo(i, frame))
	return d
}

// number is a NUM item; value is written with at most 16 characters (PS3.5 6.2, DS).
func number(concept Code, value float64, units Code, children ...*dicom.DataSet) *dicom.DataSet {
	d := content(contains, "NUM", concept, children...)
	measured := item()
	measured.SetItems(dicom.MeasurementUnitsCodeSequence, units.item())
	measured.SetString(dicom.NumericValue, strconv.FormatFloat(value, 'g', 9, 64))
	d.SetItems(dicom.MeasuredValueSequence, measured)
	return d
}

// root makes a document's own content (PS3.3 C.17.3): template and title.
func root(f *dicom.File, template string, title Code, children ...*dicom.DataSet) {
	used := item()
	used.SetString(dicom.MappingResource, "DCMR")
	used.SetString(dicom.TemplateIdentifier, template)
	f.SetString(dicom.ValueType, "CONTAINER")
	f.SetString(dicom.ContinuityOfContent, "SEPARATE")
	f.SetItems(dicom.ConceptNameCodeSequence, title.item())
	f.SetItems(dicom.ContentTemplateSequence, used)
	f.SetItems(dicom.ContentSequence, children...)
}

// observer says who speaks (PS3.16 TID 1001): a person, else the workstation.
func (h Header) observer() []*dicom.DataSet {
	observerType, person := Code{"121005", "DCM", "Observer Type"}, Code{"121006", "DCM", "Person"}
	if h.Observer.IsZero() {
		return []*dicom.DataSet{
			coded(hasContext, observerType, Code{"121007", "DCM", "Device"}),
			uidRef(hasContext, Code{"121012", "DCM", "Device Observer UID"}, dicom.DeriveUID("observer", h.StationName)),
			text(hasContext, Code{"121013", "DCM", "Device Observer Name"}, "ERIS Workstation "+h.StationName),
		}
	}
	name := content(hasContext, "PNAME", Code{"121008", "DCM", "Person Observer Name"})
	name.SetString(0x0040A123, h.Observer.String()) // PersonName
	return []*dicom.DataSet{coded(hasContext, observerType, person), name}
}

// language says in which language the meanings are (PS3.16 TID 1204).
func (h Header) language() *dicom.DataSet {
	named := map[string]string{"ru": "Russian", "en": "English"}
	code := h.Language
	if named[code] == "" {
		code = "en"
	}
	return coded(hasModifier, Code{"121049", "DCM", "Language of Content Item and Descendants"}, Code{code, "RFC5646", named[code]})
}
