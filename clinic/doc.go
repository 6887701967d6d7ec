// Package clinic holds the words of the department: who the Patient is, what
// a Study was, what an Order asks for, what a person decided. Values only: no
// files, no SQL, no sockets, no clock except one handed in.
//
//   - Patient: one person as one archive knows him. PatientID is local to its issuer.
//   - Study, Series, Instance: the DICOM levels (PS3.3 A.1.2), as the index knows them.
//   - Order: what is to be done, before it is done (IHE: Requested Procedure).
//   - Prior: an earlier Study seen from an Order; judged in clinic/priors.
//   - Decision: what the person did with the verdict.
package clinic
