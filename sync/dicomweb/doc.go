// Package dicomweb asks archives over HTTP (PS3.18).
//
//   - A Client talks to one archive. It is safe for many goroutines.
//   - QIDO-RS finds: Studies, Series, Instances. A Query says which studies.
//   - WADO-RS fetches: Retrieve and RetrieveInstance stream Part 10 objects
//     as the archive keeps them, one part after the other; Metadata and
//     Rendered give headers and pictures.
//   - STOW-RS sends: Store streams objects to the archive and answers which of
//     them it took.
//   - Echo is the smallest question there is, to see whether the archive lives.
//   - A stall is silence: no byte for StallTimeout. There is no limit on the
//     whole time, because a large study over a thin line takes what it takes.
//
// Failures are *node.Error with the kinds named in errors.go. No text of an
// error holds what was asked for, since questions name patients.
package dicomweb
