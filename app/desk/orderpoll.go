package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/fhir"
	"eris/sync/oauth"
)

// Times of the order list.
const (
	ordersEvery   = time.Minute         // between questions
	ordersTime    = 45 * time.Second    // for one answer; the other sources do not wait for it
	ordersKept    = 30 * 24 * time.Hour // after the day they were due
	ordersAround  = 24 * time.Hour      // before and after today that is asked for: clocks differ, and nights
	ordersForget  = 6 * time.Hour       // between looks for old ones
	slowestSource = 8                   // rounds that one which does not answer is left in peace at most
)

// asked is what a source names.
type asked struct {
	records  []orders.Record
	whole    *store.Window // it named all of its orders in this time
	unusable int
	drift    time.Duration
	// since is up to when it has told of changes; zero: it tells all each time.
	since time.Time
}

// orderAsker asks one source.
type orderAsker interface {
	// Orders asks for the orders around a moment, and for those that changed since
	// another when the source can tell them.
	Orders(ctx context.Context, now, since time.Time) (asked, error)
	// tell says that an order is not done, since an earlier exam answers it. What was
	// said before may be said again.
	tell(ctx context.Context, c cancellation) error
	Close()
}

func (d *Desk) orderAsker(name string, o OrderSourceOptions) (orderAsker, error) {
	secret, err := d.Keyring.Secret(OrderSecret(name))
	if err != nil && (o.Username != "" || o.Login != nil) {
		return nil, fmt.Errorf("password of source %s: %w", name, err)
	}
	if o.Kind == orders.Worklist {
		c, err := d.dimseClient(name, o.ArchiveOptions, secret)
		if err != nil {
			return nil, err
		}
		told := o.ArchiveOptions
		if told.URL, err = stepAddress(o.URL); err != nil {
			return nil, err
		}
		steps, err := d.dimseClient(name, told, secret)
		if err != nil {
			return nil, err
		}
		return worklistAsker{c, o.StationAETitle, stepTeller{steps}}, nil
	}
	var login *oauth.Source
	if o.Login != nil {
		if login, err = d.loginSource(OrderSecret(name), o.ArchiveOptions, secret); err != nil {
			return nil, err
		}
	}
	web := o.web(name, secret, login)
	if o.Kind == orders.UPS {
		c, err := dicomweb.New(web)
		if err != nil {
			return nil, err
		}
		return workitemAsker{c, o.Filter}, nil
	}
	c, err := fhir.New(fhir.Options{Name: name, URL: o.URL, CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile,
		Username: web.Username, Password: web.Password, Token: web.Token, Tokens: web.Tokens})
	if err != nil {
		return nil, err
	}
	return requestAsker{client: c, filter: o.Filter, isExam: d.IsExam}, nil
}

// OrderSecret is the name of a source's secret in the keyring.
func OrderSecret(name string) string { return "orders " + name }

// sinceSetting is where it lies up to when a source has told of changes.
func sinceSetting(name string) string { return "orders since " + name }

// IsExam reports an order that the words, the code or the modality name an exam
// of: records hold orders of every kind.
func (d *Desk) IsExam(o clinic.Order) bool {
	return o.Modality != "" || d.Rules().Atlas().Order(o, day(d.Now())).Family != ""
}

// keepOrders asks the sources of orders again and again.
func (d *Desk) keepOrders(ctx context.Context) {
	tick := time.NewTicker(ordersEvery)
	defer tick.Stop()
	var forgotten time.Time
	for {
		if err := d.pollOrders(ctx, false); err != nil && ctx.Err() == nil {
			d.Log.Error("orders cannot be kept", "error", err)
		}
		if now := d.Now(); now.Sub(forgotten) > ordersForget {
			forgotten = now
			if err := d.Store.ForgetOrders(ctx, now.Add(-ordersKept)); err != nil && ctx.Err() == nil {
				d.Log.Error("old orders cannot be forgotten", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-d.ordersSoon:
		}
	}
}

// askOrdersSoon lets the sources be asked without waiting for their time.
func (d *Desk) askOrdersSoon() {
	select {
	case d.ordersSoon <- struct{}{}:
	default: // it is said already
	}
}

// PollOrders asks every source of orders now, and keeps what they answer. Who
// failed stands in OrderSources.
func (d *Desk) PollOrders(ctx context.Context) error { return d.pollOrders(ctx, true) }

// pollOrders asks the sources side by side; without all, those that do not answer
// are asked in ever fewer rounds.
func (d *Desk) pollOrders(ctx context.Context, all bool) error {
	d.polling.Lock()
	defer d.polling.Unlock()
	sources, err := d.orderSourceOptions(ctx)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for name, o := range sources {
		if !all && d.resting(name) {
			continue
		}
		group.Go(func() {
			n, err := d.askOrders(ctx, name, o)
			if ctx.Err() != nil {
				return // nobody's failure
			}
			d.noteOrders(name, func(a *OrderAnswer) {
				a.Asked, a.Err = d.Now(), err
				if err == nil {
					a.Answered, a.Orders, a.Unusable, a.Drift = a.Asked, len(n.records), n.unusable, n.drift
				}
			})
			d.rest(name, err != nil)
		})
	}
	group.Wait()
	return nil
}

// askOrders asks one source and keeps what it answers.
func (d *Desk) askOrders(ctx context.Context, name string, o OrderSourceOptions) (asked, error) {
	ctx, cancel := context.WithTimeout(ctx, ordersTime)
	defer cancel()
	asker, err := d.orderAsker(name, o)
	if err != nil {
		return asked{}, err
	}
	defer asker.Close()
	var since time.Time
	if err := d.Store.Setting(ctx, sinceSetting(name), &since); err != nil {
		return asked{}, err
	}
	answer, err := asker.Orders(ctx, d.Now(), since)
	if err != nil {
		return answer, err
	}
	for i := range answer.records {
		answer.records[i].Source, answer.records[i].Kind = name, o.Kind
	}
	if _, err := d.Store.TakeOrders(ctx, name, answer.records, answer.whole); err != nil {
		return answer, err
	}
	if !answer.since.IsZero() {
		err = d.Store.SaveSetting(ctx, sinceSetting(name), answer.since)
	}
	return answer, err
}

// resting counts down the rounds that a source is left in peace.
func (d *Desk) resting(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ordersRest[name] == 0 {
		return false
	}
	d.ordersRest[name]--
	return true
}

// rest doubles the pause of a source that does not answer.
func (d *Desk) rest(name string, failed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !failed {
		delete(d.ordersFailed, name)
		return
	}
	d.ordersFailed[name] = min(max(1, 2*d.ordersFailed[name]), slowestSource)
	d.ordersRest[name] = d.ordersFailed[name] - 1
}

var errTooManyOrders = errors.New("it names more orders than a day can have; narrow what is asked for")

// mostOrders bounds one answer.
const mostOrders = 20_000
