package dimse_test

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"eris/sync/dimse"
)

// echoBytes is a C-ECHO request as dcmtk's echoscu sends it (PS3.7 9.3.5.1).
const echoBytes = "00000000" + "04000000" + "38000000" + // group length 56
	"00000200" + "12000000" + "312e322e3834302e31303030382e312e3100" + // Affected SOP Class UID 1.2.840.10008.1.1
	"00000001" + "02000000" + "3000" + // Command Field C-ECHO-RQ
	"00001001" + "02000000" + "0100" + // Message ID 1
	"00000008" + "02000000" + "0101" // no data set

func TestCommandIsAsOthersWriteIt(t *testing.T) {
	want, err := hex.DecodeString(echoBytes)
	if err != nil {
		t.Fatal(err)
	}
	c := &dimse.Command{Field: dimse.CEchoRQ, MessageID: 1, AffectedSOPClassUID: dimse.Verification}
	if got := c.Encode(); !bytes.Equal(got, want) {
		t.Errorf("%x, want\n%x", got, want)
	}
	read, err := dimse.ParseCommand(want)
	if err != nil || !reflect.DeepEqual(read, c) {
		t.Errorf("%+v, %v", read, err)
	}
}

// commands are one of each kind.
var commands = []dimse.Command{
	{Field: dimse.CStoreRQ, MessageID: 7, AffectedSOPClassUID: "1.2", AffectedSOPInstanceUID: "1.2.3", HasData: true, Priority: dimse.High,
		MoveOriginatorAETitle: "ERIS", MoveOriginatorMessageID: 9},
	{Field: dimse.CMoveRQ, MessageID: 65535, AffectedSOPClassUID: dimse.StudyRootMove, MoveDestination: "ERIS", HasData: true, Priority: dimse.Low},
	{Field: dimse.CMoveRQ | 0x8000, RespondedTo: 3, Status: dimse.Pending, Suboperations: &dimse.Suboperations{Remaining: 1, Completed: 2, Failed: 3, Warning: 4}},
	{Field: dimse.CMoveRQ | 0x8000, RespondedTo: 3, Suboperations: &dimse.Suboperations{}},
	{Field: dimse.CCancelRQ, RespondedTo: 3},
	{Field: dimse.NActionRQ, MessageID: 1, RequestedSOPClassUID: dimse.StorageCommitment, RequestedSOPInstanceUID: "1.2", ActionTypeID: 1, HasData: true},
	{Field: dimse.NEventReportRQ | 0x8000, RespondedTo: 1, EventTypeID: 2, Status: dimse.ProcessingFailure, ErrorComment: "no"},
}

func TestCommandsComeBackAsTheyWere(t *testing.T) {
	for _, c := range commands {
		got, err := dimse.ParseCommand(c.Encode())
		if err != nil || !reflect.DeepEqual(*got, c) {
			t.Errorf("%+v, want %+v, %v", got, c, err)
		}
	}
}

func TestBadCommandsAreRefused(t *testing.T) {
	good := (&dimse.Command{Field: dimse.CEchoRQ, MessageID: 1}).Encode()
	for name, b := range map[string][]byte{
		"nothing":               nil,
		"half a header":         good[:4],
		"cut off":               good[:len(good)-1],
		"no type of data set":   good[:len(good)-10],
		"another group":         append([]byte{8, 0, 0x18, 0, 0, 0, 0, 0}, good...),
		"a length beyond it":    {0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0},
		"a number of four":      {0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0},
		"a UID of 66":           append([]byte{0, 0, 2, 0, 66, 0, 0, 0}, append([]byte(strings.Repeat("1", 66)), good...)...),
		"a data set by mistake": []byte("\x08\x00\x05\x00CS\x0a\x00ISO_IR 192"),
	} {
		if c, err := dimse.ParseCommand(b); err == nil {
			t.Errorf("%s: read as %+v", name, c)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, c := range commands {
		f.Add(c.Encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := dimse.ParseCommand(b)
		if err != nil {
			return
		}
		first := c.Encode()
		again, err := dimse.ParseCommand(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if second := again.Encode(); !bytes.Equal(first, second) {
			t.Fatalf("%x is written again as %x", first, second)
		}
	})
}
