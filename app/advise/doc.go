// Package advise is the check as a service: electronic records ask it at the
// moment of ordering (CDS Hooks 2.0) and get facts about earlier exams. It keeps
// nothing between calls but the journal, so that many may run behind a balancer.
//
//   - Handler: discovery, the three hooks about orders, feedback.
//   - A card states what was done, when and where. It never says that an exam is
//     not needed; withdrawing the order is offered where the repeat rule holds and
//     nobody's identity is in doubt.
//   - Feedback becomes a decision in the journal, as if made on the check page.
package advise
