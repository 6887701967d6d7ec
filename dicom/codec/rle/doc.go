// Package rle is the RLE codec of DICOM (PS3.5 annex G): the bytes of the
// samples are taken apart into segments, the most significant first, and each
// segment is packed as runs and literals (PackBits).
//
//   - Segment: all first (second, …) bytes of one sample of every pixel.
//   - Header: sixteen 32-bit numbers: how many segments, and where each begins.
//   - Packet: a literal or a run, of up to 128 bytes.
//   - Part: so many bytes of every segment as are unpacked at once.
package rle
