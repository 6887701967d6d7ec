// Package pixel holds a decoded frame as a value that can be measured and drawn.
//
//   - Image: the samples of one frame, 16 bits gray or 8 bits RGB, with what
//     they mean.
//   - Meaning: what the header says about the samples: modality LUT, padding, units.
//   - Real: what measurements read instead of modality values.
//   - Sums: what an area of the image holds.
//   - Index: how a gray sample is kept, from 0 up, so that it can look up a
//     table; Scale goes back to the stored value.
package pixel
