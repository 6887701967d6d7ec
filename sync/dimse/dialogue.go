package dimse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// dialogue is an association with messages on it. One goroutine receives and one
// sends; mostly they are the same.
type dialogue struct {
	*ul.Association
	node  string        // how errors call the peer
	stall time.Duration // how long the next fragment may take; 0 as long as the association lives
	last  uint16        // the MessageID of the last request
	open  *incoming     // the data set that was received last

	brings []dicom.UID // SOP classes whose objects can be sent on it in each syntax known here
	heard  bool        // a message came since it was taken up again

	command []byte // what of the next command has come: a wait for it may be given up and taken up again
}

// message is a command and, when it has one, its data set while it comes in.
type message struct {
	Command
	context ul.Context
	data    *incoming // nil when there is none
}

// errProtocol says that a peer broke PS3.7 or PS3.4.
var errProtocol = errors.New("it breaks the rules of DIMSE")

// garbled ends the association with a peer that cannot be understood.
func (d *dialogue) garbled(format string, args ...any) error {
	err := &node.Error{Node: d.node, Kind: node.ErrGarbled, Cause: fmt.Errorf("%w: "+format, append([]any{errProtocol}, args...)...)}
	d.Abort()
	return err
}

func (d *dialogue) fault(kind, cause error) error {
	return &node.Error{Node: d.node, Kind: kind, Cause: cause}
}

// next waits for a fragment; silence is ErrStalled.
func (d *dialogue) next(ctx context.Context) (ul.PDV, error) {
	if d.stall > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d.stall, d.fault(node.ErrStalled, nil))
		defer cancel()
	}
	return d.Receive(ctx)
}

// receive waits for a message. What is left of the data set of the one before is
// thrown away. io.EOF: the peer released the association.
func (d *dialogue) receive(ctx context.Context) (*message, error) {
	if d.open != nil {
		if _, err := io.Copy(io.Discard, d.open); err != nil {
			return nil, err
		}
		d.open = nil
	}
	for {
		v, err := d.next(ctx)
		if err != nil {
			return nil, err
		}
		switch {
		case !v.Command:
			return nil, d.garbled("a data set without a command")
		case len(d.command)+len(v.Data) > maxCommand:
			return nil, d.garbled("a command set of more than %d bytes", maxCommand)
		}
		if d.command = append(d.command, v.Data...); v.Last {
			b := d.command
			d.command = nil
			return d.message(ctx, v.ContextID, b)
		}
	}
}

func (d *dialogue) message(ctx context.Context, id byte, b []byte) (*message, error) {
	c, err := ParseCommand(b)
	if err != nil {
		return nil, d.garbled("%w", err)
	}
	d.heard = true
	m := &message{Command: *c}
	m.context, _ = d.Context(id) // the upper layer lets nothing else pass
	if c.HasData {
		m.data = &incoming{dialogue: d, ctx: ctx, id: id}
		d.open = m.data
	}
	return m, nil
}

// incoming is a data set as it comes in.
type incoming struct {
	dialogue *dialogue
	ctx      context.Context
	id       byte
	seen     *atomic.Int64 // counts fragments as signs of life; nil: nobody watches
	rest     []byte
	last     bool
	err      error
}

// Read gives what the peer sends next; io.EOF at the end of the data set only.
func (r *incoming) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if err := r.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// WriteTo hands on whole fragments.
func (r *incoming) WriteTo(w io.Writer) (n int64, err error) {
	for {
		m, err := w.Write(r.rest)
		n += int64(m)
		r.rest = r.rest[m:]
		if err != nil {
			return n, err
		}
		switch err := r.fetch(); err {
		case nil:
		case io.EOF:
			return n, nil
		default:
			return n, err
		}
	}
}

func (r *incoming) fetch() error {
	if r.err == nil && r.last {
		r.err = io.EOF
	}
	if r.err != nil {
		return r.err
	}
	v, err := r.dialogue.next(r.ctx)
	switch {
	case err == io.EOF:
		r.err = r.dialogue.fault(node.ErrPartial, nil)
	case err != nil:
		r.err = err
	case v.Command || v.ContextID != r.id:
		r.err = r.dialogue.garbled("a command in the middle of a data set")
	default:
		r.rest, r.last = v.Data, v.Last
		if r.seen != nil {
			r.seen.Add(1)
		}
	}
	return r.err
}

// drain throws the rest of the data set away.
func (m *message) drain() error {
	if m.data == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, m.data)
	return err
}

// maxIdentifier bounds a data set that is held in memory, in bytes: an answer,
// a worklist item, a list of ten thousand references.
const maxIdentifier = 4 << 20

// dataSet reads the data set of a message into memory; nil when it has none.
func (d *dialogue) dataSet(m *message) (*dicom.DataSet, error) {
	if m.data == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(m.data, maxIdentifier+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxIdentifier {
		return nil, d.garbled("a data set of more than %d bytes", maxIdentifier)
	}
	set, err := dicom.DecodeDataSet(b, m.context.TransferSyntax, dicom.Limits{Elements: 100_000, Depth: 16})
	if err != nil {
		return nil, d.garbled("a data set that cannot be read") // the decoder's own words may hold values
	}
	return set, nil
}

// request sends a request with the next MessageID.
func (d *dialogue) request(ctx context.Context, contextID byte, c *Command, data io.Reader) error {
	if c.MessageID == 0 {
		d.last++
		if d.last == 0 {
			d.last = 1
		}
		c.MessageID = d.last
	}
	c.HasData = data != nil
	return d.SendMessage(ctx, contextID, c.Encode(), data)
}

// ask sends a request with a data set in memory; nil sends none.
func (d *dialogue) ask(ctx context.Context, c ul.Context, q *Command, set *dicom.DataSet) error {
	data, err := encoded(set, c.TransferSyntax)
	if err != nil {
		return err
	}
	return d.request(ctx, c.ID, q, data)
}

// respond answers a request; the class and instance are named as it named them.
func (d *dialogue) respond(ctx context.Context, m *message, answer Command, set *dicom.DataSet) error {
	answer.Field, answer.RespondedTo = m.Field|response, m.MessageID
	answer.AffectedSOPClassUID = m.AffectedSOPClassUID
	if answer.AffectedSOPClassUID == "" {
		answer.AffectedSOPClassUID = m.RequestedSOPClassUID
	}
	if answer.AffectedSOPInstanceUID == "" {
		answer.AffectedSOPInstanceUID = m.AffectedSOPInstanceUID
	}
	data, err := encoded(set, m.context.TransferSyntax)
	if err != nil {
		return err
	}
	answer.HasData = data != nil
	return d.SendMessage(ctx, m.context.ID, answer.Encode(), data)
}

// response waits for an answer to q.
func (d *dialogue) response(ctx context.Context, q *Command) (*message, error) {
	m, err := d.receive(ctx)
	switch {
	case err == io.EOF:
		return nil, d.fault(node.ErrPartial, errors.New("it ended the association without an answer"))
	case err != nil:
		return nil, err
	case m.Field != q.Field|response || m.RespondedTo != q.MessageID:
		return nil, d.garbled("message %04XH is no answer to %04XH", uint16(m.Field), uint16(q.Field))
	}
	return m, nil
}

// farewell is how long a peer may take to say good-bye.
const farewell = 3 * time.Second

// end releases the association. A good-bye that fails loses nothing.
func (d *dialogue) end(ctx context.Context) {
	if ctx.Err() != nil {
		d.Abort()
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	d.Release(ctx)
}
