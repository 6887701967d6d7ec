// Package priors judges earlier exams from the side of an order: which of them
// matters, and whether a new exposure would repeat one.
//
//   - Prior: an earlier Study seen from an Order, with its Class and its reason.
//   - Class: same, comparable, related, unrelated; what the prior is to the
//     order, whatever its age.
//   - Repeat: a fact to be shown before the exposure. It never says that the
//     exam should not be done.
//   - Block: why a same or comparable prior raises no repeat.
//   - Window: the row of assets/rules/windows.tsv an order falls under (R01 …).
//   - Reason: the facts behind a judgement; Sentence phrases them in Russian
//     or English, for card, log, JSON and test alike.
//   - Verdict: all priors in the order a reader wants them, none left out.
//
// Check is pure: no files, no clock but the one handed in.
package priors
