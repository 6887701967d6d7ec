package dicom

import (
	"bytes"
	"encoding/binary"
	"io"
)

// settleSyntax finds the true transfer syntax of the pixel data of files whose
// own word for it is wrong or unknown, and says so.
func (f *File) settleSyntax(explicit bool) {
	p := f.pixels
	if p == nil || p.tag != PixelData {
		return
	}
	said := f.TransferSyntax
	switch {
	case !p.encapsulated && !native(said) && (unknown(said) || f.fillsNatively()):
		f.TransferSyntax = ExplicitVRLittleEndian
		if !explicit {
			f.TransferSyntax = ImplicitVRLittleEndian
		}
	case !p.encapsulated && !native(said) && Decodable(said):
		f.Repairs = append(f.Repairs, "compressed pixel data without fragments read as one fragment")
		p.encapsulated, p.fragments = true, []span{p.value}
		return
	case p.encapsulated && (native(said) || unknown(said)):
		f.TransferSyntax = p.sniffed(said)
	}
	if f.TransferSyntax != said {
		f.Repairs = append(f.Repairs, "the pixel data is not coded as its transfer syntax says")
	}
}

// fillsNatively says that the pixel data is just as long as uncompressed
// frames would be.
func (f *File) fillsNatively() bool {
	m, err := f.format()
	if err != nil {
		return false
	}
	need := (m.bits()*int64(max(f.IntOr(NumberOfFrames, 1), 1)) + 7) / 8
	return f.pixels.value.n == need+need%2
}

// JPEG markers that tell the processes apart (T.81 table B.1, T.87 C.1).
const (
	sofBaseline    = 0xC0
	sofExtended    = 0xC1
	sofProgressive = 0xC2
	sofLossless    = 0xC3
	sofJPEGLS      = 0xF7
	startOfScan    = 0xDA
)

var syntaxOfFrame = map[byte]UID{
	sofBaseline: JPEGBaseline8Bit, sofExtended: JPEGExtended12Bit, sofProgressive: JPEGFullProgression,
	sofLossless: JPEGLossless, sofJPEGLS: JPEGLSLossless,
}

// sniffBytes is how far into a stream is looked for what it is.
const sniffBytes = 64 << 10

// sniffed tells the syntax by the first bytes of the first fragment; what
// looks like nothing known is taken for uncompressed.
func (p *pixelData) sniffed(said UID) UID {
	if len(p.fragments) == 0 {
		return said
	}
	b := make([]byte, min(p.fragments[0].n, sniffBytes))
	err := p.src.use(func(r io.ReaderAt) error {
		_, err := r.ReadAt(b, p.fragments[0].at)
		return err
	})
	switch {
	case err != nil && err != io.EOF:
		return said
	case bytes.HasPrefix(b, []byte{0xFF, 0x4F, 0xFF, 0x51}), bytes.HasPrefix(b, []byte{0, 0, 0, 12, 'j', 'P'}):
		return JPEG2000
	case bytes.HasPrefix(b, []byte{0xFF, 0xD8}):
		return jpegSyntax(b)
	case len(b) >= 64 && startsRLE(b):
		return RLELossless
	}
	return EncapsulatedUncompressed
}

// jpegSyntax looks for the frame header of a JPEG stream.
func jpegSyntax(b []byte) UID {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF && b[at+1] != startOfScan; {
		if b[at+1] == 0xFF { // fill byte
			at++
			continue
		}
		if syntax, ok := syntaxOfFrame[b[at+1]]; ok {
			return syntax
		}
		at += 2 + int(binary.BigEndian.Uint16(b[at+2:]))
	}
	return JPEGBaseline8Bit
}

// startsRLE says whether b begins with an RLE header (PS3.5 G.5): a count of
// segments, the first of which follows at once, the others behind it.
func startsRLE(b []byte) bool {
	n := binary.LittleEndian.Uint32(b)
	if n < 1 || n > 15 || binary.LittleEndian.Uint32(b[4:]) != 64 {
		return false
	}
	for i := uint32(1); i < 15; i++ {
		offset := binary.LittleEndian.Uint32(b[4+4*i:])
		if i < n && offset <= binary.LittleEndian.Uint32(b[4*i:]) || i >= n && offset != 0 {
			return false
		}
	}
	return true
}

// unknown says that the syntax is neither one of DICOM's nor one of ours.
func unknown(syntax UID) bool { return !Decodable(syntax) && syntax.Name() == string(syntax) }
