// Package tool holds what a hand does with the pointer: one file of gestures
// per tool. A gesture speaks to a Target and knows nothing of sessions, undo
// or drawing.
//
//   - Kind: which tool is in the hand.
//   - Gesture: from press over drags to release.
//   - Target: the viewport the pointer works on.
package tool
