package dimse

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// outgoing is an object on its way out: what it is, and its data set as it lies
// in its file. It is closed when it has been sent.
type outgoing struct {
	node.Reference
	syntax dicom.UID // of data
	data   io.Reader
	whole  io.Reader // the file from its start, for transcoding; data and whole are one stream
	spool  *os.File  // nil when nothing had to be written aside
}

// headBytes is more than meta information has; a longer one, up to longHeadBytes,
// is read from disk.
const (
	headBytes     = 4 << 10
	longHeadBytes = 1 << 20
)

// newOutgoing reads the meta information of a Part 10 stream. A file that does
// not begin as PS3.10 7.1 says is read as a whole and written anew.
func newOutgoing(ctx context.Context, r io.Reader) (*outgoing, error) {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	head = head[:n]
	o := &outgoing{}
	if at, ok := o.readMeta(head); ok {
		o.data = io.MultiReader(bytes.NewReader(head[at:]), r)
		o.whole = io.MultiReader(bytes.NewReader(head[:at]), o.data)
		return o, nil
	}
	o.whole = io.MultiReader(bytes.NewReader(head), r)
	err = o.rewrite(ctx, "")
	return o, err
}

// readMeta reads group 0002 from the start of a file and says where the data set
// begins; ok is false when something in it is unusual.
func (o *outgoing) readMeta(b []byte) (at int, ok bool) {
	if len(b) < len(preamble) || !bytes.Equal(b[128:132], preamble[128:]) {
		return 0, false
	}
	at = len(preamble)
	for len(b) >= at+12 && binary.LittleEndian.Uint16(b[at:]) == 2 {
		value, next, ok := metaElement(b, at)
		if !ok {
			return 0, false
		}
		uid := dicom.UID(bytes.Trim(value, " \x00"))
		switch dicom.NewTag(2, binary.LittleEndian.Uint16(b[at+2:])) {
		case dicom.MediaStorageSOPClassUID:
			o.SOPClassUID = uid
		case dicom.MediaStorageSOPInstanceUID:
			o.SOPInstanceUID = uid
		case dicom.TransferSyntaxUID:
			o.syntax = uid
		}
		at = next
	}
	return at, len(b) >= at+12 && named(o.SOPClassUID) && named(o.SOPInstanceUID) && named(o.syntax)
}

// named reports a UID that can be sent. Some in archives keep not all the rules.
func named(uid dicom.UID) bool { return uid != "" && len(uid) <= 64 }

// metaElement is the value of the explicit VR element at an offset.
func metaElement(b []byte, at int) (value []byte, next int, ok bool) {
	start, n := at+8, int(binary.LittleEndian.Uint16(b[at+6:]))
	switch string(b[at+4 : at+6]) {
	case "OB", "UN":
		long := binary.LittleEndian.Uint32(b[at+8:])
		if long > longHeadBytes {
			return nil, 0, false
		}
		start, n = at+12, int(long)
	}
	if start+n > len(b) {
		return nil, 0, false
	}
	return b[start : start+n], start + n, true
}

// Close removes what was written aside.
func (o *outgoing) Close() {
	if o.spool != nil {
		o.spool.Close()
		os.Remove(o.spool.Name())
		o.spool = nil
	}
}

// maxDecoded bounds the pixel data that is decoded for a peer, in bytes.
const maxDecoded = 1 << 30

// rewrite turns the object into the transfer syntax to; "": the one it has, mended.
// It goes through a file, so that a long one is not in memory; decoded pixel
// data is, up to maxDecoded.
func (o *outgoing) rewrite(ctx context.Context, to dicom.UID) error {
	read, err := spooled(func(w io.Writer) error { _, err := io.Copy(w, o.whole); return err })
	if err != nil {
		return err
	}
	defer func() { read.Close(); os.Remove(read.Name()) }()
	info, err := read.Stat()
	if err != nil {
		return err
	}
	f, err := dicom.Read(read, info.Size(), dicom.DefaultLimits())
	if err != nil {
		return err
	}
	if to != "" {
		if err := transcode(ctx, f, to); err != nil {
			return err
		}
	}
	if o.spool, err = spooled(f.Write); err != nil {
		return err
	}
	head := make([]byte, longHeadBytes)
	n, err := o.spool.ReadAt(head, 0)
	at, ok := o.readMeta(head[:n])
	if err != nil && err != io.EOF || !ok {
		o.Close()
		return fmt.Errorf("%w: it does not say what it is", dicom.ErrCorrupt)
	}
	_, err = o.spool.Seek(int64(at), io.SeekStart)
	o.data = o.spool
	return err
}

// spooled is a temporary file with what write writes, at its start.
func spooled(write func(io.Writer) error) (*os.File, error) {
	f, err := os.CreateTemp("", "eris-send-*")
	if err != nil {
		return nil, err
	}
	if err = write(f); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// transcode makes f an object in a native transfer syntax. Compressed pixel data
// is decoded; nothing is compressed.
func transcode(ctx context.Context, f *dicom.File, to dicom.UID) error {
	packed := f.NumberOfFrames() > 0 && isPacked(f.TransferSyntax)
	from := f.TransferSyntax
	if !packed {
		f.TransferSyntax = to
		return nil
	}
	var raw [][]byte
	sum := 0
	for i := range f.NumberOfFrames() {
		frame, err := f.Frame(ctx, i)
		if err != nil {
			return err
		}
		if sum += frame.Bytes(); sum > maxDecoded {
			return fmt.Errorf("%w: decoded pixel data of more than %d bytes", dicom.ErrLimit, maxDecoded)
		}
		if i == 0 {
			describe(f.DataSet, frame)
		}
		raw = append(raw, frame.Raw())
	}
	f.TransferSyntax = to
	if lossySyntaxes[from] {
		f.SetString(dicom.LossyImageCompression, "01") // PS3.3 C.7.6.1.1.5: it stays so
	}
	f.SetPixelData(raw...)
	return nil
}

// isPacked reports that pixel data is encapsulated (PS3.5 A.4).
func isPacked(syntax dicom.UID) bool {
	switch syntax {
	case dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian, dicom.ExplicitVRBigEndian, dicom.DeflatedExplicitVRLittleEndian,
		dicom.GEPrivateImplicitVRLittleEndian:
		return false
	}
	return true
}

// lossySyntaxes always lose something.
var lossySyntaxes = map[dicom.UID]bool{
	dicom.JPEGBaseline8Bit: true, dicom.JPEGExtended12Bit: true, dicom.JPEGSpectralSelection: true, dicom.JPEGFullProgression: true,
}

// describe writes what decoded samples are (PS3.3 C.7.6.3).
func describe(d *dicom.DataSet, f *dicom.Frame) {
	d.SetInt(dicom.SamplesPerPixel, f.SamplesPerPixel)
	d.SetString(dicom.PhotometricInterpretation, f.PhotometricInterpretation)
	d.SetInt(dicom.BitsAllocated, f.BitsAllocated)
	d.SetInt(dicom.BitsStored, f.BitsStored)
	d.SetInt(dicom.HighBit, f.HighBit)
	if f.SamplesPerPixel > 1 {
		d.SetInt(dicom.PlanarConfiguration, 0)
	}
}

// contextFor is the context to send o on: its own syntax, or one that it can be
// turned into.
func (d *dialogue) contextFor(class, syntax dicom.UID) (c ul.Context, same, ok bool) {
	for _, c := range d.Contexts() {
		if c.AbstractSyntax == class && c.Usable() && c.TransferSyntax == syntax {
			return c, true, true
		}
	}
	for _, plain := range plainSyntaxes {
		for _, c := range d.Contexts() {
			if c.AbstractSyntax == class && c.Usable() && c.TransferSyntax == plain {
				return c, false, true
			}
		}
	}
	return ul.Context{}, false, false
}

// send sends o as q (C-STORE, PS3.7 9.1.1).
func (d *dialogue) send(ctx context.Context, c ul.Context, o *outgoing, q *Command) error {
	q.Field, q.AffectedSOPClassUID, q.AffectedSOPInstanceUID = CStoreRQ, o.SOPClassUID, o.SOPInstanceUID
	return d.request(ctx, c.ID, q, o.data)
}

// store sends o and waits for the answer.
func (d *dialogue) store(ctx context.Context, c ul.Context, o *outgoing) (Status, error) {
	q := &Command{}
	if err := d.send(ctx, c, o, q); err != nil {
		return 0, err
	}
	m, err := d.response(ctx, q)
	if err != nil {
		return 0, err
	}
	return m.Status, nil
}
