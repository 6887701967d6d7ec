// Package ht decodes the code-blocks of High-Throughput JPEG 2000 (ISO/IEC
// 15444-15, ITU-T T.814), the block coder that takes the place of the one of
// JPEG 2000.
//
//   - Quad: two by two samples, numbered down and then across.
//   - Cleanup segment: three streams in one: MagSgn from the front, MEL behind
//     it, and VLC from the back.
//   - MagSgn: magnitudes and signs. MEL: runs of quads without significance.
//     VLC: which samples of a quad are significant, and its exponent.
//   - Rho: the significance pattern of a quad; a bit for each sample.
//   - Kappa, u: what neighbours foretell of the exponent of a quad, and what is
//     coded beyond that; their sum U bounds the bits of its samples.
//   - SigProp, MagRef: the passes that refine a block by one bit-plane.
package ht
