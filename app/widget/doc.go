// Package widget holds the program's own generic widgets. A widget shows and
// reports; it decides nothing.
//
//   - Table: rows of any kind in columns that are data.
//   - Text, Paragraph: words with a colour and a size.
//   - Marked: something behind a coloured bar, such as a verdict.
//   - Chip: a short word on a coloured ground.
package widget
