package dicom

// MarshalJSON writes the DICOM JSON model (PS3.18 F). Pixel data is left out.
func (d *DataSet) MarshalJSON() ([]byte, error) { panic("stub") }

// UnmarshalJSON reads the DICOM JSON model (PS3.18 F); text is UTF-8.
func (d *DataSet) UnmarshalJSON(b []byte) error { panic("stub") }
