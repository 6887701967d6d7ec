package advise

import (
	"context"
	"errors"
	"fmt"
	"net"

	"eris/app/desk"
	"eris/app/words"
	"eris/sync/cdshooks"
	"eris/sync/dicomweb/origin"
)

// ErrClosed means that nothing is set up to be served.
var ErrClosed = errors.New("the check is not offered as a service: no address is set")

// Listen opens the address of the services. Errors: ErrClosed.
func Listen(ctx context.Context, services desk.Services) (net.Listener, error) {
	if services.Hooks == "" {
		return nil, ErrClosed
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", services.Hooks)
	if err != nil {
		return nil, fmt.Errorf("the check as a service: %w", err)
	}
	return l, nil
}

// Serve answers on l until ctx ends.
func Serve(ctx context.Context, l net.Listener, d *desk.Desk, w *words.Words, s desk.Services) error {
	p := Params{Desk: d, Words: w, Origins: s.HooksOrigins}
	if len(s.HooksIssuers) > 0 {
		p.Trust = &cdshooks.Trust{Base: s.HooksURL, Issuers: s.HooksIssuers}
	}
	return origin.Serve(ctx, origin.Service{Listener: l, Handler: Handler(p), CertFile: s.CertFile, KeyFile: s.KeyFile})
}
