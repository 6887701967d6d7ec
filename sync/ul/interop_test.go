package ul_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"os/exec"
	"testing"

	"eris/dicom"
	"eris/sync/ul"
)

// peer finds a program of dcmtk; the test is skipped when it is absent.
func peer(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

// element is a command element: implicit VR, little endian (PS3.7 6.3.1).
func element(number uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, 0)
	b = binary.LittleEndian.AppendUint16(b, number)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

func short(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }

// command puts the group length before the elements (PS3.7 E.1).
func command(elements ...[]byte) []byte {
	rest := bytes.Join(elements, nil)
	return append(element(0, binary.LittleEndian.AppendUint32(nil, uint32(len(rest)))), rest...)
}

// echoRequest and echoResponse are the messages of C-ECHO (PS3.7 9.3.5).
func echoRequest() []byte {
	return command(element(2, []byte(verification+"\x00")), element(0x100, short(0x30)), element(0x110, short(7)), element(0x800, short(0x101)))
}

func echoResponse(messageID uint16) []byte {
	return command(element(2, []byte(verification+"\x00")), element(0x100, short(0x8030)), element(0x120, short(messageID)), element(0x800, short(0x101)), element(0x900, short(0)))
}

// value finds a two-byte element of a command; -1 when it is not there.
func value(command []byte, number uint16) int {
	for len(command) >= 8 {
		n := binary.LittleEndian.Uint32(command[4:])
		if len(command) < int(8+n) {
			return -1
		}
		if binary.LittleEndian.Uint16(command[2:]) == number && n == 2 {
			return int(binary.LittleEndian.Uint16(command[8:]))
		}
		command = command[8+n:]
	}
	return -1
}

// answerEcho answers every C-ECHO until the association ends.
func answerEcho(ctx context.Context, a *ul.Association) {
	for {
		v, err := a.Receive(ctx)
		if err != nil {
			return
		}
		if a.SendMessage(ctx, v.ContextID, echoResponse(uint16(value(v.Data, 0x110))), nil) != nil {
			return
		}
	}
}

// echo does one C-ECHO and releases.
func echo(t *testing.T, a *ul.Association) {
	t.Helper()
	if err := a.SendMessage(t.Context(), 1, echoRequest(), nil); err != nil {
		t.Fatal(err)
	}
	v, err := a.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !v.Command || !v.Last || value(v.Data, 0x900) != 0 || value(v.Data, 0x120) != 7 {
		t.Errorf("answer % x", v.Data)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEchoscuIsAnswered(t *testing.T) {
	program := peer(t, "echoscu")
	address := serve(t, &ul.Server{Handle: answerEcho})
	host, port, _ := net.SplitHostPort(address)
	for _, more := range [][]string{nil, {"--repeat", "5"}, {"--abort"}, {"--max-pdu", "4096", "--propose-pc", "128", "--propose-ts", "3"}} {
		args := append(append([]string{"-v"}, more...), host, port)
		if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
			t.Errorf("echoscu %v: %v\n%s", more, err, out)
		}
	}
}

// startSCP runs storescp until the test ends and gives its address.
func startSCP(t testing.TB, more ...string) string {
	t.Helper()
	program := peer(t, "storescp")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	l.Close()
	var log bytes.Buffer
	scp := exec.Command(program, append(append([]string{"-v", "--ignore"}, more...), port)...)
	scp.Dir, scp.Stdout, scp.Stderr = t.TempDir(), &log, &log
	if err := scp.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { scp.Wait(); close(ended) }()
	t.Cleanup(func() {
		scp.Process.Kill() // it may have ended by itself
		<-ended
		if t.Failed() {
			t.Logf("storescp: %s", log.String())
		}
	})
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			conn.Close()
			return address
		}
		select {
		case <-ended:
			t.Fatalf("storescp ended: %s", log.String())
		default:
		}
	}
}

func TestStorescpAnswers(t *testing.T) {
	a := dial(t, startSCP(t), request())
	if c, ok := a.Context(1); !ok || c.TransferSyntax != dicom.ImplicitVRLittleEndian || !c.SCU {
		t.Errorf("context %+v", c)
	}
	if a.PeerImplementation().Version == "" || a.PeerMaxPDU() == 0 {
		t.Errorf("peer %+v, %d", a.PeerImplementation(), a.PeerMaxPDU())
	}
	echo(t, a)
}
