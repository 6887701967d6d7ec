package dicomweb

import (
	"io"
	"net/http"

	"eris/sync/node"
)

// Tokens gives bearer tokens that end; see node.Tokens.
type Tokens = node.Tokens

// authorized sends r with the login. A token that is refused is renewed once,
// and r is sent once more; what is refused then stays refused.
func (c *Client) authorized(watch *stallWatch, r request) (*http.Response, error) {
	if c.Tokens == nil {
		return c.roundTrip(watch, r, c.login())
	}
	token, err := c.Tokens.Token(watch.ctx)
	if err != nil {
		return nil, err
	}
	answer, err := c.roundTrip(watch, r, "Bearer "+token)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	renewed, err := c.Tokens.Renew(watch.ctx, token)
	if err != nil {
		answer.Body.Close()
		return nil, err
	}
	if r.body != nil {
		if r.rewind == nil {
			return answer, nil // the next request has the new token
		}
		if r.body, err = r.rewind(); err != nil {
			answer.Body.Close()
			return nil, err
		}
	}
	io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	answer.Body.Close()
	watch.resume()
	return c.roundTrip(watch, r, "Bearer "+renewed)
}

// login is the Authorization header of a login that does not end.
func (c *Client) login() string {
	return node.Authorization(c.Token, c.Username, c.Password)
}
