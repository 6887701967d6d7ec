package evidence

import "eris/dicom"

// Code is a coded concept (PS3.3 8.8).
type Code struct {
	Value   string // CodeValue
	Scheme  string // CodingSchemeDesignator: DCM, SCT, UCUM, …
	Meaning string
}

// Is compares the concepts; their meanings are for people.
func (c Code) Is(other Code) bool { return c.Value == other.Value && c.Scheme == other.Scheme }

func (c Code) item() *dicom.DataSet {
	d := item()
	d.SetString(dicom.CodeValue, c.Value)
	d.SetString(dicom.CodingSchemeDesignator, c.Scheme)
	d.SetString(dicom.CodeMeaning, c.Meaning)
	return d
}

// codeOf reads the first item of a code sequence.
func codeOf(d *dicom.DataSet, sequence dicom.Tag) Code {
	for _, i := range d.Items(sequence) {
		return Code{i.String(dicom.CodeValue), i.String(dicom.CodingSchemeDesignator), i.String(dicom.CodeMeaning)}
	}
	return Code{}
}
