package dimse

import (
	"encoding/binary"
	"io"

	"eris/dicom"
)

// preamble is 128 bytes of nothing and the mark (PS3.10 7.1).
var preamble = append(make([]byte, 128), "DICM"...)

// metaOf is the head of a Part 10 file for a received object: preamble, mark and
// meta information made from what the message said (PS3.10 7.1).
func metaOf(c *Command, syntax dicom.UID, source string) ([]byte, error) {
	d := dicom.NewDataSet()
	d.Put(dicom.Element{Tag: dicom.FileMetaInformationVersion, VR: "OB", Raw: []byte{0, 1}})
	d.SetUID(dicom.MediaStorageSOPClassUID, c.AffectedSOPClassUID)
	d.SetUID(dicom.MediaStorageSOPInstanceUID, c.AffectedSOPInstanceUID)
	d.SetUID(dicom.TransferSyntaxUID, syntax)
	d.SetUID(dicom.ImplementationClassUID, dicom.OwnImplementationClass)
	d.SetString(dicom.ImplementationVersionName, dicom.OwnImplementationVersion)
	d.SetString(dicom.SourceApplicationEntityTitle, source)
	elements, err := d.Encode(dicom.ExplicitVRLittleEndian)
	if err != nil {
		return nil, err
	}
	head := append([]byte(nil), preamble...)
	head = append(head, 2, 0, 0, 0, 'U', 'L', 4, 0)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(elements)))
	return append(head, elements...), nil
}

// object is a received C-STORE as a Part 10 stream: the head, and the data set as
// it comes in.
type object struct {
	head []byte
	data *incoming
}

// newObject makes the stream of a C-STORE request; source is the AE title of
// its sender.
func newObject(m *message, source string) (*object, error) {
	head, err := metaOf(&m.Command, m.context.TransferSyntax, source)
	return &object{head, m.data}, err
}

// Read reads the file.
func (o *object) Read(p []byte) (int, error) {
	if len(o.head) > 0 {
		n := copy(p, o.head)
		o.head = o.head[n:]
		return n, nil
	}
	return o.data.Read(p)
}

// WriteTo hands the file on in pieces as they come in.
func (o *object) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(o.head)
	o.head = o.head[n:]
	if err != nil {
		return int64(n), err
	}
	m, err := o.data.WriteTo(w)
	return int64(n) + m, err
}
