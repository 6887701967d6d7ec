package dicom

import "errors"

// Kinds of failure to act on; test with errors.Is.
var (
	ErrNotDICOM    = errors.New("not a DICOM file")
	ErrCorrupt     = errors.New("damaged DICOM file")
	ErrLimit       = errors.New("sizes in the file are beyond the limits")
	ErrUnsupported = errors.New("not supported")
)

// UnsupportedSyntaxError names the transfer syntax this build cannot decode.
// It matches ErrUnsupported.
type UnsupportedSyntaxError struct{ Syntax UID }

func (e *UnsupportedSyntaxError) Error() string {
	return "transfer syntax not supported: " + e.Syntax.Name()
}

// Is makes errors.Is(err, ErrUnsupported) true.
func (e *UnsupportedSyntaxError) Is(target error) bool { return target == ErrUnsupported }
