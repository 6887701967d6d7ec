// Package ul is the DICOM upper layer over TCP (PS3.8): associations, and the
// messages that travel on them as fragments.
//
//   - An Association is one conversation between two application entities. Dial
//     opens one, a Server is asked for them.
//   - A Context (presentation context) is one thing that may be talked about:
//     an abstract syntax (SOP class), the transfer syntaxes it may be written
//     in, and who may play which role.
//   - A Request is what the requestor proposes, an Indication is how the
//     acceptor sees it, an Answer is what the acceptor decides, a Policy is the
//     usual way to decide.
//   - A PDU (protocol data unit) is what is written to the wire as a whole, a
//     PDV (presentation data value) is a fragment of a message inside one.
//   - A Rejection is a no to an association, an Aborted the end of one without
//     agreement.
//   - ARTIM is the timer that ends waiting for a peer that owes a request or
//     the closing of its connection (PS3.8 9.1.5).
//
// One goroutine owns an association: it alone knows the state (transitions is
// PS3.8 Table 9-10), writes to the socket and runs ARTIM. A reader feeds it with
// decoded PDUs. At most three received PDUs are held; whoever does not Receive
// slows the peer down and takes no memory.
//
// Failures are *node.Error with the kinds of package node:
//
//	ErrUnreachable  no connection, or one closed before the answer to A-ASSOCIATE-RQ
//	ErrUntrusted    the peer's certificate is not trusted here
//	ErrRefused      A-ASSOCIATE-RJ (the cause is a *Rejection), or the peer does not take our certificate
//	ErrStalled      silence where something was due
//	ErrGarbled      what came breaks PS3.8; the peer was told so by A-ABORT
//	ErrPartial      A-ABORT (the cause is an *Aborted) or a cut in the middle
package ul
