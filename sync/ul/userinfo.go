package ul

import (
	"encoding/binary"
	"slices"

	"eris/dicom"
)

// userInformation is the item of that name (PS3.8 9.3.2.3, PS3.7 D.3.3).
type userInformation struct {
	maxPDU         uint32 // 0: no limit (PS3.8 D.1.1)
	implementation Implementation
	async          *window
	roles          []role
	extended       []ExtendedNegotiation
	common         []CommonExtendedNegotiation
	identity       *UserIdentity
	believed       []byte // server response to the identity; nil when there is none
}

// window is how many operations may be under way (PS3.7 D.3.3.3).
type window struct{ invoked, performed uint16 }

// role is the role selection for one SOP class (PS3.7 D.3.3.4).
type role struct {
	sopClass dicom.UID
	scu, scp byte
}

// leastPDU is the smallest maximum that is taken from a peer: there must be
// room for a fragment.
const leastPDU = 16

func (u *userInformation) write(w *builder) {
	w.item(itemMaximumLength, func() { w.b = binary.BigEndian.AppendUint32(w.b, u.maxPDU) })
	w.uid(itemClassUID, string(u.implementation.ClassUID))
	if u.async != nil {
		w.item(itemAsync, func() { w.uint16(u.async.invoked); w.uint16(u.async.performed) })
	}
	for _, r := range u.roles {
		w.item(itemRole, func() { w.countedText(string(r.sopClass)); w.bytes(r.scu, r.scp) })
	}
	if u.implementation.Version != "" {
		w.uid(itemVersion, u.implementation.Version)
	}
	for _, e := range u.extended {
		w.item(itemExtended, func() { w.countedText(string(e.SOPClass)); w.bytes(e.Info...) })
	}
	for _, c := range u.common {
		w.item(itemCommonExtended, func() { c.write(w) })
	}
	if u.identity != nil {
		w.item(itemIdentityRQ, func() { u.identity.write(w) })
	}
	if u.believed != nil {
		w.item(itemIdentityAC, func() { w.countedText(string(u.believed)) })
	}
}

func (c *CommonExtendedNegotiation) write(w *builder) {
	w.countedText(string(c.SOPClass))
	w.countedText(string(c.ServiceClass))
	w.counted(func() {
		for _, related := range c.RelatedGeneral {
			w.countedText(string(related))
		}
	})
}

func (i *UserIdentity) write(w *builder) {
	asked := byte(0)
	if i.PositiveResponse {
		asked = 1
	}
	w.bytes(byte(i.Type), asked)
	w.countedText(string(i.Primary))
	w.countedText(string(i.Secondary))
}

// parse reads the sub-items; unknown ones are skipped.
func (u *userInformation) parse(c *cutter) error {
	for len(c.rest) > 0 && !c.short {
		kind, body := c.item()
		read, known := userItems[kind]
		if !known {
			continue
		}
		if err := read(u, body); err != nil {
			return err
		}
		if body.short {
			return invalidf("user information item %02XH is cut off", kind)
		}
	}
	if c.short {
		return invalidf("user information is cut off")
	}
	return nil
}

// userItems says how each sub-item is read.
var userItems = map[byte]func(*userInformation, *cutter) error{
	itemMaximumLength:  (*userInformation).parseMaximum,
	itemClassUID:       (*userInformation).parseClass,
	itemAsync:          (*userInformation).parseAsync,
	itemRole:           (*userInformation).parseRole,
	itemVersion:        (*userInformation).parseVersion,
	itemExtended:       (*userInformation).parseExtended,
	itemCommonExtended: (*userInformation).parseCommon,
	itemIdentityRQ:     (*userInformation).parseIdentity,
	itemIdentityAC:     (*userInformation).parseBelieved,
}

func (u *userInformation) parseMaximum(c *cutter) error {
	u.maxPDU = c.uint32()
	if u.maxPDU != 0 && u.maxPDU < leastPDU {
		return invalidf("a maximum PDU length of %d bytes leaves no room for data", u.maxPDU)
	}
	return nil
}

func (u *userInformation) parseClass(c *cutter) (err error) {
	u.implementation.ClassUID, err = uidOf(c.rest)
	return err
}

func (u *userInformation) parseAsync(c *cutter) error {
	u.async = &window{c.uint16(), c.uint16()}
	return nil
}

func (u *userInformation) parseRole(c *cutter) error {
	uid, err := uidOf(c.counted())
	if err != nil {
		return err
	}
	u.roles = append(u.roles, role{uid, c.byte(), c.byte()})
	return listed(len(u.roles) - 1)
}

func (u *userInformation) parseVersion(c *cutter) error {
	u.implementation.Version = string(c.rest[:min(len(c.rest), 16)]) // PS3.7 D.3.3.2.3
	return nil
}

func (u *userInformation) parseExtended(c *cutter) error {
	uid, err := uidOf(c.counted())
	if err != nil {
		return err
	}
	u.extended = append(u.extended, ExtendedNegotiation{uid, slices.Clone(c.rest)})
	return listed(len(u.extended) - 1)
}

func (u *userInformation) parseCommon(c *cutter) (err error) {
	var n CommonExtendedNegotiation
	if n.SOPClass, err = uidOf(c.counted()); err != nil {
		return err
	}
	if n.ServiceClass, err = uidOf(c.counted()); err != nil {
		return err
	}
	related := &cutter{rest: c.counted()}
	for len(related.rest) > 0 && err == nil {
		err = n.parseRelated(related)
	}
	c.short = c.short || related.short
	u.common = append(u.common, n)
	if err == nil {
		err = listed(len(u.common) - 1)
	}
	return err
}

func (n *CommonExtendedNegotiation) parseRelated(c *cutter) error {
	uid, err := uidOf(c.counted())
	if err != nil {
		return err
	}
	n.RelatedGeneral = append(n.RelatedGeneral, uid)
	return listed(len(n.RelatedGeneral) - 1)
}

func (u *userInformation) parseIdentity(c *cutter) error {
	u.identity = &UserIdentity{Type: IdentityType(c.byte()), PositiveResponse: c.byte() == 1}
	u.identity.Primary = slices.Clone(c.counted())
	u.identity.Secondary = slices.Clone(c.counted())
	return nil
}

func (u *userInformation) parseBelieved(c *cutter) error {
	u.believed = append([]byte{}, c.counted()...)
	return nil
}
