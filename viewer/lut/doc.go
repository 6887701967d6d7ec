// Package lut turns stored values into gray: modality LUT, VOI LUT and
// presentation in one table (PS3.4 N.2).
//
//   - Rescale: stored value → modality value, e.g. HU (PS3.3 C.11.1).
//   - Window: modality value → brightness (PS3.3 C.11.2).
//   - Range: stored values that mean "no pixel here" (PS3.3 C.7.5.1.1.2).
//   - Recipe: all of them together; Fill makes the table.
package lut
