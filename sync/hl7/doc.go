// Package hl7 takes orders from a hospital's information system and tells it what
// became of them, in HL7 v2 over MLLP.
//
//   - Message: segments, fields, components, in the separators and the character
//     set that the message names.
//   - Orders: what an order message (ORM^O01, OMI^O23, OMG^O19) says, as orders
//     of the department.
//   - Server listens, acknowledges (original mode: AA, AE, AR) and hands messages on.
//   - Client sends one and waits for its acknowledgement; Cancel makes the message
//     that an order is not done.
//
// Segments and tables: HL7 v2.5.1 chapters 2, 3 and 4; which fields DICOM means:
// IHE RAD TF-2 4.2 (RAD-2) and domain facts, section 4.
package hl7
