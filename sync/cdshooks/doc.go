// Package cdshooks speaks CDS Hooks 2.0 (HL7): an electronic record asks for
// advice at the moment of ordering and gets cards.
//
//   - New is the service: discovery, the call of a hook, feedback. What it
//     advises is the caller's matter; this package knows the messages, the
//     status codes and who may ask.
//   - Trust checks the JSON web tokens with which records say who they are.
//   - Client is the other side, for orders that are made here.
//
// FHIR resources pass through as JSON: what they mean is known to sync/fhir.
package cdshooks
