package dicom

// decoders holds, for each compressed transfer syntax this build can decode,
// the way from the joined fragments of one frame to its samples.
var decoders = map[UID]func(b []byte, m imageFormat) (*Frame, error){}

// Decodable reports whether Frame can decode the transfer syntax.
func Decodable(syntax UID) bool { return native(syntax) || decoders[syntax] != nil }
