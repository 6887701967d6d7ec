package ul

import (
	"cmp"
	"time"
)

// Timeouts are how long a peer is waited for. Zero values stand for the defaults.
type Timeouts struct {
	Connect   time.Duration // TCP and TLS; 10 s
	Associate time.Duration // the answer to a request; 30 s
	ARTIM     time.Duration // the request after a peer has connected; 30 s
	Stall     time.Duration // silence within a message, or no byte taken; 60 s
	Idle      time.Duration // as acceptor, silence between messages; 10 min
	Release   time.Duration // the answer to a release; 10 s
	Close     time.Duration // the closing of the connection after the last PDU; 2 s
}

func (t Timeouts) orDefault() Timeouts {
	return Timeouts{
		Connect:   cmp.Or(t.Connect, 10*time.Second),
		Associate: cmp.Or(t.Associate, 30*time.Second),
		ARTIM:     cmp.Or(t.ARTIM, 30*time.Second),
		Stall:     cmp.Or(t.Stall, time.Minute),
		Idle:      cmp.Or(t.Idle, 10*time.Minute),
		Release:   cmp.Or(t.Release, 10*time.Second),
		Close:     cmp.Or(t.Close, 2*time.Second),
	}
}
