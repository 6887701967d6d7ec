// Package oauth gets access tokens for archives behind an identity provider:
// OAuth 2.0 (RFC 6749) with what OpenID Connect adds.
//
//   - A Source gives the tokens of one archive; dicomweb.Tokens is what it is
//     to a client.
//   - A person logs in with the browser: Login runs the authorization code
//     grant with PKCE (RFC 7636), and the browser comes back to a listener on
//     the loopback interface (RFC 8252). The refresh token lasts, the person is
//     not asked again before it ends.
//   - A machine logs in with the client credentials grant (RFC 6749 4.4).
//   - The provider's discovery document says where its endpoints are.
//   - A Keyring keeps secrets: the refresh token, and nothing of it lies in
//     options or logs.
//
// Failures are *node.Error: ErrRefused means that somebody has to log in.
package oauth
