// Package dicom is the language the rest of the program speaks: data sets,
// Part 10 files, character sets, person names, dates, UIDs and pixel frames.
//
//   - Tag, VR, UID, AETitle: the words of PS3.5 and PS3.6, spelled as there.
//   - DataSet: an ordered list of elements with typed access. Text is decoded
//     when asked for; the raw bytes are kept.
//   - File: one Part 10 object (PS3.10): meta information, data set, and where
//     its pixel data lies. Frames are read from disk one at a time.
//   - Meta information: group 0002 of a Part 10 file, always explicit VR little endian.
//   - Repair: what had to be mended to read a file; listed in words in File.Repairs.
//   - Limits: how much outside data may ask for before it is refused.
//   - CharacterSet: what (0008,0005) declares and what the text is really in.
//   - Fragment: a piece of encapsulated pixel data (PS3.5 A.4); a frame has one or more.
//   - Frame: the stored values of one frame, decoded, before any LUT.
//   - PersonName, Date, Time: values that may be partial or wrong and say so.
//
// Two readers see each header. A walker of our own finds the structure, keeps
// the raw bytes, and believes no length that leaves its surroundings; only what
// it found sound is parsed by github.com/suyashkumar/dicom. Where the library
// fails on a sound header, the walker's reading is used and noted as a repair.
//
// It is the only package that imports github.com/suyashkumar/dicom, and it
// imports nothing else of this module but its own codecs.
package dicom
