package ul

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"eris/dicom"
)

// vector reads annotated bytes: hexadecimal, with words after #.
func vector(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	b, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return b
}

// Vector is for the tests from outside.
var Vector = vector

// heard is the event that an association makes of bytes from the wire.
func heard(b []byte) event {
	a := newAssociation("test", Timeouts{}, nil, 0)
	e, _ := a.readPDU(bufio.NewReader(bytes.NewReader(b)), &socket{}, false)
	return e
}

func uids(list ...dicom.UID) []dicom.UID { return list }

var dcmtk = Implementation{"1.2.276.0.7230010.3.0.3.6.7", "OFFIS_DCMTK_367"}

const (
	implicit    = "1.2.840.10008.1.2"
	verifies    = "1.2.840.10008.1.1"
	studyFind   = "1.2.840.10008.5.1.4.1.2.2.1"
	ct          = "1.2.840.10008.5.1.4.1.1.2"
	byHand      = "MADE_BY_HAND"
	calledTitle = "ARCHIVE"
)

// vectors says what the annotated files in testdata are.
var vectors = map[string]event{
	"rq_echoscu": {kind: evt6, associate: &associate{
		version: 1, called: calledTitle, calling: "CLINIC", application: applicationContext,
		contexts: []Context{{ID: 1, AbstractSyntax: verifies, TransferSyntaxes: uids(implicit)}},
		user:     userInformation{maxPDU: 16384, implementation: dcmtk},
	}},
	"ac_storescp": {kind: evt3, associate: &associate{
		answer: true, version: 1, called: calledTitle, calling: "CLINIC", application: applicationContext,
		contexts: []Context{{ID: 1, TransferSyntax: implicit}},
		user:     userInformation{maxPDU: 16384, implementation: dcmtk},
	}},
	"ac_orthanc": {kind: evt3, associate: &associate{
		answer: true, version: 1, called: "ORTHANC", calling: "ECHOSCU", application: applicationContext,
		contexts: []Context{{ID: 1, TransferSyntax: implicit}},
		user:     userInformation{maxPDU: 16384, implementation: dcmtk},
	}},
	"rq_everything": {kind: evt6, associate: &associate{
		version: 1, called: calledTitle, calling: "CLINIC", application: applicationContext,
		contexts: []Context{
			{ID: 1, AbstractSyntax: studyFind, TransferSyntaxes: uids(implicit)},
			{ID: 255, AbstractSyntax: ct, TransferSyntaxes: uids("1.2.840.10008.1.2.1", implicit)},
		},
		user: userInformation{
			maxPDU: 16384, implementation: Implementation{"1.2.3.4", byHand}, async: &window{1, 1},
			roles:    []role{{ct, 0, 1}},
			extended: []ExtendedNegotiation{{studyFind, []byte{1, 1, 1, 0, 0}}},
			common:   []CommonExtendedNegotiation{{ct, "1.2.840.10008.4.2", uids("1.2.840.10008.5.1.4.1.1.7")}},
			identity: &UserIdentity{UserAndPassword, true, []byte("doctor"), []byte("secret")},
		},
	}},
	"ac_everything": {kind: evt3, associate: &associate{
		answer: true, version: 1, called: calledTitle, calling: "CLINIC", application: applicationContext,
		contexts: []Context{{ID: 1, TransferSyntax: implicit}, {ID: 255, Result: TransferSyntaxesNotSupported, TransferSyntax: "1.2.840.10008.1.2.1"}},
		user: userInformation{
			implementation: Implementation{"1.2.3.5", byHand}, async: &window{1, 1}, roles: []role{{ct, 0, 1}},
			extended: []ExtendedNegotiation{{studyFind, []byte{1, 0, 1, 0, 0}}}, believed: []byte("ticket"),
		},
	}},
	"rj_storescp":    {kind: evt4, reject: &Rejection{1, 1, 1}},
	"rj_orthanc":     {kind: evt4, reject: &CalledAENotRecognized},
	"data_echoscu":   {kind: evt10},
	"data_storescp":  {kind: evt10},
	"data_fragments": {kind: evt10},
	"release_rq":     {kind: evt12},
	"release_rp":     {kind: evt13},
	"abort_echoscu":  {kind: evt16},
	"abort_provider": {kind: evt16},
}

func TestAnnotatedBytes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.pdu")
	if err != nil || len(files) != len(vectors) {
		t.Fatalf("%d files, %d vectors, %v", len(files), len(vectors), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".pdu"), func(t *testing.T) { checkVector(t, file) })
	}
}

func checkVector(t *testing.T, file string) {
	b := vector(t, file)
	got, want := heard(b), vectors[strings.TrimSuffix(filepath.Base(file), ".pdu")]
	if got.kind != want.kind || !reflect.DeepEqual(got.associate, want.associate) || !reflect.DeepEqual(got.reject, want.reject) {
		t.Errorf("event %d, %+v, %v\nwant  %d, %+v, %v", got.kind, got.associate, got.reject, want.kind, want.associate, want.reject)
	}
	differs := strings.HasPrefix(filepath.Base(file), "rq_") // a reserved byte that is not 0, unknown items
	if again := written(got, b); !differs && !bytes.Equal(again, b) {
		t.Errorf("written again it is\n% x, not\n% x", again, b)
	}
	for n := range b { // cut off anywhere, it is an error and nothing worse
		if e := heard(b[:n]); e.kind != evt17 {
			t.Errorf("%d of %d bytes: event %d", n, len(b), e.kind)
		}
	}
}

// written writes the PDU of an event; b is what it was read from.
func written(e event, b []byte) []byte {
	switch {
	case e.associate != nil:
		again, _ := e.associate.pdu() // nil when it does not fit
		return again
	case e.data != nil:
		return rewritten(e.data)
	case e.kind == evt4:
		return e.reject.pdu()
	case e.kind == evt16:
		return (&Aborted{b[8], b[9]}).pdu()
	case e.kind == evt12:
		return releasePDU(typeReleaseRQ)
	case e.kind == evt13:
		return releasePDU(typeReleaseRP)
	}
	return nil
}

// rewritten joins the fragments of a P-DATA-TF again.
func rewritten(p *dataPDU) []byte {
	again := []byte{typeData, 0, 0, 0, 0, 0}
	for p.rest = p.body; ; {
		v, ok := p.next()
		if !ok {
			n := len(again) - headerBytes
			again[2], again[3], again[4], again[5] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
			return again
		}
		var head [headerBytes + pdvBytes]byte
		control := byte(0)
		if v.Command {
			control |= bitCommand
		}
		if v.Last {
			control |= bitLast
		}
		putDataHeader(head[:], v.ContextID, control, len(v.Data))
		again = append(append(again, head[headerBytes:]...), v.Data...)
	}
}

// FuzzPDU reads any bytes as a PDU. What can be read is written, read and
// written again, and must be the same.
func FuzzPDU(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pdu")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(vector(f, file))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e := heard(b)
		defer e.drop()
		once := written(e, b)
		if once == nil {
			return
		}
		again := heard(once)
		defer again.drop()
		if again.kind != e.kind || !reflect.DeepEqual(again.associate, e.associate) || !bytes.Equal(written(again, once), once) {
			t.Errorf("event %d became event %d: %v\n% x\n% x\n%+v\n%+v", e.kind, again.kind, again.err, b, once, e.associate, again.associate)
		}
	})
}

func TestLengthsAreCheckedBeforeAnythingIsRead(t *testing.T) {
	for _, test := range []struct {
		head   string
		reason byte
	}{
		{"\x00\x00\x00\x00\x00\x04", reasonUnrecognized},
		{"\x08\x00\x00\x00\x00\x04", reasonUnrecognized},
		{"\x01\x00\xff\xff\xff\xff", reasonInvalidValue},
		{"\x02\x00\x00\x08\x00\x01", reasonInvalidValue},
		{"\x04\x00\x00\x02\x00\x01", reasonInvalidValue},
		{"\x03\x00\x00\x00\x00\x05", reasonInvalidValue},
		{"\x05\x00\x00\x00\x00\x00", reasonInvalidValue},
		{"\x07\x00\x80\x00\x00\x04", reasonInvalidValue},
	} {
		if e := heard([]byte(test.head)); e.kind != evt19 || e.reason != test.reason {
			t.Errorf("% x: event %d, reason %d: %v", test.head, e.kind, e.reason, e.err)
		}
	}
}

func TestListsAndUIDsAreBounded(t *testing.T) {
	long := sample(false)
	for range maxListed {
		long.user.roles = append(long.user.roles, role{ct, 1, 1})
		long.user.extended = append(long.user.extended, ExtendedNegotiation{SOPClass: ct})
	}
	for name, change := range map[string]func(*associate){
		"nothing":  func(*associate) {},
		"roles":    func(p *associate) { p.user.roles = append(p.user.roles, role{ct, 1, 1}) },
		"extended": func(p *associate) { p.user.extended = append(p.user.extended, ExtendedNegotiation{SOPClass: ct}) },
		"syntaxes": func(p *associate) { p.contexts = []Context{{ID: 1, TransferSyntaxes: make([]dicom.UID, maxListed+1)}} },
		"long UID": func(p *associate) { p.user.implementation.ClassUID = dicom.UID(strings.Repeat("1", 65)) },
		"long class UID": func(p *associate) {
			p.user.common = []CommonExtendedNegotiation{{SOPClass: dicom.UID(strings.Repeat("1", 65))}}
		},
	} {
		p := *long
		change(&p)
		b, err := p.pdu()
		if err != nil {
			t.Fatal(err)
		}
		if e := heard(b); (e.kind == evt6) != (name == "nothing") {
			t.Errorf("%s: event %d: %v", name, e.kind, e.err)
		}
	}
}

func TestFieldsTooLongAreNotSent(t *testing.T) {
	r := Request{CallingAE: "A", CalledAE: "B", Contexts: []Context{{AbstractSyntax: ct}}, Identity: &UserIdentity{Type: SAML, Primary: make([]byte, 70000)}}
	p, err := r.associate(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.pdu(); err == nil {
		t.Error("70,000 bytes fit into a field of 65,535")
	}
}

func TestFragmentsKeepToThePeersMaximum(t *testing.T) {
	for _, longest := range []int{2, 10, 1000} {
		b := &batch{buf: make([]byte, 0, 4096)}
		b.begin(longest, 1)
		var sent []byte
		err := b.send([]part{{Command, strings.NewReader("command")}, {Data, io.LimitReader(zeros{}, 3000)}}, func(p []byte) error {
			sent = append(sent, p...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for in := bufio.NewReader(bytes.NewReader(sent)); ; {
			a := newAssociation("test", Timeouts{}, nil, uint32(longest+pdvBytes))
			e, _ := a.readPDU(in, &socket{}, false)
			if e.kind == evt17 {
				break
			}
			if e.kind != evt10 {
				t.Fatalf("event %d: %v", e.kind, e.err)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
