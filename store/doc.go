// Package store is the local cache of a workstation: Part 10 files as they
// were received, and a SQLite index over them.
//
//   - The files are the truth. A file is written under a temporary name,
//     synced, renamed to its place, and only then indexed. Rebuild makes the
//     index again from the files.
//   - An intent is a small list, written before a batch of files is renamed or
//     removed and taken away after the index knows of it: what a kill left
//     between the two is finished by the next Open.
//   - What a DIMSE peer sends is safe in a log, taken.log, before the peer is
//     answered; its file and row follow, or the next Open makes them.
//   - The journal is what people made: measurements, decisions. An entry is a
//     line in an append-only file, synced, before Record returns; the table
//     is the index over it.
//   - An aside file has the SOPInstanceUID of another one and other bytes. It
//     is kept and reported, never written over the first.
//   - Exported methods are one transaction each; unexported functions are SQL.
//
// It is the only package that imports the SQL driver.
package store
