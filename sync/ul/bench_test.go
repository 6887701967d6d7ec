package ul_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"eris/sync/ul"
)

// object is as long as a CT slice.
var object = make([]byte, 512<<10)

// swallow takes messages and answers each with a short command.
func swallow(ctx context.Context, a *ul.Association) {
	answer := echoResponse(1)
	for {
		v, err := a.Receive(ctx)
		if err != nil {
			return
		}
		if !v.Command && v.Last && a.SendMessage(ctx, v.ContextID, answer, nil) != nil {
			return
		}
	}
}

// BenchmarkThroughput sends slices one by one over loopback, each answered
// before the next leaves, as C-STORE does; by the longest PDU the receiver takes.
func BenchmarkThroughput(b *testing.B) {
	ca := newAuthority(b)
	cert, key := ca.sign(b, "server", soon())
	secured := config(b, ul.TLSOptions{CAFile: ca.file, CertFile: cert, KeyFile: key})
	for _, longest := range []uint32{16 << 10, 64 << 10, 128 << 10, 256 << 10} {
		b.Run(fmt.Sprintf("pdu=%d", longest), func(b *testing.B) {
			throughput(b, serve(b, &ul.Server{Handle: swallow, MaxPDU: longest}), ul.DialOptions{})
		})
	}
	b.Run("tls", func(b *testing.B) {
		throughput(b, serve(b, &ul.Server{Handle: swallow, TLS: secured}), ul.DialOptions{TLS: secured})
	})
}

func throughput(b *testing.B, address string, o ul.DialOptions) {
	o.Address = address
	a, err := ul.Dial(b.Context(), o, request())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(a.Abort)
	command := echoRequest()
	b.SetBytes(int64(len(object)))
	b.ReportAllocs()
	for b.Loop() {
		if err := a.SendMessage(b.Context(), 1, command, bytes.NewReader(object)); err != nil {
			b.Fatal(err)
		}
		if _, err := a.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTrip is one short message there and one back.
func BenchmarkRoundTrip(b *testing.B) {
	a := dial(b, serve(b, &ul.Server{Handle: answerEcho}), request())
	for b.Loop() {
		if err := a.SendMessage(b.Context(), 1, echoRequest(), nil); err != nil {
			b.Fatal(err)
		}
		if _, err := a.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStorescpAsShipped is the same with dcmtk at the other end as it is shipped,
// with Nagle's algorithm on.
func BenchmarkStorescpAsShipped(b *testing.B) {
	a := dial(b, startSCP(b), request())
	for b.Loop() {
		if err := a.SendMessage(b.Context(), 1, echoRequest(), nil); err != nil {
			b.Fatal(err)
		}
		if _, err := a.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
