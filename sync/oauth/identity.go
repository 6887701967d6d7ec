package oauth

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// claims are what is read of an ID token (OpenID Connect Core 1.0, 2).
type claims struct {
	Issuer   string   `json:"iss"`
	Audience audience `json:"aud"`
	Party    string   `json:"azp"`
	Expiry   float64  `json:"exp"` // seconds since 1970
	Nonce    string   `json:"nonce"`
}

// audience is one name or a list.
type audience []string

// UnmarshalJSON reads both.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// clockSkew is how far the provider's clock may be from ours.
const clockSkew = 5 * time.Minute

// checkIdentity checks the ID token of a login (OpenID Connect Core 1.0,
// 3.1.3.7). It came from the token endpoint itself over TLS, which stands for
// a check of its signature (rule 6 there). Without the scope openid there is none.
func (s *Source) checkIdentity(token *oauth2.Token, nonce string, now time.Time) error {
	if !slices.Contains(s.Scopes, "openid") {
		return nil
	}
	text, _ := token.Extra("id_token").(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return s.garbled("its identity provider did not say who logged in")
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c claims
	if err != nil || json.Unmarshal(b, &c) != nil {
		return s.garbled("its identity provider says who logged in in words that cannot be read")
	}
	switch {
	case c.Issuer != s.provider.Issuer,
		!slices.Contains(c.Audience, s.ClientID),
		c.Party != "" && c.Party != s.ClientID,
		c.Expiry < float64(now.Add(-clockSkew).Unix()),
		subtle.ConstantTimeCompare([]byte(c.Nonce), []byte(nonce)) != 1:
		return s.garbled("the identity of who logged in is meant for somebody else")
	}
	return nil
}
