package dimse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"eris/dicom"
)

// Command is a command set (PS3.7 E.1). Fields that a message does not have
// stay zero.
type Command struct {
	Field       CommandField
	MessageID   uint16 // of a request
	RespondedTo uint16 // of a response and of C-CANCEL: the request it belongs to
	Status      Status // of a response
	Priority    Priority
	HasData     bool // a data set follows

	AffectedSOPClassUID     dicom.UID
	RequestedSOPClassUID    dicom.UID
	AffectedSOPInstanceUID  dicom.UID
	RequestedSOPInstanceUID dicom.UID

	MoveDestination         dicom.AETitle
	MoveOriginatorAETitle   dicom.AETitle
	MoveOriginatorMessageID uint16
	Suboperations           *Suboperations // of a C-GET or C-MOVE response that counts

	EventTypeID  uint16
	ActionTypeID uint16
	ErrorComment string // the peer's words: never shown or logged, they may name a patient
}

// CommandField says which message it is (PS3.7 E.1-1).
type CommandField uint16

// The messages of PS3.7 9.3 and 10.3. A response is its request with bit 15 set.
const (
	CStoreRQ       CommandField = 0x0001
	CGetRQ         CommandField = 0x0010
	CFindRQ        CommandField = 0x0020
	CMoveRQ        CommandField = 0x0021
	CEchoRQ        CommandField = 0x0030
	NEventReportRQ CommandField = 0x0100
	NGetRQ         CommandField = 0x0110
	NSetRQ         CommandField = 0x0120
	NActionRQ      CommandField = 0x0130
	NCreateRQ      CommandField = 0x0140
	NDeleteRQ      CommandField = 0x0150
	CCancelRQ      CommandField = 0x0FFF

	response CommandField = 0x8000
)

// isResponse reports whether the message answers another.
func (f CommandField) isResponse() bool { return f&response != 0 }

// carriesPriority are the requests that say how urgent they are.
func (f CommandField) carriesPriority() bool {
	return f == CStoreRQ || f == CGetRQ || f == CFindRQ || f == CMoveRQ
}

// Priority is how urgent a request is (PS3.7 E.1-1). Most peers ignore it.
type Priority uint16

// Priorities.
const (
	Medium Priority = 0
	High   Priority = 1
	Low    Priority = 2
)

// Suboperations are how far a C-GET or C-MOVE is, in objects (PS3.4 C.4.2.1.6).
type Suboperations struct{ Remaining, Completed, Failed, Warning uint16 }

// Values of CommandDataSetType; everything but noData means that one follows.
const (
	noData  uint16 = 0x0101
	hasData uint16 = 0x0001
)

// maxCommand bounds a command set in bytes; real ones have two hundred.
const maxCommand = 16 << 10

// elementHeader is tag and length, implicit VR little endian (PS3.7 6.3.1).
const elementHeader = 8

// field is an element of group 0000: where its value lies in a Command, nil
// when this command has none. written says when it is sent; nil: when not zero.
type field struct {
	element uint16
	value   func(c *Command) any
	written func(c *Command) bool
}

func isRequest(c *Command) bool   { return !c.Field.isResponse() && c.Field != CCancelRQ }
func isAnswer(c *Command) bool    { return c.Field.isResponse() || c.Field == CCancelRQ }
func hasStatus(c *Command) bool   { return c.Field.isResponse() }
func hasPriority(c *Command) bool { return c.Field.carriesPriority() }
func isMoved(c *Command) bool     { return c.MoveOriginatorAETitle != "" }
func always(*Command) bool        { return true }

// counts makes a field of one of the four counts.
func counts(element uint16, of func(s *Suboperations) *uint16) field {
	return field{element, func(c *Command) any {
		if c.Suboperations == nil {
			return nil
		}
		return of(c.Suboperations)
	}, always}
}

const elementDataSetType = 0x0800

// fields is PS3.7 Table E.1-1 in ascending order, without the group length and
// without CommandDataSetType, which is HasData.
var fields = []field{
	{0x0002, func(c *Command) any { return &c.AffectedSOPClassUID }, nil},
	{0x0003, func(c *Command) any { return &c.RequestedSOPClassUID }, nil},
	{0x0100, func(c *Command) any { return (*uint16)(&c.Field) }, always},
	{0x0110, func(c *Command) any { return &c.MessageID }, isRequest},
	{0x0120, func(c *Command) any { return &c.RespondedTo }, isAnswer},
	{0x0600, func(c *Command) any { return &c.MoveDestination }, nil},
	{0x0700, func(c *Command) any { return (*uint16)(&c.Priority) }, hasPriority},
	{0x0900, func(c *Command) any { return (*uint16)(&c.Status) }, hasStatus},
	{0x0902, func(c *Command) any { return &c.ErrorComment }, nil},
	{0x1000, func(c *Command) any { return &c.AffectedSOPInstanceUID }, nil},
	{0x1001, func(c *Command) any { return &c.RequestedSOPInstanceUID }, nil},
	{0x1002, func(c *Command) any { return &c.EventTypeID }, nil},
	{0x1008, func(c *Command) any { return &c.ActionTypeID }, nil},
	counts(0x1020, func(s *Suboperations) *uint16 { return &s.Remaining }),
	counts(0x1021, func(s *Suboperations) *uint16 { return &s.Completed }),
	counts(0x1022, func(s *Suboperations) *uint16 { return &s.Failed }),
	counts(0x1023, func(s *Suboperations) *uint16 { return &s.Warning }),
	{0x1030, func(c *Command) any { return &c.MoveOriginatorAETitle }, nil},
	{0x1031, func(c *Command) any { return &c.MoveOriginatorMessageID }, isMoved},
}

// Encode is the command set as it is sent (PS3.7 6.3.1).
func (c *Command) Encode() []byte {
	b := appendElement(make([]byte, 0, 256), 0, make([]byte, 4))
	typed := false
	for _, f := range fields {
		if !typed && f.element > elementDataSetType {
			b, typed = appendNumber(b, elementDataSetType, c.dataSetType()), true
		}
		if v := f.value(c); v != nil && (f.written == nil && !isZero(v) || f.written != nil && f.written(c)) {
			b = appendValue(b, f.element, v)
		}
	}
	binary.LittleEndian.PutUint32(b[elementHeader:], uint32(len(b)-elementHeader-4))
	return b
}

func (c *Command) dataSetType() uint16 {
	if c.HasData {
		return hasData
	}
	return noData
}

func isZero(v any) bool {
	switch v := v.(type) {
	case *uint16:
		return *v == 0
	case *dicom.UID:
		return *v == ""
	case *dicom.AETitle:
		return *v == ""
	case *string:
		return *v == ""
	}
	return true
}

func appendValue(b []byte, element uint16, v any) []byte {
	switch v := v.(type) {
	case *uint16:
		return appendNumber(b, element, *v)
	case *dicom.UID:
		return appendElement(b, element, evened(string(*v), 0))
	case *dicom.AETitle:
		return appendElement(b, element, evened(string(*v), ' '))
	case *string:
		return appendElement(b, element, evened(*v, ' '))
	}
	return b
}

func evened(s string, padding byte) []byte {
	if len(s)%2 == 1 {
		return append([]byte(s), padding)
	}
	return []byte(s)
}

func appendNumber(b []byte, element, v uint16) []byte {
	return appendElement(b, element, binary.LittleEndian.AppendUint16(nil, v))
}

func appendElement(b []byte, element uint16, value []byte) []byte {
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, element)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// errCommand says that a command set breaks PS3.7.
var errCommand = errors.New("a command set cannot be read")

// ParseCommand reads a command set. Elements that are not known are passed
// over; the group length is not believed.
func ParseCommand(b []byte) (*Command, error) {
	c := &Command{}
	seen := map[uint16]bool{}
	for len(b) > 0 {
		if len(b) < elementHeader {
			return nil, fmt.Errorf("%w: %d bytes are left over", errCommand, len(b))
		}
		group, element := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		length := binary.LittleEndian.Uint32(b[4:])
		if group != 0 || uint64(length) > uint64(len(b)-elementHeader) {
			return nil, fmt.Errorf("%w: an element of group %04X with %d bytes does not fit", errCommand, group, length)
		}
		if err := c.set(element, b[elementHeader:elementHeader+length]); err != nil {
			return nil, err
		}
		seen[element] = true
		b = b[elementHeader+length:]
	}
	if !seen[0x0100] || !seen[elementDataSetType] {
		return nil, fmt.Errorf("%w: it does not say what it is", errCommand)
	}
	return c, nil
}

// set takes one element into c.
func (c *Command) set(element uint16, value []byte) error {
	if element == elementDataSetType {
		var kind uint16
		err := setValue(&kind, element, value)
		c.HasData = kind != noData
		return err
	}
	if element >= 0x1020 && element <= 0x1023 && c.Suboperations == nil {
		c.Suboperations = &Suboperations{}
	}
	at, known := slices.BinarySearchFunc(fields, element, func(f field, e uint16) int { return int(f.element) - int(e) })
	if !known {
		return nil
	}
	return setValue(fields[at].value(c), element, value)
}

// longest are the most bytes of a text value (PS3.5 6.2); some peers write more.
const longest = 64

func setValue(to any, element uint16, value []byte) error {
	if n, ok := to.(*uint16); ok {
		if len(value) != 2 {
			return fmt.Errorf("%w: element %04X has %d bytes instead of 2", errCommand, element, len(value))
		}
		*n = binary.LittleEndian.Uint16(value)
		return nil
	}
	text := strings.Trim(string(value[:min(len(value), 4*longest)]), " \x00")
	switch to := to.(type) {
	case *dicom.UID:
		if len(text) > longest {
			return fmt.Errorf("%w: element %04X is longer than a UID may be", errCommand, element)
		}
		*to = dicom.UID(text)
	case *dicom.AETitle:
		*to = dicom.AETitle(text[:min(len(text), 16)])
	case *string:
		*to = text
	}
	return nil
}
