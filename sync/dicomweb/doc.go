// Package dicomweb asks archives over HTTP (PS3.18).
//
//   - A Client talks to one archive. It is safe for many goroutines.
//   - QIDO-RS finds: Studies, Series, Instances; FindStudies hands each study on
//     as it comes in. A Query says which studies.
//   - WADO-RS fetches: Retrieve and RetrieveInstance stream Part 10 objects
//     as the archive keeps them, one part after the other; Metadata, Frames and
//     Rendered give headers, single frames and pictures. FirstLook shows a JPEG
//     2000 frame small, from the first of its bytes.
//   - Bulk data is what metadata refers to instead of holding it.
//   - STOW-RS sends: Store streams objects to the archive and answers which of
//     them it took; StoreAll sends an Object again in a smaller request where an
//     archive finds one too large. Stored asks what an archive really has.
//   - UPS-RS shares work: a Workitem is found, claimed, changed and ended; a
//     Claim is the right to do so.
//   - Tokens log in where tokens end; package oauth gets them.
//   - Echo is the smallest question there is, to see whether the archive lives.
//   - A stall is silence: no byte for StallTimeout. There is no limit on the
//     whole time, because a large study over a thin line takes what it takes.
//
// Failures are *node.Error with the kinds named in errors.go. No text of an
// error holds what was asked for, since questions name patients.
package dicomweb
