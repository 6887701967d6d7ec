// Package prefetch chooses what is worth fetching before anyone asks, by rules
// that are data. It is pure: what is known of a patient goes in, a list with
// reasons comes out; when to work and how much room there is others decide.
//
//   - A Rule is a row of prefetch.tsv: for whom, what, how old, how many, when.
//   - A Wish is one patient with a reason to look ahead: an order of today, a
//     pin, the clinic's own population.
//   - A Choice is a study to fetch, and the rule that says so.
package prefetch
