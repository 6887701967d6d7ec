// Package dicom is the language the rest of the program speaks: data sets,
// Part 10 files, character sets, person names, dates, UIDs and pixel frames.
//
//   - Tag, VR, UID, AETitle: the words of PS3.5 and PS3.6, spelled as there.
//   - DataSet: an ordered list of elements with typed access. Text is decoded
//     when asked for; the raw bytes are kept.
//   - File: one Part 10 object (PS3.10): meta information, data set, and where
//     its pixel data lies. Frames are read from disk one at a time.
//   - Frame: the stored values of one frame, decoded, before any LUT.
//   - PersonName, Date, Time: values that may be partial or wrong and say so.
//
// It is the only package that imports github.com/suyashkumar/dicom, and it
// imports nothing else of this module but its own codecs.
package dicom
