// Package transfer moves studies between archives and the cache, and does not
// forget what it was asked to move.
//
//   - A Job is one piece of work for one node: fetch a study, fetch a series,
//     send what people made.
//   - The Queue keeps jobs on disk, so that a kill loses no request.
//   - The Engine works on them: what is looked at first goes first (Priority),
//     so many at once per node.
//   - The Archive is the node as the engine sees it; the Cache is where
//     objects go. Both are small interfaces of this package.
//   - A fetch asks what there is, asks the cache what is missing, and fetches
//     only that: interrupted work goes on where it stopped.
//   - Offline is a node that does not answer: its jobs wait and the node is
//     asked again with growing pauses, or at once after Wake.
//   - A Summary is the line at the foot of the window.
package transfer
