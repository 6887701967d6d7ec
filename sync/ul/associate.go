package ul

import (
	"encoding/binary"
	"strings"

	"eris/dicom"
)

// associate is an A-ASSOCIATE-RQ or -AC (PS3.8 9.3.2, 9.3.3). The roles of its
// contexts lie apart, as on the wire.
type associate struct {
	answer          bool // it is an AC
	version         uint16
	called, calling string
	application     dicom.UID
	contexts        []Context
	user            userInformation
}

const aeBytes = 16

// pdu writes the request or answer as a whole.
func (p *associate) pdu() ([]byte, error) {
	w := &builder{}
	kind := typeAssociateRQ
	if p.answer {
		kind = typeAssociateAC
	}
	w.bytes(kind, 0, 0, 0, 0, 0)
	w.uint16(p.version)
	w.bytes(0, 0)
	w.title(p.called)
	w.title(p.calling)
	w.bytes(make([]byte, 32)...)
	w.uid(itemApplication, string(p.application))
	for i := range p.contexts {
		w.context(&p.contexts[i], p.answer)
	}
	w.item(itemUserInformation, func() { p.user.write(w) })
	binary.BigEndian.PutUint32(w.b[2:], uint32(len(w.b)-headerBytes))
	return w.b, w.err
}

// title writes an AE title, filled up with spaces.
func (w *builder) title(s string) {
	field := [aeBytes]byte([]byte(strings.Repeat(" ", aeBytes)))
	copy(field[:], s)
	w.bytes(field[:]...)
}

func (w *builder) context(c *Context, answer bool) {
	if !answer {
		w.item(itemContextRQ, func() {
			w.bytes(c.ID, 0, 0, 0)
			w.uid(itemAbstractSyntax, string(c.AbstractSyntax))
			for _, syntax := range c.TransferSyntaxes {
				w.uid(itemTransferSyntax, string(syntax))
			}
		})
		return
	}
	syntax := c.TransferSyntax
	if syntax == "" && len(c.TransferSyntaxes) > 0 {
		syntax = c.TransferSyntaxes[0] // not significant, but due (PS3.8 Table 9-18)
	}
	w.item(itemContextAC, func() {
		w.bytes(c.ID, 0, byte(c.Result), 0)
		w.uid(itemTransferSyntax, string(syntax))
	})
}

// parseAssociate reads the body of an RQ or AC. Unknown items are skipped (PS3.8
// 9.3.1).
func parseAssociate(answer bool, body []byte) (*associate, error) {
	c := &cutter{rest: body}
	p := &associate{answer: answer, version: c.uint16()}
	c.bytes(2)
	p.called = strings.Trim(string(c.bytes(aeBytes)), " \x00")
	p.calling = strings.Trim(string(c.bytes(aeBytes)), " \x00")
	c.bytes(32)
	seen := map[byte]bool{} // context IDs, and 0 for the user information
	for len(c.rest) > 0 && !c.short {
		if err := p.parseItem(c, seen); err != nil {
			return nil, err
		}
	}
	if c.short {
		return nil, invalidf("an association request or answer is cut off")
	}
	return p, nil
}

func (p *associate) parseItem(c *cutter, seen map[byte]bool) error {
	kind, body := c.item()
	var err error
	switch {
	case kind == itemApplication:
		p.application, err = uidOf(body.rest)
	case kind == itemContextRQ && !p.answer, kind == itemContextAC && p.answer:
		err = p.parseContext(body, seen)
	case kind == itemUserInformation && seen[0]:
		err = invalidf("user information is given twice")
	case kind == itemUserInformation:
		seen[0] = true
		err = p.user.parse(body)
	}
	return err
}

func (p *associate) parseContext(body *cutter, seen map[byte]bool) error {
	c := Context{ID: body.byte()}
	body.byte()
	result := Result(body.byte())
	body.byte()
	if p.answer {
		c.Result = result
	}
	if c.ID%2 == 0 || seen[c.ID] || body.short {
		return invalidf("presentation context %d is even, doubled or cut off", c.ID)
	}
	seen[c.ID] = true
	for len(body.rest) > 0 && !body.short {
		if err := c.parseSyntax(body, p.answer); err != nil {
			return err
		}
	}
	if body.short {
		return invalidf("presentation context %d is cut off", c.ID)
	}
	p.contexts = append(p.contexts, c)
	return nil
}

func (c *Context) parseSyntax(body *cutter, answer bool) error {
	kind, sub := body.item()
	if kind != itemAbstractSyntax && kind != itemTransferSyntax {
		return nil
	}
	uid, err := uidOf(sub.rest)
	switch {
	case err != nil:
		return err
	case kind == itemAbstractSyntax && !answer:
		c.AbstractSyntax = uid
	case kind == itemTransferSyntax && answer:
		c.TransferSyntax = uid
	case kind == itemTransferSyntax:
		if err := listed(len(c.TransferSyntaxes)); err != nil {
			return err
		}
		c.TransferSyntaxes = append(c.TransferSyntaxes, uid)
	}
	return nil
}
