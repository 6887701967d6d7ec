// Package evidence makes and reads the DICOM objects in which a department
// says something about pictures: key object selections and measurement
// reports. It is pure: data sets in, data sets out.
//
//   - A Header says to which study a document belongs, who made it and when.
//   - A KeyObject points at instances and says why (PS3.16 TID 2010).
//   - A Report lists measurements with their place on a picture (TID 1500).
//   - A Code is a coded concept (PS3.3 8.8).
package evidence
