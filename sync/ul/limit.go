package ul

import (
	"cmp"
	"net"
	"net/netip"
	"sync"

	"golang.org/x/time/rate"
)

// Limits keep a server from being overrun. Zero values stand for the defaults.
type Limits struct {
	Associations int     // open at a time; 32
	PerAddress   int     // open at a time with one address; 16
	PerSecond    float64 // new ones a second, over a minute or so; 100
}

// door counts who is inside. Up to twice the limit are let in, the second half
// only to be told that there is no room (PS3.8 Table 9-21, source 3); beyond that
// connections are closed unheard.
type door struct {
	limits Limits
	fresh  *rate.Limiter

	mu        sync.Mutex
	open      int
	addresses map[netip.Addr]int
}

func newDoor(l Limits) *door {
	l = Limits{cmp.Or(l.Associations, 32), cmp.Or(l.PerAddress, 16), cmp.Or(l.PerSecond, 100)}
	return &door{
		limits: l, addresses: map[netip.Addr]int{},
		fresh: rate.NewLimiter(rate.Limit(l.PerSecond), int(2*l.PerSecond)+1),
	}
}

// enter counts a new connection: refusal is what it will be told, ok whether it
// is heard at all. leave must be called when it has ended.
func (d *door) enter(remote net.Addr) (refusal *Rejection, leave func(), ok bool) {
	from := addressOf(remote)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= 2*d.limits.Associations {
		return nil, nil, false
	}
	switch {
	case !d.fresh.Allow():
		refusal = &TemporaryCongestion
	case d.open >= d.limits.Associations, d.addresses[from] >= d.limits.PerAddress:
		refusal = &LocalLimitExceeded
	}
	d.open++
	d.addresses[from]++
	return refusal, func() { d.leave(from) }, true
}

func (d *door) leave(from netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if d.addresses[from]--; d.addresses[from] == 0 {
		delete(d.addresses, from)
	}
}

// addressOf is the address without its port; the zero one when there is none.
func addressOf(remote net.Addr) netip.Addr {
	if t, ok := remote.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
