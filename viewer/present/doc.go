// Package present holds how an image is presented: window, place, turns.
//
//   - State: the presentation of one viewport; a value.
//   - Preset: a named window of a modality; Presets reads them from a table.
package present
