package dose_test

import (
	"testing"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/dose"
	"eris/dicom"
)

// node is a content item of a made-up report.
type node = *dicom.DataSet

func coded(value, scheme string) node {
	d := dicom.NewDataSet()
	d.SetString(dicom.CodeValue, value)
	d.SetString(dicom.CodingSchemeDesignator, scheme)
	d.SetString(dicom.CodeMeaning, "whatever the maker writes")
	return d
}

func item(kind, concept string, children ...node) node {
	d := dicom.NewDataSet()
	d.SetString(dicom.ValueType, kind)
	d.SetItems(dicom.ConceptNameCodeSequence, coded(concept, "DCM"))
	if len(children) > 0 {
		d.SetItems(dicom.ContentSequence, children...)
	}
	return d
}

func container(concept string, children ...node) node { return item("CONTAINER", concept, children...) }

// number is a NUM item; unit is "code" in UCUM.
func number(concept, value, unit string, children ...node) node {
	d := item("NUM", concept, children...)
	v := dicom.NewDataSet()
	v.Put(dicom.Element{Tag: dicom.NumericValue, VR: "DS", Raw: []byte(value)})
	v.SetItems(dicom.MeasurementUnitsCodeSequence, coded(unit, "UCUM"))
	d.SetItems(dicom.MeasuredValueSequence, v)
	return d
}

func code(concept, value, scheme string, children ...node) node {
	d := item("CODE", concept, children...)
	d.SetItems(0x0040A168, coded(value, scheme))
	return d
}

func uid(concept string, value dicom.UID) node {
	d := item("UIDREF", concept)
	d.SetUID(dicom.ReferencedUID, value)
	return d
}

// report is an X-ray dose report with this content.
func report(object dicom.UID, children ...node) *dicom.DataSet {
	d := container("113701", children...)
	d.SetUID(dicom.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.67")
	d.SetUID(dicom.SOPInstanceUID, object)
	return d
}

// scan is a CT acquisition.
func scan(event dicom.UID, dlp string, more ...node) node {
	return container("113819", uid("113769", event), container("113829", append(more, number("113838", dlp, "mGy.cm"))...))
}

func totalDLP(dlp string) node { return container("113811", number("113813", dlp, "mGy.cm")) }

func read(t testing.TB, d *dicom.DataSet) dose.Report {
	t.Helper()
	r, err := dose.ReadReport(d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tables(t testing.TB) *dose.Tables {
	t.Helper()
	atlas, err := anatomy.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := dose.Load(assets.Rules(), atlas)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// study is an exam of a made-up adult.
func study(uid dicom.UID, date, modality, description string) clinic.Study {
	return clinic.Study{
		Patient:          clinic.Patient{PatientID: "SYN-1", PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"},
		StudyInstanceUID: uid, StudyDate: dicom.ParseDate(date), ModalitiesInStudy: []string{modality}, StudyDescription: description,
	}
}
