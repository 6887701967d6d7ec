// Package dose says how much radiation exams gave a patient. It is pure: data
// sets and tables in, values out; what is not known stays unknown.
//
//   - Values: dose quantities by name, each in its one unit (Quantity).
//   - Event: one irradiation event, or what a report counts beyond its events.
//   - Report: the events that one object tells of: a radiation dose report
//     (PS3.16 TID 10001, 10011, 10021, 10040), a performed procedure step, or the
//     header of an image. Source says which, and how far it is trusted.
//   - Tables: coefficients from a measured quantity to effective dose, typical
//     doses and limits. They are data (assets/rules/dose_*.tsv).
//   - Estimate: effective dose from a measured quantity, with the table,
//     coefficient, phantom and age group it follows.
//   - Exam: what one study gave. Basis says whether its effective dose follows
//     from measured quantities, is typical of such exams, or is unknown.
//   - Sheet: a patient's dose sheet (лист учёта дозовых нагрузок).
//
// An event told of more than once counts once: events are one by their
// Irradiation Event UID, and the more trusted source is believed.
package dose
