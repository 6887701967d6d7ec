package ul_test

import (
	"context"
	"fmt"
	"net"

	"eris/dicom"
	"eris/sync/ul"
)

// A server answers one message, and a requestor asks for it.
func Example() {
	verification := dicom.UID("1.2.840.10008.1.1")
	implicit := []dicom.UID{dicom.ImplicitVRLittleEndian}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &ul.Server{
		Listener: listener,
		Accept:   ul.Policy{AETitle: "ERIS", Supports: []ul.Support{{AbstractSyntax: verification, TransferSyntaxes: implicit}}}.Accept,
		Handle: func(ctx context.Context, a *ul.Association) {
			for {
				v, err := a.Receive(ctx)
				if err != nil {
					return
				}
				a.SendMessage(ctx, v.ContextID, append([]byte("heard: "), v.Data...), nil)
			}
		},
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error)
	go func() { served <- server.Serve(ctx) }()

	a, err := ul.Dial(ctx, ul.DialOptions{Address: listener.Addr().String()}, ul.Request{
		CallingAE: "CLINIC", CalledAE: "ERIS",
		Contexts: []ul.Context{{AbstractSyntax: verification, TransferSyntaxes: implicit}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	a.SendMessage(ctx, 1, []byte("hello"), nil)
	v, err := a.Receive(ctx)
	fmt.Println(string(v.Data), err)
	fmt.Println(a.Release(ctx))
	stop()
	fmt.Println(<-served)
	// Output:
	// heard: hello <nil>
	// <nil>
	// <nil>
}
