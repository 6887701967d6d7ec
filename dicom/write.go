package dicom

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Write writes f as a Part 10 file in its transfer syntax: little endian
// explicit or implicit, or encapsulated with the fragments as they are. Big
// endian, deflated and GE's own are written as explicit VR little endian.
// Missing meta information is made from the data set.
func (f *File) Write(w io.Writer) error {
	syntax := writtenSyntax(f.TransferSyntax)
	meta := f.metaFor(syntax)
	out := bufio.NewWriterSize(w, 64<<10)
	out.Write(make([]byte, preambleBytes)) // a bufio.Writer keeps its first error for Flush
	out.Write(magic)
	out.Write(meta)
	if err := f.writeDataSet(out, codingOf(syntax)); err != nil {
		return err
	}
	return out.Flush()
}

func writtenSyntax(syntax UID) UID {
	switch syntax {
	case "", ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, GEPrivateImplicitVRLittleEndian:
		return ExplicitVRLittleEndian
	}
	return syntax
}

// metaFor is the encoded group 0002 (PS3.10 7.1).
func (f *File) metaFor(syntax UID) []byte {
	meta := NewDataSet()
	for e := range f.Meta.All() {
		if e.Tag.Group() == 2 {
			meta.Put(e)
		}
	}
	meta.Put(Element{Tag: FileMetaInformationVersion, VR: "OB", Raw: []byte{0, 1}})
	if !meta.Has(MediaStorageSOPClassUID) {
		meta.SetUID(MediaStorageSOPClassUID, f.UID(SOPClassUID))
	}
	if !meta.Has(MediaStorageSOPInstanceUID) {
		meta.SetUID(MediaStorageSOPInstanceUID, f.UID(SOPInstanceUID))
	}
	meta.SetUID(TransferSyntaxUID, syntax)
	if !meta.Has(ImplementationClassUID) {
		meta.SetUID(ImplementationClassUID, OwnImplementationClass)
		meta.SetString(ImplementationVersionName, OwnImplementationVersion)
	}
	meta.Remove(FileMetaInformationGroupLength)
	rest := meta.encode(nil, coding{explicit: true})
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(rest)))
	head := (&DataSet{elements: []Element{{Tag: FileMetaInformationGroupLength, VR: "UL", Raw: length}}})
	return append(head.encode(nil, coding{explicit: true}), rest...)
}

func (f *File) writeDataSet(out *bufio.Writer, c coding) error {
	for e := range f.All() {
		if e.stored && f.pixels != nil {
			if err := f.pixels.write(out, c); err != nil {
				return err
			}
			continue
		}
		if int64(len(e.Raw)) > math.MaxUint32-1 {
			return fmt.Errorf("%w: %s of %d bytes", ErrLimit, e.Tag, len(e.Raw))
		}
		out.Write(f.appendElement(nil, e, c))
	}
	return nil
}

// write writes the pixel data element, reading its value piece by piece.
func (p *pixelData) write(out *bufio.Writer, c coding) error {
	if !p.encapsulated {
		return p.writeNative(out, c)
	}
	out.Write(appendHead(nil, p.tag, "OB", undefined, c))
	table := make([]byte, 0, 4*len(p.offsets))
	for _, off := range p.offsets {
		table = binary.LittleEndian.AppendUint32(table, off)
	}
	out.Write(appendItemHead(nil, itemTag, uint32(len(table))))
	out.Write(table)
	err := p.src.use(func(r io.ReaderAt) error {
		for _, s := range p.fragments {
			if s.n+1 >= undefined {
				return fmt.Errorf("%w: fragment of %d bytes", ErrLimit, s.n)
			}
			out.Write(appendItemHead(nil, itemTag, uint32(s.n+s.n%2)))
			if err := copyPadded(out, r, s, 1); err != nil {
				return err
			}
		}
		return nil
	})
	out.Write(appendItemHead(nil, sequenceDelimiter, 0))
	return err
}

func (p *pixelData) writeNative(out *bufio.Writer, c coding) error {
	s := p.value
	if s.n+1 >= undefined {
		return fmt.Errorf("%w: pixel data of %d bytes", ErrLimit, s.n)
	}
	vr := p.vr
	if !c.explicit {
		vr = implicitVR(p.tag, false)
	}
	out.Write(appendHead(nil, p.tag, vr, uint32(s.n+s.n%2), c))
	width := 1
	if p.big {
		width = p.vr.info().width
	}
	return p.src.use(func(r io.ReaderAt) error { return copyPadded(out, r, s, width) })
}

// copyPadded copies the bytes of s, numbers of width bytes swapped, and a zero
// when they are odd.
func copyPadded(out *bufio.Writer, r io.ReaderAt, s span, width int) error {
	in := io.NewSectionReader(r, s.at, s.n)
	if width == 1 {
		if n, err := io.Copy(out, in); err != nil || n < s.n {
			return fmt.Errorf("copy pixel data at offset %d: %w", s.at+n, orShort(err))
		}
	} else if err := copySwapped(out, in, width); err != nil {
		return fmt.Errorf("copy pixel data at offset %d: %w", s.at, err)
	}
	if s.n%2 == 1 {
		out.WriteByte(0)
	}
	return nil
}

func orShort(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

func copySwapped(out *bufio.Writer, in io.Reader, width int) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := io.ReadFull(in, buf)
		out.Write(swapped(buf[:n], width))
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
	}
}
