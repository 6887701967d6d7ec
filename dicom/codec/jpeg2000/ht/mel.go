package ht

// melExponents is MEL_E, the logarithms of the run lengths (ISO/IEC 15444-15
// table 2).
var melExponents = [13]uint8{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}

// mel decodes runs of events that are 0, most with a 1 behind (7.3.3).
type mel struct {
	src   []byte // up to the last byte of the cleanup segment, not with it
	pos   int
	acc   uint32 // the next bits, at the low end
	n     int    // how many
	full  bool   // the byte before was FF: the next has seven bits
	state int
	run   int // twice the 0s to come, and 1 if a 1 is behind them
}

// event is the next event.
func (m *mel) event() bool {
	if m.run >= 2 {
		m.run -= 2
		return false
	}
	return m.after()
}

// after goes on when a run is at its end.
func (m *mel) after() bool {
	for m.run == 0 {
		m.next()
	}
	if m.run == 1 {
		m.run = 0
		return true
	}
	m.run -= 2
	return false
}

// next decodes a run.
func (m *mel) next() {
	e := int(melExponents[m.state])
	if m.take(1) == 1 {
		m.run = 2 << e
		m.state = min(m.state+1, len(melExponents)-1)
		return
	}
	m.run = 2*m.take(e) + 1
	m.state = max(m.state-1, 0)
}

func (m *mel) take(count int) int {
	for m.n < count {
		m.fill()
	}
	m.n -= count
	return int(m.acc>>uint(m.n)) & (1<<count - 1)
}

// fill takes a byte. The last one belongs to VLC with its low half; behind it
// all bits are 1 (7.1.1).
func (m *mel) fill() {
	b := byte(0xFF)
	if m.pos < len(m.src) {
		b = m.src[m.pos]
	}
	if m.pos == len(m.src)-1 {
		b |= 0x0F
	}
	m.pos++
	width := 8
	if m.full {
		width = 7
	}
	m.acc = m.acc<<uint(width) | uint32(b)&(1<<width-1)
	m.n += width
	m.full = b == 0xFF
}
