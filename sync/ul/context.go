package ul

import (
	"slices"

	"eris/dicom"
)

// Context is one presentation context (PS3.8 7.1.1.13) as it is proposed and as
// it was accepted.
type Context struct {
	ID               byte // odd; 0 in a Request: the next free one
	AbstractSyntax   dicom.UID
	TransferSyntaxes []dicom.UID

	// SCU and SCP are the roles that the requestor proposes for itself (PS3.7
	// D.3.3.4), and after the answer those it has. Both false in a Request or an
	// Indication says nothing, which makes the requestor SCU.
	SCU, SCP bool

	Result         Result
	TransferSyntax dicom.UID // the accepted one
}

// Usable reports whether messages may be sent on the context.
func (c Context) Usable() bool { return c.Result == Accepted && c.TransferSyntax != "" }

// take keeps the answer to a proposed context. One in a transfer syntax that was
// not proposed is none.
func (c *Context) take(said Context) {
	switch {
	case said.Result != Accepted:
		c.Result = said.Result
	case slices.Contains(c.TransferSyntaxes, said.TransferSyntax):
		c.Result, c.TransferSyntax = Accepted, said.TransferSyntax
	}
}

// Result is what became of a proposed context (PS3.8 Table 9-18).
type Result byte

// Results of negotiation.
const (
	Accepted                     Result = 0
	UserRejected                 Result = 1
	NoReason                     Result = 2
	AbstractSyntaxNotSupported   Result = 3
	TransferSyntaxesNotSupported Result = 4
)

var resultWords = []string{"accepted", "rejected", "rejected without a reason", "abstract syntax not supported", "transfer syntaxes not supported"}

// String is the result in words.
func (r Result) String() string {
	if int(r) < len(resultWords) {
		return resultWords[r]
	}
	return "rejected for an unknown reason"
}

// maxContexts is how many odd numbers fit a byte (PS3.8 9.3.2.2).
const maxContexts = 128

// ExtendedNegotiation is what both sides agree about one SOP class (PS3.7
// D.3.3.5). For finding, the bytes of Info switch on relational queries, date and
// time matching, fuzzy names and time zones (PS3.4 C.5.1.1).
type ExtendedNegotiation struct {
	SOPClass dicom.UID
	Info     []byte
}

// CommonExtendedNegotiation says which service a SOP class belongs to and which
// more general ones it can be taken for (PS3.7 D.3.3.6). It is not answered.
type CommonExtendedNegotiation struct {
	SOPClass, ServiceClass dicom.UID
	RelatedGeneral         []dicom.UID
}

// UserIdentity is who asks for the association (PS3.7 D.3.3.7). Passwords and
// tokens go as they are: use it over TLS.
type UserIdentity struct {
	Type             IdentityType
	PositiveResponse bool   // the requestor wants to be told that it was believed
	Primary          []byte // user name, Kerberos ticket, SAML assertion or JSON web token
	Secondary        []byte // password, for UserAndPassword alone
}

// IdentityType is the kind of a UserIdentity (PS3.7 Table D.3-14).
type IdentityType byte

// Kinds of identity.
const (
	User            IdentityType = 1
	UserAndPassword IdentityType = 2
	Kerberos        IdentityType = 3
	SAML            IdentityType = 4
	JSONWebToken    IdentityType = 5
)

// Implementation names the peer's software (PS3.7 D.3.3.2).
type Implementation struct {
	ClassUID dicom.UID
	Version  string // at most 16 characters, often empty
}
