// Package node holds what every way of talking to a remote system shares: what
// can be asked, what answers say, and how such talk can fail.
//
//   - A Node is a remote system with a name: an archive, a modality, the EMR.
//   - A Query chooses studies; Study, Series and Instance read its answers;
//     Stored is what became of sent objects.
//   - A Kind is what a failure means to the one who has to act on it: wait,
//     log in, look elsewhere.
//   - An Error is one failure of one node. Its text is one plain sentence
//     without patient data; the cause stays behind it.
package node
