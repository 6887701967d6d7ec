package ul

// state is a state of PS3.8 Tables 9-1 to 9-5.
type state uint8

const (
	_     state = iota
	sta1        // idle
	sta2        // transport connection open, awaiting A-ASSOCIATE-RQ
	sta3        // awaiting the local answer to a request
	sta4        // awaiting the transport connection
	sta5        // awaiting A-ASSOCIATE-AC or -RJ
	sta6        // association established
	sta7        // awaiting A-RELEASE-RP
	sta8        // awaiting the local answer to a release
	sta9        // release collision, requestor: awaiting the local answer
	sta10       // release collision, acceptor: awaiting A-RELEASE-RP
	sta11       // release collision, requestor: awaiting A-RELEASE-RP
	sta12       // release collision, acceptor: awaiting the local answer
	sta13       // awaiting the end of the transport connection
	staCount
)

// eventKind is an event of PS3.8 Table 9-10.
type eventKind uint8

const (
	_     eventKind = iota
	evt1            // local: associate
	evt2            // transport connection is there
	evt3            // A-ASSOCIATE-AC came
	evt4            // A-ASSOCIATE-RJ came
	evt5            // a peer opened a transport connection
	evt6            // A-ASSOCIATE-RQ came
	evt7            // local: accept
	evt8            // local: reject
	evt9            // local: send data
	evt10           // P-DATA-TF came
	evt11           // local: release
	evt12           // A-RELEASE-RQ came
	evt13           // A-RELEASE-RP came
	evt14           // local: release answered
	evt15           // local: abort
	evt16           // A-ABORT came
	evt17           // transport connection closed
	evt18           // ARTIM expired
	evt19           // unrecognized or invalid PDU came
	evtCount
)

// action does what PS3.8 Tables 9-6 to 9-9 say and gives the next state.
type action func(*Association, event) state

// transitions is PS3.8 Table 9-10. A pair that is absent cannot happen or, for a
// local event, is not allowed.
var transitions = [evtCount][staCount]action{
	evt1: {sta1: ae1},
	evt2: {sta4: ae2},
	evt3: {sta2: aa1, sta3: aa8, sta5: ae3, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evt4: {sta2: aa1, sta3: aa8, sta5: ae4, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evt5: {sta1: ae5},
	evt6: {sta2: ae6, sta3: aa8, sta5: aa8, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa7},
	evt7: {sta3: ae7},
	evt8: {sta3: ae8},

	evt9:  {sta6: dt1, sta8: ar7},
	evt10: {sta2: aa1, sta3: aa8, sta5: aa8, sta6: dt2, sta7: ar6, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},

	evt11: {sta6: ar1},
	evt12: {sta2: aa1, sta3: aa8, sta5: aa8, sta6: ar2, sta7: ar8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evt13: {sta2: aa1, sta3: aa8, sta5: aa8, sta6: aa8, sta7: ar3, sta8: aa8, sta9: aa8, sta10: ar10, sta11: ar3, sta12: aa8, sta13: aa6},
	evt14: {sta8: ar4, sta9: ar9, sta12: ar4},

	evt15: {sta3: aa1, sta4: aa2, sta5: aa1, sta6: aa1, sta7: aa1, sta8: aa1, sta9: aa1, sta10: aa1, sta11: aa1, sta12: aa1},
	evt16: {sta2: aa2, sta3: aa3, sta5: aa3, sta6: aa3, sta7: aa3, sta8: aa3, sta9: aa3, sta10: aa3, sta11: aa3, sta12: aa3, sta13: aa2},
	evt17: {sta2: aa5, sta3: aa4, sta4: aa4, sta5: aa4, sta6: aa4, sta7: aa4, sta8: aa4, sta9: aa4, sta10: aa4, sta11: aa4, sta12: aa4, sta13: ar5},
	evt18: {sta2: aa2, sta13: aa2},
	evt19: {sta2: aa1, sta3: aa8, sta5: aa8, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa7},
}
