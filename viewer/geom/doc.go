// Package geom knows where things are: in the patient, in an image, on a screen.
//
//   - Point, Vector: patient space in mm, DICOM axes: +x to the patient's left,
//     +y to the back, +z to the head (PS3.3 C.7.6.2.1.1).
//   - Pixel: a place in an image; whole numbers are the centres of pixels,
//     (0,0) is the centre of the upper left one.
//   - Screen: a place in a viewport in device pixels; (0,0) is its upper left
//     corner, so the first device pixel has its centre at (0.5,0.5).
//   - Plane: an image in patient space; converts Pixel to Point and back.
//   - Affine: the way from Pixel to Screen.
package geom
