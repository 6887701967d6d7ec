// Package invoke lets other programs open a place in the workstation: by an
// address, eris://check?accession=A-1 or eris://study?studyUID=1.2.3, in the words
// of the IHE profile Invoke Image Display (RAD TF-2 4.106), and in the workstation
// that runs already.
package invoke

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"eris/dicom"
)

// Request is what is asked to be shown; empty: the window as it is.
type Request struct {
	AccessionNumber  string // of an order, or of a study
	PatientID        string
	StudyInstanceUID dicom.UID
	// Modality, Text and Code are of an order that no source has named.
	Modality, Text, Code string
}

// ErrAddress is an address that cannot be opened.
var ErrAddress = errors.New("the address cannot be opened: eris://check?accession=NUMBER, eris://check?patientID=ID&modality=CT&text=TEXT or eris://study?studyUID=UID is wanted")

// mostAddress bounds an address.
const mostAddress = 4096

// fields are the parameters, in lower case, as this program and IHE name them.
var fields = map[string]func(r *Request, v string){
	"accession":        func(r *Request, v string) { r.AccessionNumber = v },
	"accessionnumber":  func(r *Request, v string) { r.AccessionNumber = v },
	"patientid":        func(r *Request, v string) { id, _, _ := strings.Cut(v, "^"); r.PatientID = id }, // IHE writes ID^^^issuer
	"studyuid":         func(r *Request, v string) { r.StudyInstanceUID = dicom.UID(v) },
	"studyinstanceuid": func(r *Request, v string) { r.StudyInstanceUID = dicom.UID(v) },
	"modality":         func(r *Request, v string) { r.Modality = strings.ToUpper(v) },
	"text":             func(r *Request, v string) { r.Text = v },
	"code":             func(r *Request, v string) { r.Code = v },
}

// Parse reads an address. Errors: ErrAddress.
func Parse(address string) (r Request, err error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > mostAddress || !strings.EqualFold(u.Scheme, "eris") {
		return r, ErrAddress
	}
	if place := strings.ToLower(u.Host + u.Opaque); place != "check" && place != "study" && place != "patient" && place != "iheinvokeimagedisplay" {
		return r, fmt.Errorf("%w (not %q)", ErrAddress, place)
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return r, ErrAddress
	}
	for name, v := range values {
		if set := fields[strings.ToLower(name)]; set != nil {
			set(&r, strings.TrimSpace(v[0]))
		}
	}
	if r.StudyInstanceUID != "" && !r.StudyInstanceUID.Valid() || r == (Request{Modality: r.Modality, Text: r.Text, Code: r.Code}) {
		return Request{}, ErrAddress
	}
	return r, nil
}
