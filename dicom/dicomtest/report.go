package dicomtest

import "eris/dicom"

// Report is a verified Basic Text SR with one paragraph of findings and one of
// conclusion (PS3.3 A.35.1).
func Report(s Study, findings, conclusion string) *dicom.File {
	f := s.object(dicom.BasicTextSRStorage, "SR", "Report", 99, 1)
	f.SetString(0x0040A491, "COMPLETE") // CompletionFlag
	f.SetString(0x0040A493, "VERIFIED") // VerificationFlag
	f.SetString(0x0040A040, "CONTAINER")
	f.SetString(0x0040A050, "SEPARATE")
	f.SetItems(0x0040A043, code(f.DataSet, "18748-4", "LN", "Diagnostic imaging report"))
	f.SetItems(0x0040A730,
		text(f.DataSet, code(f.DataSet, "121071", "DCM", meaning(s, "Finding", "Описание")), findings),
		text(f.DataSet, code(f.DataSet, "121077", "DCM", meaning(s, "Conclusion", "Заключение")), conclusion))
	return f
}

// meaning is the code's meaning in the language that the report is written in.
func meaning(s Study, english, russian string) string {
	if s.English {
		return english
	}
	return russian
}

// code is an item of a code sequence (PS3.3 8.8).
func code(in *dicom.DataSet, value, scheme, meaning string) *dicom.DataSet {
	d := item(in)
	d.SetString(dicom.CodeValue, value)
	d.SetString(dicom.CodingSchemeDesignator, scheme)
	d.SetString(dicom.CodeMeaning, meaning)
	return d
}

func text(in, concept *dicom.DataSet, value string) *dicom.DataSet {
	d := item(in)
	d.SetString(0x0040A010, "CONTAINS")
	d.SetString(0x0040A040, "TEXT")
	d.SetItems(0x0040A043, concept)
	d.SetString(0x0040A160, value)
	return d
}

// item is an empty item that is written in the character set of its data set.
func item(in *dicom.DataSet) *dicom.DataSet {
	d := dicom.NewDataSet()
	if declared := in.CharacterSet().Declared; len(declared) == 1 {
		if err := d.SetCharacterSet(declared[0]); err != nil {
			panic("dicomtest: " + err.Error())
		}
	}
	d.Remove(dicom.SpecificCharacterSet) // an item inherits the one of its data set
	return d
}
