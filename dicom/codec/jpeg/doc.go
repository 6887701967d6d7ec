// Package jpeg decodes the 8-bit JPEG processes of DICOM (PS3.5 annex A.4.1):
// baseline, and what else of 8 bits the standard library reads. It knows the
// ways in which DICOM files disagree with their JPEG streams about colour.
package jpeg
