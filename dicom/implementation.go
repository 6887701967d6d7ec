package dicom

// OwnImplementationVersion and OwnImplementationClass say who wrote a file or
// speaks on an association (PS3.7 D.3.3.2); the UID is derived from the
// program's name.
const OwnImplementationVersion = "ERIS_1"

var OwnImplementationClass = DeriveUID("eris", "implementation class")
