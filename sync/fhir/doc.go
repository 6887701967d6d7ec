// Package fhir talks to FHIR R4 servers: the EMR that orders exams, and city
// services that know of patients.
//
//   - A Client reads, searches, makes and changes resources of one server.
//   - An Entry is one resource of a bundle, as it came.
//   - An Outcome is what a server says about a failure, in the code of the
//     specification; its free words may name a patient and stay apart.
//
// The types hold the elements that are used here, nothing else: what is sent
// back is the server's own resource with one change in it ([Client.Change]).
// Elements of a wrong type are left out, so that one bad code hides no order.
package fhir
