// Package phrase turns errors into one plain sentence: what happened, to
// what, and what to do. It is the only place where errors meet people; the
// detail stays behind for copying.
package phrase

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"eris/app/desk"
	"eris/app/invoke"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
	"eris/viewer"
	"eris/viewer/lut"
)

// Sentences lists every sentence, for the test of the words.
func Sentences() []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = k.text
	}
	return list
}

// ErrNoDisplay says that a window cannot be opened here.
var ErrNoDisplay = errors.New("no display")

// kinds pair a kind of error with what to say, the most telling first.
var kinds = []struct {
	kind error
	text string
}{
	{context.Canceled, "Canceled."},
	{context.DeadlineExceeded, "The archive did not answer in time. What is in the cache goes on working."},
	{ErrNoDisplay, "There is no display here. The commands work without one: eris --help"},
	{desk.ErrNoKeyring, "This computer has no keyring for passwords and tokens. On a server set them in the environment: ERIS_SECRET_ and the archive's name, ERIS_SECRET_SHARE_READ."},
	{syscall.EADDRINUSE, "Another program listens at this address already. Choose another port."},
	{store.ErrLocked, "This cache is open in another copy of the program. Close that one, or choose another folder."},
	{store.ErrNewer, "This cache was written by a newer version of the program. Update the program, or choose another folder."},
	{store.ErrDamaged, "The index of the cache is damaged. The images are safe: run eris rebuild."},
	{store.ErrFull, "The disk is full. Free some space; what was stored is safe."},
	{store.ErrReadOnly, "The folder cannot be written to. Check its rights, or choose another folder."},
	{store.ErrNotFound, "This is not in the cache. Fetch it from the archive first."},
	{store.ErrUnidentified, "This object does not say which study it belongs to: its UIDs are missing. It can be drawn with eris render."},
	{desk.ErrConflict, "The numbers of these two patients contradict each other: they cannot be linked. If a number is wrong, have it corrected in its archive."},
	{desk.ErrHooksOpen, "Records on other computers are answered only with a certificate, the service's own address and the records that may ask: name all three."},
	{desk.ErrNoRule, "There is no such rule; eris rules lists them."},
	{desk.ErrDays, "Days are a whole number from 0 on."},
	{anatomy.ErrTable, "This table of rules cannot be followed; the present one stays. Export it anew, change it and try again."},
	{invoke.ErrNoRegistry, "On this system only an installed program can be named for eris:// addresses."},
	{invoke.ErrAddress, "This address cannot be opened: it must be eris://check?accession=NUMBER, eris://check?patientID=ID&modality=CT&text=TEXT or eris://study?studyUID=UID."},
	{desk.ErrSelf, "This is one patient under one ID; there is nothing to link."},
	{node.ErrUnreachable, "The archive cannot be reached. What is in the cache goes on working."},
	{node.ErrUntrusted, "The archive shows a certificate that is not trusted here. Set its CA file, or ask its administrator."},
	{node.ErrRefused, "The archive refused: check user, password or token."},
	{node.ErrNotFound, "The archive does not know this."},
	{node.ErrServer, "The archive has an error of its own. It is tried again."},
	{node.ErrGarbled, "The archive answered something that cannot be understood. Check its address."},
	{node.ErrStalled, "The archive stopped in the middle. It is tried again."},
	{node.ErrPartial, "The archive stopped in the middle. It is tried again."},
	{node.ErrConflict, "The archive does not take this as it is. Nothing is lost: choose what to do."},
	{node.ErrUnsupported, "The archive does not offer this."},
	{dicom.ErrNotDICOM, "This is not a DICOM file."},
	{dicom.ErrLimit, "This file asks for more memory than an image can need; it is damaged or hostile."},
	{dicom.ErrCorrupt, "This DICOM file is damaged and cannot be read."},
	{viewer.ErrDecode, "This image is damaged and cannot be shown."},
	{dicom.ErrUnsupported, "This kind of object is not supported."},
	{lut.ErrLuminance, "These are no luminances of a screen: black is at least 0.05 cd/m², white brighter than black."},
	{clinic.ErrColumns, "A line needs five columns: ID, issuer, name, birth date, sex."},
	{clinic.ErrPatientID, "The patient ID is missing, or holds one of \\ * ?"},
	{clinic.ErrBirthDate, "The birth date is no date."},
	{clinic.ErrSex, "The sex is none of M, F, O."},
	{clinic.ErrLongList, "This file is too long for a list of patients."},
	{desk.ErrHours, "A night begins and ends at an hour of the day, 0 to 23."},
	{fs.ErrNotExist, "There is no such file or folder."},
	{fs.ErrPermission, "This file or folder may not be read. Check its rights."},
}

// Sentence is what a person reads about err; "" for no error.
func Sentence(w *words.Words, err error) string {
	if err == nil {
		return ""
	}
	var syntax *dicom.UnsupportedSyntaxError
	if errors.As(err, &syntax) {
		return w.L("This version cannot show images stored as %s. The rest of the study is shown.", syntax.Syntax.Name())
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			return w.L(k.text)
		}
	}
	return w.L("This did not work: %s", err.Error())
}
