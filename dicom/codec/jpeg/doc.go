// Package jpeg decodes the JPEG processes of DICOM (PS3.5 8.2.1, A.4.1; ITU-T
// T.81, whose clauses are cited without a name) and encodes the lossless one.
//
//   - Process: how samples are coded: sequential DCT (8 and 12 bits), the
//     progressive DCT, or lossless by prediction (2 to 16 bits).
//   - Frame: size, precision and components of the picture.
//   - Scan: one pass over some or all components.
//   - Segment: entropy-coded bytes between two markers; a restart interval.
//   - MCU: the smallest coded unit: one block or sample, or of an interleaved
//     scan the blocks or samples of all components that cover the same place.
//   - Difference: what a lossless sample differs by from its prediction.
//
// The transform, the upsampling of chrominance and the conversion to RGB round
// as the reference decoder of the Independent JPEG Group does, so that lossy
// pictures have the values that other workstations show.
package jpeg
