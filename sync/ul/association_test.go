package ul_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"eris/dicom"
	"eris/sync/ul"
)

const verification dicom.UID = "1.2.840.10008.1.1"

// serve runs a server on loopback until the test ends and gives its address.
func serve(t testing.TB, s *ul.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Listener = l
	if s.Accept == nil {
		s.Accept = ul.Policy{Supports: []ul.Support{{AbstractSyntax: verification, TransferSyntaxes: []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}}}}.Accept
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l.Addr().String()
}

// mirror sends every message back as it came.
func mirror(ctx context.Context, a *ul.Association) {
	for {
		id, command, data, err := message(ctx, a)
		if err != nil {
			return
		}
		if a.SendMessage(ctx, id, command, bytes.NewReader(data)) != nil {
			return
		}
	}
}

// message receives a command and its data set.
func message(ctx context.Context, a *ul.Association) (id byte, command, data []byte, err error) {
	for {
		v, err := a.Receive(ctx)
		if err != nil {
			return 0, nil, nil, err
		}
		if v.Command {
			command = append(command, v.Data...)
			continue
		}
		if data = append(data, v.Data...); v.Last {
			return v.ContextID, command, data, nil
		}
	}
}

func request() ul.Request {
	return ul.Request{CallingAE: "ERIS", CalledAE: "MIRROR", Contexts: []ul.Context{
		{AbstractSyntax: verification, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}},
	}}
}

func dial(t testing.TB, address string, r ul.Request) *ul.Association {
	t.Helper()
	a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Abort)
	return a
}

func TestMessagesOfEveryLengthComeBackAsTheyWere(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror, MaxPDU: 4096})
	r := request()
	r.MaxPDU = 1000
	a := dial(t, address, r)
	for _, n := range []int{0, 1, 2, 993, 994, 995, 4089, 4090, 4091, 2 * 4090, 1 << 20} {
		sent := bytes.Repeat([]byte{byte(n), 1, 2}, n)[:n]
		if err := a.SendMessage(t.Context(), 1, []byte("command"), bytes.NewReader(sent)); err != nil {
			t.Fatal(err)
		}
		_, command, data, err := message(t.Context(), a)
		if err != nil || string(command) != "command" || !bytes.Equal(data, sent) {
			t.Fatalf("%d bytes: %d came back: %v", n, len(data), err)
		}
	}
	if err := a.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Receive(t.Context()); err != io.EOF {
		t.Errorf("after the release: %v", err)
	}
	if err := a.Send(t.Context(), 1, ul.Command, bytes.NewReader(nil)); !errors.Is(err, ul.ErrEnded) {
		t.Errorf("sent after the release: %v", err)
	}
}
