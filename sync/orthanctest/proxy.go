package orthanctest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a way to an archive that can be cut: what is connected then stays so
// and nothing passes, as with a cable that is pulled out; nobody new connects.
type Proxy struct {
	Address string // host:port, instead of the archive's

	target string
	rate   int // bytes a second from the archive; 0 is no limit
	work   sync.WaitGroup

	mu       sync.Mutex
	whole    *sync.Cond // with mu
	listener net.Listener
	cut      bool
	closed   bool
	open     map[net.Conn]bool
	accepted int
	passed   int64
}

// NewProxy passes on to target, host:port, until the test ends: so many bytes a
// second from there, 0 being no limit.
func NewProxy(t testing.TB, target string, rate int) *Proxy {
	t.Helper()
	p := &Proxy{Address: "127.0.0.1:0", target: target, rate: rate, open: map[net.Conn]bool{}}
	p.whole = sync.NewCond(&p.mu)
	if err := p.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

func (p *Proxy) listen() error {
	l, err := net.Listen("tcp", p.Address)
	if err != nil {
		return err
	}
	p.Address = l.Addr().String()
	p.mu.Lock()
	p.listener, p.cut = l, false
	p.mu.Unlock()
	p.work.Go(func() { p.serve(l) })
	return nil
}

// Cut lets nothing pass any more.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = true
	p.listener.Close()
}

// Restore lets everything pass again. Connections that stood when the way was
// cut are gone.
func (p *Proxy) Restore() error {
	p.Cut()
	p.drop()
	return p.listen()
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
	p.Cut()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.drop()
	p.work.Wait()
}

// drop closes all connections.
func (p *Proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
		delete(p.open, c)
	}
	p.whole.Broadcast()
}

func (p *Proxy) serve(l net.Listener) {
	for {
		here, err := l.Accept()
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
	defer here.Close()
	there, err := net.DialTimeout("tcp", p.target, 10*time.Second)
	if err != nil {
		return
	}
	defer there.Close()
	if !p.keep(here, there) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.copy(there, here, false) })
	both.Go(func() { p.copy(here, there, true) })
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, here)
	delete(p.open, there)
}

func (p *Proxy) keep(both ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range both {
		p.open[c] = true
	}
	return !p.closed
}

// passes waits while the way is cut; false when the connection is not to go on.
func (p *Proxy) passes(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.cut && p.open[c] {
		p.whole.Wait()
	}
	return p.open[c]
}

func (p *Proxy) copy(to, from net.Conn, back bool) {
	defer to.Close() // half-closed connections are for others
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if err != nil || !p.passes(from) {
			return
		}
		if back {
			p.mu.Lock()
			p.passed += int64(n)
			p.mu.Unlock()
			if p.rate > 0 {
				time.Sleep(time.Duration(n) * time.Second / time.Duration(p.rate))
			}
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}
