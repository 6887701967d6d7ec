package link

import (
	"cmp"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// line is one direction of a link.
type line struct {
	from, to io.ReadWriter
	packets  chan packet

	mu     sync.Mutex
	shape  Shape
	cut    bool
	random *rand.Rand
	busy   time.Time // until then earlier packets are being sent
}

type packet struct {
	data []byte
	due  time.Time
}

// maxWaiting bounds the packets under way: far more than a Queue and a Delay hold.
const maxWaiting = 1 << 14

func newLine(from, to io.ReadWriter, seed, stream uint64) *line {
	return &line{from: from, to: to, packets: make(chan packet, maxWaiting), random: rand.New(rand.NewPCG(seed, stream))}
}

// take reads packets until the device is closed.
func (l *line) take() {
	defer close(l.packets)
	b := make([]byte, 64<<10)
	for {
		n, err := l.from.Read(b)
		if err != nil {
			return
		}
		due, passes := l.pass(n, time.Now())
		if !passes {
			continue
		}
		select {
		case l.packets <- packet{append([]byte(nil), b[:n]...), due}:
		default: // the queue of the queues is full
		}
	}
}

// pass decides about a packet of n bytes: when it arrives, if at all.
func (l *line) pass(n int, now time.Time) (due time.Time, passes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut || l.random.Float64() < l.shape.Loss {
		return due, false
	}
	if l.busy.Before(now) {
		l.busy = now
	}
	if l.shape.Rate > 0 {
		waiting := l.busy.Sub(now).Seconds() * float64(l.shape.Rate) / 8
		if waiting > float64(cmp.Or(l.shape.Queue, defaultQueue)) {
			return due, false
		}
		l.busy = l.busy.Add(time.Duration(float64(n) * 8 / float64(l.shape.Rate) * float64(time.Second)))
	}
	return l.busy.Add(l.shape.Delay), true
}

// give writes each packet when it is due.
func (l *line) give() {
	for p := range l.packets {
		time.Sleep(time.Until(p.due))
		if l.isCut() {
			continue
		}
		l.to.Write(p.data) // a device that is down takes nothing, as a cable that is not plugged in
	}
}

func (l *line) isCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}

func (l *line) set(s Shape) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shape, l.busy = s, time.Time{}
}

func (l *line) setCut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}
