// Package pixel holds a decoded frame as a value that can be measured and drawn.
//
//   - Image: the samples of one frame, 16 bits gray or 8 bits RGB, with what
//     they mean: rescale, padding, units.
//   - Meaning: what the header says about the samples.
//   - Sums: count, sum, squares, least and most over some pixels.
//   - Index: a stored value plus an offset, so that it is never negative and
//     can look up a table; Stored goes back.
package pixel
