package dicom

import "bytes"

// SetPixelData makes frames native pixel data of f, which must already have
// its image pixel attributes (PS3.3 C.7.6.3). The frames are joined as they
// are, 16-bit samples little endian; NumberOfFrames is written for several.
func (f *File) SetPixelData(frames ...[]byte) {
	vr := VR("OW")
	if f.IntOr(BitsAllocated, 16) <= 8 && f.TransferSyntax != ImplicitVRLittleEndian {
		vr = "OB"
	}
	joined := bytes.Join(frames, nil)
	f.pixels = memoryPixels(Element{Tag: PixelData, VR: vr, Raw: joined})
	f.putPixelElement(vr, len(frames))
}

// SetEncodedFrames makes compressed frames the pixel data of f, one fragment
// each, with a basic offset table (PS3.5 A.4).
func (f *File) SetEncodedFrames(frames ...[]byte) {
	p := &pixelData{tag: PixelData, vr: "OB", encapsulated: true}
	var all []byte // as in a file: offsets count the item headers between fragments
	for _, b := range frames {
		p.offsets = append(p.offsets, uint32(len(all)))
		b = padded(b, 0)
		all = appendItemHead(all, itemTag, uint32(len(b)))
		p.fragments = append(p.fragments, span{int64(len(all)), int64(len(b))})
		all = append(all, b...)
	}
	p.src = readerSource{bytes.NewReader(all)}
	f.pixels = p
	f.putPixelElement("OB", len(frames))
}

func (f *File) putPixelElement(vr VR, frames int) {
	f.Put(Element{Tag: PixelData, VR: vr, stored: true})
	if frames > 1 || f.Has(NumberOfFrames) {
		f.SetInt(NumberOfFrames, frames)
	}
}
