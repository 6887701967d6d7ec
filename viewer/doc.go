// Package viewer is the reading room without a screen: what is shown, what a
// hand may do, and the finished picture of it. No GUI, no archive.
//
//   - Stack: frames of one series that belong behind each other, in order.
//   - Session: viewports, tools, measurements, undo, links; safe for use from
//     several goroutines.
//   - Viewport: one place on the screen that shows a Stack in a Role.
//   - Action: something a menu, key or button may do now.
//   - Loader, Journal: what the session needs from a cache, in its own words.
//   - Entry: one edit of a measurement as it goes through the journal.
//
// Pictures are made by values in a row: decode (dicom) → pixel → lut → present
// → geom → render.
package viewer
