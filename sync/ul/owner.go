package ul

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"eris/sync/node"
)

// run owns the association until its transport connection is gone.
func (a *Association) run() {
	defer a.finish()
	for !a.gone {
		wire, data := a.wire, a.data
		if a.pending == nil {
			data = nil
		} else {
			wire = nil // back-pressure
		}
		select {
		case c := <-a.calls:
			c.done <- a.perform(c.event)
		case e := <-wire:
			a.perform(a.classified(e))
		case data <- a.pending:
			a.pending = nil
		case <-a.artim.C:
			a.perform(event{kind: evt18, err: a.fault(node.ErrStalled, nil)})
		case <-a.cutOff.Done():
			a.perform(event{kind: evt17, err: ErrEnded})
			a.close() // also when there never was a connection
		}
	}
}

func (a *Association) finish() {
	a.artim.Stop()
	a.cut()
	close(a.quit)
	a.tasks.Wait()
	close(a.ended)
}

// perform carries out an event and what follows from it.
func (a *Association) perform(e event) error {
	a.failed = nil
	err := a.step(e)
	for len(a.follow) > 0 {
		e, a.follow = a.follow[0], a.follow[1:]
		a.step(e) // what follows was decided by an action, so it is allowed
	}
	if err == nil {
		err = a.failed
	}
	return err
}

func (a *Association) step(e event) error {
	act := transitions[e.kind][a.state]
	if act == nil {
		e.drop()
		return ErrEnded
	}
	a.state = act(a, e)
	return nil
}

// then lets an event follow the present one.
func (a *Association) then(e event) { a.follow = append(a.follow, e) }

// classified makes data of a context that nobody accepted an invalid PDU. When it
// is over, data is only ignored (AA-6), of whatever context.
func (a *Association) classified(e event) event {
	if e.data == nil || !a.isEstablished() || a.isOver() {
		return e
	}
	if id := e.data.foreign(&a.usable); id != 0 {
		e.drop()
		err := invalidf("data for presentation context %d, which was not accepted", id)
		return event{kind: evt19, reason: reasonInvalidValue, err: a.fault(node.ErrGarbled, err)}
	}
	return e
}

func (a *Association) isEstablished() bool {
	select {
	case <-a.established:
		return true
	default:
		return false
	}
}

func (a *Association) isOver() bool {
	select {
	case <-a.over:
		return true
	default:
		return false
	}
}

// write sends whole PDUs. When that fails the connection is as good as closed.
func (a *Association) write(pdus []byte) {
	if _, err := a.conn.Write(pdus); err != nil {
		a.failed = a.broken(err)
		a.cut()
		a.then(event{kind: evt17, err: a.failed})
	}
}

func (a *Association) startARTIM(d time.Duration) { a.artim.Reset(d) }
func (a *Association) stopARTIM()                 { a.artim.Stop() }

// end tells the user that nothing will be sent or received any more. The first
// reason counts.
func (a *Association) end(cause error) {
	select {
	case <-a.over:
		return
	default:
	}
	if a.pending != nil {
		a.pending.free()
		a.pending = nil
	}
	if cause == nil {
		cause = ErrEnded
	}
	a.cause = cause
	close(a.over)
}

// close closes the transport connection and ends the owner's loop.
func (a *Association) close() {
	a.end(nil)
	a.gone = true
	if a.conn != nil {
		socketOf(a.conn).stall = a.times.Close // TLS says good-bye
		a.conn.Close()
	}
}

// open takes a transport connection and starts its reader.
func (a *Association) open(conn net.Conn) {
	a.conn, a.remote = conn, conn.RemoteAddr()
	if t, ok := conn.(*tls.Conn); ok {
		s := t.ConnectionState()
		a.tls = &s
	}
	socket := socketOf(conn)
	context.AfterFunc(a.cutOff, func() { socket.Conn.Close() })
	a.tasks.Go(func() { a.read(conn, socket) })
}

// tell hands an event from the wire to the owner; false when it has left.
func (a *Association) tell(e event) bool {
	select {
	case a.wire <- e:
		return true
	case <-a.quit:
		e.drop()
		return false
	}
}
