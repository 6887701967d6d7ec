// Package anatomy reads what an exam shows from what people wrote about it.
//
//   - Region: a place of the body on the level a radiologist orders by (knee,
//     brain, organs of the abdomen). Compound exams are sets of regions.
//   - Coarse: one of the ten search regions of IHE MADO, as a SNOMED CT code.
//   - Family: a group of modalities that answer the same way (CR, DX and
//     fluorography of the lungs are one).
//   - Side: left, right, both, or not told.
//   - Exam: everything read from one order or one study, with the Source and
//     the Confidence of its regions.
//   - Atlas: the tables all of this follows: regions, words, words cut short, service codes,
//     contents and neighbours. They are data (assets/rules), editable by a site.
//   - Relation: how the regions of a prior stand to those of an order.
//
// What cannot be read stays unknown: an Exam without Regions says so, and
// nothing is guessed from the modality alone, except where the modality has
// one place only (mammography, densitometry).
package anatomy
