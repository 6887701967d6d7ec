// Package dimse is the DICOM message service (PS3.7) over associations, and the
// services of PS3.4 that a reading workstation and its archives use.
//
//   - A Command is the head of a message, a data set may follow it. A request is
//     answered by responses; Pending ones announce more, the last one has a
//     Status that says how it ended.
//   - SCU is the side that uses a service, SCP the side that provides it.
//   - A Client is SCU towards one node: Echo (C-ECHO); Find, Studies, Series,
//     Instances, Worklist (C-FIND); Retrieve (C-GET or C-MOVE); Store (C-STORE);
//     Commit (storage commitment); StartProcedure, EndProcedure (MPPS).
//   - A Server is SCP on this side: it stores what is sent, also what a C-MOVE of
//     ours made an archive send, and when it has a Cache it answers C-FIND and
//     C-GET from it.
//   - A Model (information model) is the hierarchy that is searched: patient
//     root, study root, worklist. An identifier is the data set that asks and
//     answers in it.
//   - Suboperations are the C-STOREs that a C-GET or C-MOVE consists of.
//   - A Spelling is how a Cyrillic name is written to an archive so that it
//     finds something.
//
// Objects travel as Part 10 streams: the meta information is made here, the data
// set is as it was received. Nothing is held longer than a PDU.
//
// Failures are *node.Error with the kinds of package node; status.go says which
// status is of which kind. No text of an error holds what was asked for, and none
// the peer's own words, since both name patients.
package dimse
