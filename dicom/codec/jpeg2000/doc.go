// Package jpeg2000 is the JPEG 2000 codec of DICOM (PS3.5 A.4.4): ISO/IEC
// 15444-1, and the high-throughput blocks of 15444-15.
//
//   - Codestream: a main header and tile-parts, each a header and packets.
//   - Component: one channel of the image, perhaps subsampled.
//   - Tile: a rectangle of the image that is coded on its own.
//   - Resolution: what one inverse wavelet step makes; level 0 is the smallest.
//   - Sub-band: one of LL, HL, LH and HH, the coefficients of one step.
//   - Code-block: a rectangle of a sub-band, at most 4096 coefficients, coded
//     on its own in bit-planes, each of three passes.
//   - Precinct: the code-blocks of a resolution in one rectangle.
//   - Layer: a quality step. Packet: what a layer adds to a precinct.
//   - Segment: the bytes of some passes of a block that end with a termination.
//
// Letters of the standard stay where its formulas are followed: NL levels, Mb
// magnitude bit-planes, PPx and PPy precinct exponents.
package jpeg2000
