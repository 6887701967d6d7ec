package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"eris/sync/node"
)

func (s *Source) refused(cause error) error {
	return &node.Error{Node: s.Name, Kind: node.ErrRefused, Cause: cause}
}

func (s *Source) garbled(text string) error {
	return &node.Error{Node: s.Name, Kind: node.ErrGarbled, Cause: errors.New(text)}
}

// ringFault has no kind: it is this computer that fails.
func (s *Source) ringFault(err error) error {
	return errors.Join(errors.New("keyring: login of "+s.Name), err)
}

// fault says why the provider gave no token. What it answered may hold secrets
// and is left out, but for the code of RFC 6749 5.2.
func (s *Source) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) {
		return s.answered(answer)
	}
	var asked *url.Error
	if !errors.As(err, &asked) {
		return s.garbled("its identity provider gave no token")
	}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return &node.Error{Node: s.Name, Kind: node.ErrUntrusted, Cause: errors.New("so does its identity provider")}
	case errors.Is(err, errElsewhere):
		return &node.Error{Node: s.Name, Kind: node.ErrUnsupported, Cause: errElsewhere}
	}
	cause := asked.Err
	var op *net.OpError
	if errors.As(err, &op) {
		cause = op.Err
	}
	return &node.Error{Node: s.Name, Kind: node.ErrUnreachable, Cause: fmt.Errorf("its identity provider: %w", cause)}
}

func (s *Source) answered(answer *oauth2.RetrieveError) error {
	status := 0
	if answer.Response != nil {
		status = answer.Response.StatusCode
	}
	failure := &node.Error{Node: s.Name, Kind: kindOf(status), Status: status, Cause: errProvider}
	if known[answer.ErrorCode] {
		failure.Kind, failure.Cause = node.ErrRefused, errors.New(answer.ErrorCode)
	}
	return failure
}

// known are the codes of RFC 6749 4.1.2.1 and 5.2 that mean a refusal.
var known = map[string]bool{"invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "invalid_request": true, "access_denied": true, "unsupported_response_type": true}

func kindOf(status int) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusBadRequest:
		return node.ErrRefused
	case status == http.StatusNotFound:
		return node.ErrNotFound
	case status >= 500, status == http.StatusTooManyRequests:
		return node.ErrServer
	}
	return node.ErrGarbled
}
