// Package desk is what a person can do at the workstation, without a screen:
// the pages and the commands call the same things.
//
//   - Card: an order, the verdict over the patient's earlier exams, how old the
//     knowledge is, and what was decided.
//   - Ask: the archives are asked for the patient's studies; a dead one holds
//     nobody up.
//   - Decide: a decision goes to the journal before anything says so.
//   - Archives: the remote systems and how to reach them.
package desk
