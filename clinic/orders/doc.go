// Package orders joins what several sources say of one order: a worklist, the
// hospital's messages, the record's server, a person at the keyboard.
//
//   - Record: an order as one source knows it.
//   - Same: whether two records are of one order. A wrong yes hides an order, so
//     a shared number counts only while the patients do not contradict.
//   - Merge: the order that records of several sources make.
package orders
