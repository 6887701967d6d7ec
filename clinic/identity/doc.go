// Package identity says whether two patients of two clinics are one person,
// and how sure that is. Values only; it decides nothing that a person has to.
//
//   - Number: a patient's number by its kind; a strong one names one person in
//     the whole country and proves its digits.
//   - Compare: two patients, with the confidence and the facts behind it. A
//     wrong link hides an exam that is needed, so only a strong number together
//     with the birth date and the name makes a certain one.
//   - Blocks: the keys under which patients who may be one are found, so that
//     one is compared with few of a million.
//   - Link: what is kept of two patients taken for one person.
//
// Facts and their sources: domain facts, section 4.
package identity
