package dimse

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"time"

	"eris/dicom"
	"eris/sync/ul"
)

// Options says where an archive is, how it is spoken to and how to log in.
// Secrets are left out of its JSON: they belong in the system's keyring.
type Options struct {
	Name      string        `json:"name"`      // as people call the archive; in every error
	Address   string        `json:"address"`   // host:port, e.g. 10.0.0.5:104
	CalledAE  dicom.AETitle `json:"calledAE"`  // its title
	CallingAE dicom.AETitle `json:"callingAE"` // ours

	Retrieve        Method        `json:"retrieve,omitempty"`        // empty: C-GET where offered, else C-MOVE
	MoveDestination dicom.AETitle `json:"moveDestination,omitempty"` // under which the archive knows Receiver; CallingAE when empty

	TLS      *ul.TLSOptions `json:"tls,omitempty"`      // nil: not secured
	Username string         `json:"username,omitempty"` // user identity (PS3.7 D.3.3.7) when not empty
	Password string         `json:"-"`
	Token    string         `json:"-"` // a JSON web token as user identity

	Spelling Spelling `json:"spelling,omitempty"` // how Cyrillic names are asked for first
	Fuzzy    bool     `json:"fuzzy,omitempty"`    // ask the archive to match names by sound, where it offers that (PS3.4 C.5.1.1)

	StallTimeout time.Duration `json:"stallTimeout,omitempty"` // silence while an answer is due; 0 is 60 s

	// Receiver takes what the archive sends by C-MOVE; without it nothing is moved.
	Receiver *Server `json:"-"`
	// Learned is told when another Spelling than the present one found something,
	// so that it can be kept.
	Learned func(Spelling) `json:"-"`
	Log     *slog.Logger   `json:"-"` // never patient data; slog.Default when nil
}

// Method is how objects are fetched.
type Method string

// Methods.
const (
	Auto Method = ""
	Get  Method = "get"
	Move Method = "move"
)

const defaultStall = time.Minute

// checked fills in defaults and refuses what cannot work.
func (o Options) checked() (Options, error) {
	for _, title := range []dicom.AETitle{o.CalledAE, o.CallingAE} {
		if title == "" || len(title) > 16 {
			return o, fmt.Errorf("archive %q: both AE titles must have 1 to 16 characters", o.Name)
		}
	}
	if _, _, err := net.SplitHostPort(o.Address); err != nil {
		return o, fmt.Errorf("archive %q: the address must be host:port", o.Name)
	}
	switch o.Retrieve {
	case Auto, Get, Move:
	default:
		return o, fmt.Errorf("archive %q: objects are fetched by get or move", o.Name)
	}
	o.StallTimeout = cmp.Or(o.StallTimeout, defaultStall)
	o.MoveDestination = cmp.Or(o.MoveDestination, o.CallingAE)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o, nil
}
