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
	PerSecond    float64 // new ones a second on average, twice that at once; 100
}

// door counts who is inside. As many again are heard, only to be told that there
// is no room (PS3.8 Table 9-21, source 3); beyond that connections are closed
// unheard.
type door struct {
	limits Limits
	fresh  *rate.Limiter

	mu        sync.Mutex
	inside    int
	turned    int                // those who are being told
	addresses map[netip.Addr]int // who is inside
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
	switch {
	case d.inside >= d.limits.Associations, d.addresses[from] >= d.limits.PerAddress:
		refusal = &LocalLimitExceeded
	case !d.fresh.Allow():
		refusal = &TemporaryCongestion
	default:
		d.inside++
		d.addresses[from]++
		return nil, func() { d.leave(from) }, true
	}
	if d.turned >= d.limits.Associations {
		return nil, nil, false
	}
	d.turned++
	return refusal, d.leaveTurned, true
}

func (d *door) leave(from netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	if d.addresses[from]--; d.addresses[from] == 0 {
		delete(d.addresses, from)
	}
}

func (d *door) leaveTurned() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turned--
}

// addressOf is the address without its port; the zero one when there is none.
func addressOf(remote net.Addr) netip.Addr {
	if t, ok := remote.(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
