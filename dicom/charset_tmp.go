package dicom

type textCodec struct{}

func declaredCodec(terms []string) *textCodec          { return nil }
func termsOf(raw []byte) []string                      { return nil }
func (c *textCodec) decode(b []byte) string            { return string(b) }
func (c *textCodec) decodeAs(b []byte, pn bool) string { return string(b) }
func (d *DataSet) settleText()                         {}
func (d *DataSet) CharacterSet() CharacterSet          { return CharacterSet{} }
func (d *DataSet) SetCharacterSet(term string) error   { return nil }
