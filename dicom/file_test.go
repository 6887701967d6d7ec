package dicom

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eris/dicom/codec/rle"
)

func TestWriteThenReadIsTheSame(t *testing.T) {
	for _, syntax := range []UID{ExplicitVRLittleEndian, ImplicitVRLittleEndian} {
		f := image(t, 3, 5, 16)
		f.TransferSyntax = syntax
		item := NewDataSet()
		item.SetString(CodeMeaning, "Голова")
		deep := NewDataSet()
		deep.SetString(CodeValue, "T-1")
		item.SetItems(ProcedureCodeSequence, deep)
		f.SetItems(ProcedureCodeSequence, item, NewDataSet())
		f.SetPixelData(gradient(15))
		first := written(t, f)
		again := readBytes(t, first)
		if len(again.Repairs) > 0 {
			t.Errorf("%s: repairs %v", syntax, again.Repairs)
		}
		if got := again.Items(ProcedureCodeSequence); len(got) != 2 || got[0].Items(ProcedureCodeSequence)[0].String(CodeValue) != "T-1" {
			t.Errorf("%s: items %v", syntax, got)
		}
		if got := again.Items(ProcedureCodeSequence)[0].String(CodeMeaning); got != "Голова" {
			t.Errorf("%s: meaning %q", syntax, got)
		}
		if got := again.Name(PatientName).Display(); got != "Тестов Иван Петрович" {
			t.Errorf("%s: name %q", syntax, got)
		}
		if second := written(t, again); !bytes.Equal(first, second) {
			t.Errorf("%s: written again it differs", syntax)
		}
	}
}

func TestOddValuesArePadded(t *testing.T) {
	f := image(t, 1, 3, 8)
	f.SetString(PatientID, "ODD")
	f.SetPixelData([]byte{1, 2, 3})
	again := readBytes(t, written(t, f))
	if got := again.Bytes(PatientID); string(got) != "ODD " {
		t.Errorf("PatientID %q", got)
	}
	if got := again.Bytes(SOPInstanceUID); len(got)%2 != 0 || !again.UID(SOPInstanceUID).Valid() {
		t.Errorf("SOPInstanceUID %q", got)
	}
	frame, err := again.Frame(context.Background(), 0)
	if err != nil || !slices.Equal(frame.Pix8, []uint8{1, 2, 3}) {
		t.Errorf("frame %v, %v", frame, err)
	}
}

func TestOpenKeepsNoDescriptor(t *testing.T) {
	f := image(t, 4, 4, 16)
	f.SetPixelData(gradient(16))
	path := filepath.Join(t.TempDir(), "Тест.dcm")
	if err := os.WriteFile(path, written(t, f), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if opened.pixels.src != source(pathSource(path)) {
		t.Errorf("pixels are read from %T", opened.pixels.src)
	}
	frame, err := opened.Frame(context.Background(), 0)
	if err != nil || frame.Value(2) != 14 {
		t.Errorf("frame %v, %v", frame, err)
	}
	_, err = Open(filepath.Join(t.TempDir(), "absent"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

func TestWhatIsNotDICOMIsRefused(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("short"), bytes.Repeat([]byte("not an image "), 50), []byte("%PDF-1.7 ............")} {
		if _, err := Read(bytes.NewReader(b), int64(len(b)), Limits{}); !errors.Is(err, ErrNotDICOM) {
			t.Errorf("%.10q: %v", b, err)
		}
	}
}

func TestEasyDefectsAreMended(t *testing.T) {
	f := image(t, 2, 2, 16)
	f.SetPixelData(gradient(4))
	whole := written(t, f)
	plain := f.DataSet.encode(nil, coding{explicit: true})
	implicit := f.DataSet.encode(nil, coding{})
	zeroLength := bytes.Clone(whole)
	copy(zeroLength[preambleBytes+4+8:], []byte{0, 0, 0, 0})
	garbled := bytes.Clone(plain)
	copy(garbled[bytes.LastIndex(garbled, []byte("CS")):], "..")
	tests := map[string]struct {
		bytes  []byte
		repair string
	}{
		"no preamble":             {whole[preambleBytes:], "no preamble"},
		"no meta information":     {plain, "no preamble"},
		"implicit without meta":   {implicit, "no transfer syntax"},
		"meta length zero":        {zeroLength, "meta information length was wrong"},
		"says implicit":           {part10Bytes(ImplicitVRLittleEndian, plain), "not written as its transfer syntax says"},
		"says explicit":           {part10Bytes(ExplicitVRLittleEndian, implicit), "not written as its transfer syntax says"},
		"no transfer syntax":      {part10Bytes("", plain), "no transfer syntax"},
		"truncated in the header": {part10Bytes(ExplicitVRLittleEndian, plain[:len(plain)-3]), "ends early"},
		"truncated pixel data":    {whole[:len(whole)-3], "pixel data ends early"},
		"damaged VR":              {part10Bytes(ExplicitVRLittleEndian, garbled), "value representation"},
		"rubbish behind":          {append(bytes.Clone(whole), "0123456789abcdef"...), "behind the pixel data"},
	}
	for name, tc := range tests {
		got := readBytes(t, tc.bytes)
		if got.UID(SOPInstanceUID) != f.UID(SOPInstanceUID) || got.Name(PatientName) != f.Name(PatientName) {
			t.Errorf("%s: read %q, %q", name, got.UID(SOPInstanceUID), got.String(PatientName))
		}
		if got.TransferSyntax == "" || !strings.Contains(strings.Join(got.Repairs, "; "), tc.repair) {
			t.Errorf("%s: syntax %q, repairs %q", name, got.TransferSyntax, got.Repairs)
		}
	}
}

func TestWorseDefectsAreMended(t *testing.T) {
	f := image(t, 2, 2, 16)
	c := coding{explicit: true}
	plain := f.DataSet.encode(nil, c)
	native := append(appendHead(nil, PixelData, "OW", 8, c), gradient(4)...)
	packed, err := rle.Encode(gradient(4), rle.Layout{Rows: 2, Columns: 2, Samples: 1, Bytes: 2})
	if err != nil {
		t.Fatal(err)
	}
	wrapped := appendItemHead(appendHead(nil, PixelData, "OB", undefined, c), itemTag, 0)
	wrapped = append(appendItemHead(wrapped, itemTag, uint32(len(packed))), packed...)
	wrapped = appendItemHead(wrapped, sequenceDelimiter, 0)
	miscounted := bytes.Clone(plain)
	miscounted[bytes.Index(plain, []byte("PN"))+2] -= 3
	whole := part10Bytes(ExplicitVRLittleEndian, slices.Concat(plain, native))
	noVR := bytes.Clone(whole)
	copy(noVR[bytes.Index(noVR, []byte{2, 0, 0x10, 0})+4:], []byte{0, 0})
	before, after := bytes.Index(plain, []byte{0x10, 0, 0x10, 0}), bytes.Index(plain, []byte{0x10, 0, 0x20, 0})
	open := appendItemHead(appendHead(nil, 0x00091010, "SQ", undefined, c), itemTag, undefined)
	open = appendItemHead(append(open, explicitElement(CodeValue, "SH", "C1")...), sequenceDelimiter, 0)
	unknown := appendItemHead(appendHead(nil, 0x00091010, "UN", undefined, c), itemTag, undefined)
	unknown = appendItemHead(append(unknown, explicitElement(CodeValue, "SH", "C1")...), itemDelimiter, 0)
	unknown = appendItemHead(unknown, sequenceDelimiter, 0)
	private := func(sequence []byte) []byte {
		return part10Bytes(ExplicitVRLittleEndian, slices.Concat(plain[:before], sequence, plain[before:], native))
	}
	late := explicitElement(ImplementationVersionName, "SH", "LATE")
	tests := map[string]struct {
		bytes  []byte
		repair string
	}{
		"meta information late":         {part10Bytes(ExplicitVRLittleEndian, slices.Concat(plain[:after], late, plain[after:], native)), "moved to its place"},
		"meta element without a VR":     {noVR, "value representation"},
		"unknown transfer syntax":       {part10Bytes("1.2.3.999", slices.Concat(plain, native)), "not coded as its transfer syntax says"},
		"says RLE, is native":           {part10Bytes(RLELossless, slices.Concat(plain, native)), "not coded as its transfer syntax says"},
		"says native, is RLE":           {part10Bytes(ExplicitVRLittleEndian, slices.Concat(plain, wrapped)), "not coded as its transfer syntax says"},
		"private sequence, no item end": {private(open), "missing item delimiter supplied"},
		"explicit items in UN":          {private(unknown), "a sequence of unknown kind read as its data set is written"},
		"name counted too short":        {part10Bytes(ExplicitVRLittleEndian, slices.Concat(miscounted, native)), "skipped"},
	}
	for name, tc := range tests {
		got := readBytes(t, tc.bytes)
		if got.UID(SOPInstanceUID) != f.UID(SOPInstanceUID) || got.String(PatientID) != f.String(PatientID) {
			t.Errorf("%s: read %q, %q", name, got.UID(SOPInstanceUID), got.String(PatientID))
		}
		if !strings.Contains(strings.Join(got.Repairs, "; "), tc.repair) {
			t.Errorf("%s: repairs %q", name, got.Repairs)
		}
		if frame, err := got.Frame(context.Background(), 0); err != nil || frame.Value(3) != 21 {
			t.Errorf("%s: frame %v, %v", name, frame, err)
		}
	}
	// A data set that is cut off at once leaves at least the meta information.
	stub := readBytes(t, part10Bytes(ExplicitVRLittleEndian, plain[:2]))
	if stub.Len() != 0 || stub.TransferSyntax != ExplicitVRLittleEndian || len(stub.Repairs) == 0 {
		t.Errorf("two bytes of a data set: %d elements, repairs %q", stub.Len(), stub.Repairs)
	}
}

func TestDeflated(t *testing.T) {
	f := image(t, 2, 2, 16)
	f.SetPixelData(gradient(4))
	whole := written(t, f)
	dataSet := whole[bytes.Index(whole, []byte{8, 0, 5, 0}):]
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 6)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(dataSet)
	w.Close()
	b := part10Bytes(DeflatedExplicitVRLittleEndian, packed.Bytes())
	got := readBytes(t, b)
	frame, err := got.Frame(context.Background(), 0)
	if err != nil || frame.Value(3) != 21 || got.String(PatientID) != "DEMO-1" {
		t.Errorf("%v %v", frame, err)
	}
	if again := readBytes(t, written(t, got)); again.TransferSyntax != ExplicitVRLittleEndian {
		t.Errorf("written as %s", again.TransferSyntax)
	}
	_, err = Read(bytes.NewReader(b), int64(len(b)), Limits{HeaderBytes: 300})
	if !errors.Is(err, ErrLimit) {
		t.Errorf("inflating beyond the limit: %v", err)
	}
}

func TestElementsBehindThePixelDataAreKept(t *testing.T) {
	f := image(t, 1, 2, 16)
	f.SetPixelData(gradient(2))
	f.Put(Element{Tag: 0xFFFAFFFA, VR: "SQ", Items: []*DataSet{NewDataSet()}})
	again := readBytes(t, written(t, f))
	if len(again.Items(0xFFFAFFFA)) != 1 || len(again.Repairs) > 0 {
		t.Errorf("signatures %v, repairs %v", again.Items(0xFFFAFFFA), again.Repairs)
	}
}

func TestDcmtkReadsWhatIsWritten(t *testing.T) {
	dump, err := exec.LookPath("dcmdump")
	if err != nil {
		t.Skip("dcmdump not installed: the check against dcmtk is skipped")
	}
	for _, syntax := range []UID{ExplicitVRLittleEndian, ImplicitVRLittleEndian} {
		f := image(t, 2, 2, 16)
		f.TransferSyntax = syntax
		code := NewDataSet()
		code.SetString(CodeMeaning, "Грудная клетка")
		f.SetItems(ProcedureCodeSequence, code)
		f.SetPixelData(gradient(4))
		path := filepath.Join(t.TempDir(), "f.dcm")
		if err := os.WriteFile(path, written(t, f), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(dump, "+W", t.TempDir(), "-E", path).CombinedOutput()
		if err != nil || bytes.Contains(out, []byte("E:")) || bytes.Contains(out, []byte("W:")) {
			t.Errorf("%s: dcmdump: %v\n%s", syntax, err, out)
		}
		if !bytes.Contains(out, []byte("Грудная клетка")) || !bytes.Contains(out, []byte("PixelData")) {
			t.Errorf("%s: dcmdump shows\n%s", syntax, out)
		}
		if ftest, err := exec.LookPath("dcmftest"); err == nil {
			if out, err := exec.Command(ftest, path).CombinedOutput(); err != nil {
				t.Errorf("dcmftest: %v %s", err, out)
			}
		}
	}
}
