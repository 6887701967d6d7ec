// Package jpegls is the JPEG-LS codec (ITU-T T.87, ISO/IEC 14495-1): lossless,
// and lossy within a stated difference, by prediction from four neighbours.
//
//   - Ra, Rb, Rc, Rd: the neighbours left, above, above left and above right.
//   - Near: the greatest difference of a sample from the original; 0 is lossless.
//   - Context: the statistics of the errors met beside gradients of one kind.
//   - Run: samples within Near of their left neighbour, coded by their number.
//   - Interleave: what stands together in a scan: planes, lines or samples.
//   - Preset: MAXVAL, the thresholds of the gradients, and RESET (LSE segment).
package jpegls
