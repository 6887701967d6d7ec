package ul

import "fmt"

// Rejection is an A-ASSOCIATE-RJ (PS3.8 Table 9-21).
type Rejection struct{ Result, Source, Reason byte }

// Rejections a policy or a server gives.
var (
	RejectedNoReason       = Rejection{1, 1, 1}
	CallingAENotRecognized = Rejection{1, 1, 3}
	CalledAENotRecognized  = Rejection{1, 1, 7}
	VersionNotSupported    = Rejection{1, 2, 2}
	TemporaryCongestion    = Rejection{2, 3, 1}
	LocalLimitExceeded     = Rejection{2, 3, 2}
)

// rejectWords are the reasons of PS3.8 Table 9-21 by source and reason.
var rejectWords = map[[2]byte]string{
	{1, 1}: "no reason given",
	{1, 2}: "application context not supported",
	{1, 3}: "calling AE title not recognized",
	{1, 7}: "called AE title not recognized",
	{2, 1}: "no reason given by its upper layer",
	{2, 2}: "protocol version not supported",
	{3, 1}: "temporary congestion",
	{3, 2}: "local limit exceeded",
}

// Transient reports that the same request may be accepted later.
func (r *Rejection) Transient() bool { return r.Result == 2 }

// Error is the reason in words.
func (r *Rejection) Error() string {
	words, known := rejectWords[[2]byte{r.Source, r.Reason}]
	if !known {
		words = fmt.Sprintf("unknown reason %d of source %d", r.Reason, r.Source)
	}
	if r.Transient() {
		return "association rejected for now: " + words
	}
	return "association rejected: " + words
}

// Aborted is an A-ABORT (PS3.8 Table 9-26).
type Aborted struct{ Source, Reason byte }

// Sources and reasons of an abort.
const (
	byUser     byte = 0
	byProvider byte = 2

	reasonNone         byte = 0
	reasonUnrecognized byte = 1
	reasonUnexpected   byte = 2
	reasonInvalidValue byte = 6
)

var abortWords = map[byte]string{
	reasonNone:         "reason not specified",
	reasonUnrecognized: "unrecognized PDU",
	reasonUnexpected:   "unexpected PDU",
	4:                  "unrecognized PDU parameter",
	5:                  "unexpected PDU parameter",
	reasonInvalidValue: "invalid PDU parameter value",
}

// Error says who gave up, and why.
func (a *Aborted) Error() string {
	if a.Source == byUser {
		return "aborted by its application"
	}
	words, known := abortWords[a.Reason]
	if !known {
		words = fmt.Sprintf("unknown reason %d", a.Reason)
	}
	return "aborted by its upper layer: " + words
}
