package ul

import "net"

// event is something that happened to an association, with what it brought.
type event struct {
	kind      eventKind
	conn      net.Conn   // of a new transport connection
	associate *associate // of evt3 and evt6
	data      *dataPDU   // of evt10
	bytes     []byte     // PDUs to be sent, of evt7 and evt9
	reject    *Rejection // of evt8
	reason    byte       // for the A-ABORT that may answer it
	err       error      // what the user is told when this ends the association
}

// drop gives back the buffer of data that nobody will read.
func (e event) drop() {
	if e.data != nil {
		e.data.free()
	}
}

// call is a local event and the place for its outcome.
type call struct {
	event
	done chan error // holds one
}

func newCall(e event) *call { return &call{e, make(chan error, 1)} }
