// Package dicomtest makes valid synthetic DICOM objects that are good enough
// to be looked at: for tests, benchmarks and the demo.
//
//   - A Body is a list of shapes in patient space (mm), each with its CT number;
//     later shapes lie inside or over earlier ones.
//   - Slice cuts a Body to CT numbers, Project sums what a ray would meet to a
//     radiograph; both work at any size.
//   - Thorax and Knees build bodies; CT, Radiograph and Report make objects.
//
// Everything is deterministic: the same parameters give the same bytes.
package dicomtest
