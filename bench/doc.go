// Command bench measures the workstation and prints one table: what, how much,
// what it is held against, and whether that is good enough.
//
//   - Row: one line of the table; the measured value is the median of the runs.
//   - Limit: what must not be exceeded, or must be reached.
//   - Peer: another program or the bare disk, measured in the same run.
//   - material: synthetic studies made once per run of the command.
//
// Run it as `make bench`. Rows whose programs or test data are absent say so
// and are not counted. window/ looks at the real window from outside, orthanc/
// runs the archive that is the peer of the import, peer/ holds small C programs
// around the libraries that the codecs are held against.
package main
