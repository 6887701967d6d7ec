package ul

import (
	"errors"
	"io"

	"eris/sync/node"
)

// The actions of PS3.8 Tables 9-6 to 9-9. Each does one row and names the state
// that follows; which one is due where is the matter of transitions alone.

// ae1 asks the transport for a connection. PS3.8 AE-1.
func ae1(a *Association, _ event) state {
	a.connect()
	return sta4
}

// ae2 sends the A-ASSOCIATE-RQ. PS3.8 AE-2.
func ae2(a *Association, e event) state {
	a.open(e.conn)
	a.write(a.requestPDU)
	return sta5
}

// ae3 tells the user that the association was accepted. PS3.8 AE-3.
func ae3(a *Association, e event) state {
	a.confirm(e.associate)
	return sta6
}

// ae4 tells the user that it was rejected and closes the connection. PS3.8 AE-4.
func ae4(a *Association, e event) state {
	a.end(a.fault(node.ErrRefused, e.reject))
	a.close()
	return sta1
}

// ae5 takes the connection and waits for a request, as long as ARTIM runs.
// PS3.8 AE-5.
func ae5(a *Association, e event) state {
	a.open(e.conn)
	a.startARTIM(a.times.ARTIM)
	return sta2
}

// ae6 stops ARTIM and shows the request to the user, or rejects what this layer
// itself cannot take. PS3.8 AE-6.
func ae6(a *Association, e event) state {
	a.stopARTIM()
	if no := a.unacceptable(e.associate); no != nil {
		return ae8(a, event{reject: no})
	}
	a.indicate(e.associate)
	return sta3
}

// ae7 sends the A-ASSOCIATE-AC. PS3.8 AE-7.
func ae7(a *Association, e event) state {
	a.write(e.bytes)
	return sta6
}

// ae8 sends the A-ASSOCIATE-RJ and waits for the peer to close. PS3.8 AE-8.
func ae8(a *Association, e event) state {
	a.write(e.reject.pdu())
	a.end(e.reject)
	a.startARTIM(a.times.Close)
	return sta13
}

// dt1 sends P-DATA-TF. PS3.8 DT-1.
func dt1(a *Association, e event) state {
	a.write(e.bytes)
	return sta6
}

// dt2 hands received data to the user. PS3.8 DT-2.
func dt2(a *Association, e event) state {
	a.pending = e.data
	return sta6
}

// ar1 sends A-RELEASE-RQ. PS3.8 AR-1.
func ar1(a *Association, _ event) state {
	a.write(releasePDU(typeReleaseRQ))
	return sta7
}

// ar2 tells the user that the peer wants to release; it always agrees. PS3.8 AR-2.
func ar2(a *Association, _ event) state {
	a.end(io.EOF)
	a.then(event{kind: evt14})
	return sta8
}

// ar3 tells the user that the association is released and closes the connection.
// PS3.8 AR-3.
func ar3(a *Association, _ event) state {
	a.end(io.EOF)
	a.close()
	return sta1
}

// ar4 sends A-RELEASE-RP and waits for the peer to close. PS3.8 AR-4.
func ar4(a *Association, _ event) state {
	a.write(releasePDU(typeReleaseRP))
	a.startARTIM(a.times.Close)
	return sta13
}

// ar5 stops ARTIM: the connection is closed. PS3.8 AR-5.
func ar5(a *Association, _ event) state {
	a.stopARTIM()
	a.close()
	return sta1
}

// ar6 hands on data that came while the release is under way. PS3.8 AR-6.
func ar6(a *Association, e event) state {
	a.pending = e.data
	return sta7
}

// ar7 sends P-DATA-TF before the peer's release is answered. PS3.8 AR-7.
func ar7(a *Association, e event) state {
	a.write(e.bytes)
	return sta8
}

// ar8 tells the user of a release that met our own. The requestor answers
// first. PS3.8 AR-8.
func ar8(a *Association, _ event) state {
	if a.requestor {
		a.then(event{kind: evt14})
		return sta9
	}
	return sta10
}

// ar9 sends A-RELEASE-RP; the peer's is still to come. PS3.8 AR-9.
func ar9(a *Association, _ event) state {
	a.write(releasePDU(typeReleaseRP))
	return sta11
}

// ar10 tells the user that its release is answered; now the peer's is. PS3.8 AR-10.
func ar10(a *Association, _ event) state {
	a.end(io.EOF)
	a.then(event{kind: evt14})
	return sta12
}

// aa1 sends A-ABORT in the user's name and waits for the peer to close. PS3.8 AA-1.
func aa1(a *Association, e event) state {
	a.write((&Aborted{Source: byUser}).pdu())
	a.end(e.err)
	a.startARTIM(a.times.Close)
	return sta13
}

// aa2 stops ARTIM and closes the connection. PS3.8 AA-2.
func aa2(a *Association, e event) state {
	a.stopARTIM()
	a.end(e.err)
	a.close()
	return sta1
}

// aa3 tells the user that the peer aborted and closes the connection. Its source
// stands in the error. PS3.8 AA-3.
func aa3(a *Association, e event) state {
	a.end(e.err)
	a.close()
	return sta1
}

// aa4 tells the user that the connection broke. PS3.8 AA-4. When it did so before
// any answer there is as good as no archive: a gateway closes whose archive is away,
// and so does one that is starting or ending.
func aa4(a *Association, e event) state {
	if a.state == sta5 && errors.Is(e.err, node.ErrPartial) {
		e.err = a.fault(node.ErrUnreachable, ErrUnanswered)
	}
	a.end(e.err)
	a.close()
	return sta1
}

// aa5 stops ARTIM: the peer left before it asked for anything. PS3.8 AA-5.
func aa5(a *Association, e event) state {
	a.stopARTIM()
	a.end(e.err)
	a.close()
	return sta1
}

// aa6 ignores the PDU. PS3.8 AA-6.
func aa6(_ *Association, e event) state {
	e.drop()
	return sta13
}

// aa7 sends A-ABORT once more. PS3.8 AA-7.
func aa7(a *Association, e event) state {
	a.write((&Aborted{byProvider, e.reason}).pdu())
	return sta13
}

// aa8 sends A-ABORT in this layer's name, tells the user, and waits for the peer
// to close. PS3.8 AA-8.
func aa8(a *Association, e event) state {
	e.drop()
	a.write((&Aborted{byProvider, e.reason}).pdu())
	a.end(e.err)
	a.startARTIM(a.times.Close)
	return sta13
}
