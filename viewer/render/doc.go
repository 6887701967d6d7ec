// Package render draws: samples into a viewport, gray by a table, and lines,
// letters and text on top of them.
//
//   - Samples: an image brought to the size of a viewport, before any window.
//     Kept as long as image, transform and size stay, so that a change of the
//     window is a table look-up per pixel.
//   - Paint: Samples and a table → picture.
//   - Overlay: everything that is drawn over the picture, in device pixels.
//
// Gray samples stay indices (see pixel); arithmetic is in whole numbers. Rows
// are shared out over the processors and joined before a function returns.
package render
