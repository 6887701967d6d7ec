package identity

import "eris/clinic"

// Person is a patient made ready to be compared with many.
type Person struct {
	clinic.Patient
	numbers []Number
	name    nameKeys
	sex     string
	nobody  string
}

// Of makes a patient ready.
func Of(p clinic.Patient) Person {
	name := keysOf(p.PatientName)
	return Person{p, numbers(p), name, sexOf(p, name), Nobody(p)}
}

// Compare is Of(a).Compare(Of(b)).
func Compare(a, b clinic.Patient) Match { return Of(a).Compare(Of(b)) }
