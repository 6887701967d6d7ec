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
