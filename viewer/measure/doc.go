// Package measure holds the geometry of measurements: no gestures, no drawing,
// no storage. Each kind is one file.
//
//   - Calibration: how places on an image become mm, and where that is known from.
//   - Measurement: Length, Ellipse or Probe; its points are in patient mm, or in
//     pixels (column, row, 0) on an image without a plane.
//   - Value: one result with its unit.
//   - Shape: the paths to draw, in the measurement's own points.
package measure
