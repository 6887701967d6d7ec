package orthanctest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a way to an archive that can be cut: connections then stay open and
// nothing passes, as with a cable that is pulled out.
type Proxy struct {
	Address string // host:port, instead of the archive's

	listener net.Listener
	target   string
	work     sync.WaitGroup

	mu       sync.Mutex
	whole    *sync.Cond // with mu
	cut      bool
	closed   bool
	open     map[net.Conn]bool
	accepted int
	passed   int64
}

// NewProxy passes on to target, host:port, until the test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Address: l.Addr().String(), listener: l, target: target, open: map[net.Conn]bool{}}
	p.whole = sync.NewCond(&p.mu)
	p.work.Go(p.serve)
	t.Cleanup(p.close)
	return p
}

// Cut lets nothing pass any more. What is on its way is held until Restore.
func (p *Proxy) Cut() { p.set(true) }

// Restore lets everything pass again. Connections that stood when the way was
// cut are gone: routers forget them, and clients have given up on them.
func (p *Proxy) Restore() {
	p.drop()
	p.set(false)
}

func (p *Proxy) set(cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	p.whole.Broadcast()
}

// Accepted is how many connections there were so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Passed is how many bytes have come from the archive so far.
func (p *Proxy) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

func (p *Proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Restore()
	p.work.Wait()
}

// drop closes all connections.
func (p *Proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
	}
}

func (p *Proxy) serve() {
	for {
		here, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.accepted++
		p.mu.Unlock()
		p.work.Go(func() { p.join(here) })
	}
}

// join passes both directions on until one side closes.
func (p *Proxy) join(here net.Conn) {
	if !p.keep(here) {
		return
	}
	defer p.forget(here)
	p.wait()
	there, err := net.DialTimeout("tcp", p.target, 10*time.Second)
	if err != nil || !p.keep(there) {
		return
	}
	defer p.forget(there)
	var both sync.WaitGroup
	both.Go(func() { p.copy(there, here, false) })
	both.Go(func() { p.copy(here, there, true) })
	both.Wait()
}

func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.Close()
		return false
	}
	p.open[c] = true
	return true
}

func (p *Proxy) forget(c net.Conn) {
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

// wait returns when the way is whole.
func (p *Proxy) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.cut {
		p.whole.Wait()
	}
}

func (p *Proxy) copy(to, from net.Conn, counted bool) {
	defer to.Close() // half-closed connections are for others
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.wait()
		if n > 0 {
			if counted {
				p.mu.Lock()
				p.passed += int64(n)
				p.mu.Unlock()
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
