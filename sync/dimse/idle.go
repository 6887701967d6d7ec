package dimse

import (
	"context"
	"errors"
	"slices"
	"time"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// lingering is how long an association is kept open for the next question:
// opening one costs two ways there and back, and archives have few at once.
const lingering = 3 * time.Second

// purpose is what an association has to offer for a piece of work.
type purpose struct {
	service []dicom.UID // one of these classes
	objects []dicom.UID // and objects of all these can be sent on it as they are
	beside  bool        // and pictures are asked for at the same time: one they can come on is left to them
}

// besidePictures is the purpose of questions about a study that is being fetched.
var besidePictures = purpose{service: findModels, beside: true}

// offers says that the association was opened for that, and it was accepted.
func (d *dialogue) offers(n purpose) bool {
	if _, err := d.service(n.service...); err != nil {
		return false
	}
	for _, class := range n.objects {
		if !slices.Contains(d.brings, class) {
			return false
		}
	}
	return true
}

// on runs work on an association that offers what is needed: on the one that
// was kept, or on a new one that open opens. It is kept afterwards. When the kept
// one turns out to be gone, the work is begun anew.
func (c *Client) on(ctx context.Context, n purpose, open func() (*dialogue, error), work func(*dialogue) error) error {
	if d := c.takeIdle(n); d != nil {
		d.takeUp(ctx)
		err := work(d)
		if d.heard || !errors.Is(err, node.ErrPartial) || ctx.Err() != nil {
			c.leave(ctx, d, err)
			return err
		}
		d.Abort()
	}
	d, err := open()
	if err != nil {
		return err
	}
	err = work(d)
	c.leave(ctx, d, err)
	return err
}

// takeIdle takes the kept association when it is of use.
func (c *Client) takeIdle(n purpose) *dialogue {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.idle
	if d == nil || !d.offers(n) || n.beside && d.brings != nil {
		return nil
	}
	c.idle = nil
	if d.over() {
		c.farewells.Go(d.Abort)
		return nil
	}
	return d
}

// takeUp begins a piece of work on a kept association.
func (d *dialogue) takeUp(ctx context.Context) {
	d.heard = false
	if d.open != nil {
		d.open.ctx = ctx // the one it came with may have ended
	}
}

func (d *dialogue) over() bool {
	select {
	case <-d.Done():
		return true
	default:
		return false
	}
}

// leave keeps an association for the next question, or ends it.
func (c *Client) leave(ctx context.Context, d *dialogue, err error) {
	var status *StatusError
	if err != nil && !errors.As(err, &status) && !errors.Is(err, node.ErrUnsupported) {
		d.Abort() // whatever else would come is not for the next one
		return
	}
	if other := c.keep(d); other != nil {
		other.end(ctx)
	}
}

// keep keeps an association and returns the one that is not kept: pictures can come
// on the better one.
func (c *Client) keep(d *dialogue) (other *dialogue) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || d.over() || c.idle != nil && (c.idle.brings != nil || d.brings == nil) {
		return d
	}
	other, c.idle = c.idle, d
	time.AfterFunc(lingering, func() { c.expire(d) })
	return other
}

// expire ends an association that nobody asked for in time. One that was used
// meanwhile and is kept again ends earlier than it might.
func (c *Client) expire(d *dialogue) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle == d {
		c.idle = nil
		c.farewells.Go(func() { d.end(context.Background()) })
	}
}

// Close ends the association that is kept open, and waits for that. The client
// can still be used; it keeps none any more.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	d := c.idle
	c.idle = nil
	c.mu.Unlock()
	if d != nil {
		d.end(context.Background())
	}
	c.farewells.Wait()
}

// finding opens an association for questions.
func (c *Client) finding(ctx context.Context) func() (*dialogue, error) {
	return func() (*dialogue, error) {
		d, _, err := c.serve(ctx, findModels...)
		return d, err
	}
}

// far is how long an association takes to open when a way there and back is worth
// sparing.
const far = 250 * time.Millisecond

// asking opens an association for a question that a request for pictures may
// follow: over a link that is slow, or not known yet, they can come on it.
func (c *Client) asking(ctx context.Context) func() (*dialogue, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opening == 0 || c.opening > far {
		return c.picking(ctx)
	}
	return c.finding(ctx)
}

// picking opens one for questions on which pictures of the commonest classes
// can come too, so that one that was asked for comes at once.
func (c *Client) picking(ctx context.Context) func() (*dialogue, error) {
	return func() (*dialogue, error) {
		if c.method() == Move || c.modest() {
			return c.finding(ctx)()
		}
		contexts := []ul.Context{{AbstractSyntax: StudyRootGet, TransferSyntaxes: plainSyntaxes}}
		for _, model := range findModels {
			contexts = append(contexts, ul.Context{AbstractSyntax: model, TransferSyntaxes: plainSyntaxes})
		}
		var classes []dicom.UID
		for _, class := range StorageClasses() {
			more := exactly(class, ul.Context{SCP: true})
			if len(contexts)+len(more) > maxContexts {
				break
			}
			contexts, classes = append(contexts, more...), append(classes, class)
		}
		d, err := c.open(ctx, contexts, c.extended(findModels)...)
		if err != nil && ctx.Err() == nil && !errors.Is(err, node.ErrStalled) && (!errors.Is(err, node.ErrUnreachable) || errors.Is(err, ul.ErrUnanswered)) {
			return c.afterRefusal(ctx)
		}
		if err != nil {
			return nil, err
		}
		if d.brings = classes; !d.offers(purpose{service: findModels}) {
			d.end(ctx)
			return nil, c.fault(node.ErrUnsupported, errNotOffered)
		}
		return d, nil
	}
}

// modest says that the archive takes no association with as many contexts as
// pictures need.
func (c *Client) modest() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.few
}

// afterRefusal opens an association for questions alone, since one for pictures too
// was not opened. When that works the archive is not asked for the other again.
func (c *Client) afterRefusal(ctx context.Context) (*dialogue, error) {
	d, err := c.finding(ctx)()
	if err == nil {
		c.mu.Lock()
		c.few = true
		c.mu.Unlock()
	}
	return d, err
}

// findModels are the information models for questions, the better one first.
var findModels = []dicom.UID{StudyRootFind, PatientRootFind}
