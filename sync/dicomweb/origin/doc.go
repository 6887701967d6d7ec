// Package origin is a small DICOMweb archive over a cache (PS3.18): the
// embedded archive of the demo, and the archive in tests.
//
//   - A Cache is where the objects lie; what origin needs of one is stated here.
//   - QIDO-RS answers studies, series and instances, WADO-RS gives objects as
//     they lie in the cache, their metadata and rendered pictures, STOW-RS
//     takes objects.
//   - A Reader's token lets a workstation search and fetch, a Writer's lets it
//     store as well. Without tokens it answers on the loopback interface only,
//     and only to questions that name it: a page in a browser that makes a
//     foreign name point at the loopback address is refused.
//   - Limits hold for sizes, connections, rates, and for how long a client may
//     be silent.
package origin
