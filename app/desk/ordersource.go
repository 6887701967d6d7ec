package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
)

// OrderSourceOptions are what is kept of a source of orders that is asked: a
// worklist (dicom://AETITLE@host:port), workitems (DICOMweb), or the record's
// server (FHIR). The secret lies in the keyring under the name with "orders "
// before it.
type OrderSourceOptions struct {
	Kind orders.Kind `json:"kind"`
	ArchiveOptions
	StationAETitle dicom.AETitle `json:"station,omitempty"` // of a worklist: only orders for this scanner
	// Filter narrows what is asked for: of workitems the worklist's label, of FHIR
	// search parameters, e.g. category=363679005.
	Filter string `json:"filter,omitempty"`
	// Tell lets a source be told of an order that is not done, since an earlier exam
	// answers it: a FHIR server's request becomes revoked, who gives a worklist gets a
	// discontinued procedure (MPPS), and who does a workitem is asked to cancel it.
	Tell bool `json:"tell,omitempty"`
}

// OrderSource is a source of orders and how it answered the last time.
type OrderSource struct {
	Name string
	OrderSourceOptions
	OrderAnswer
}

// OrderAnswer is how a source of orders answered.
type OrderAnswer struct {
	Asked    time.Time     // the last time; zero: not yet
	Answered time.Time     // the last time that it did
	Orders   int           // that it named then
	Unusable int           // among them without patient or number, and left out
	Drift    time.Duration // by which its clock goes ahead of this one, when that is known
	Err      error         // why it did not answer just now
	Untold   int           // decisions that it is still to be told
	TellErr  error         // why it was not
}

// orderSourcesSetting is where the options lie, by name.
const orderSourcesSetting = "order sources"

// Kinds of sources that are asked.
var askedKinds = []orders.Kind{orders.Worklist, orders.UPS, orders.FHIR}

// OrderSources lists the sources that are asked, and those that were heard from,
// by name.
func (d *Desk) OrderSources(ctx context.Context) ([]OrderSource, error) {
	options, err := d.orderSourceOptions(ctx)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	answers := maps.Clone(d.orderAnswers)
	d.mu.Unlock()
	var list []OrderSource
	for name, o := range options {
		list = append(list, OrderSource{name, o, answers[name]})
		delete(answers, name)
	}
	for name, a := range answers {
		if strings.HasPrefix(name, heardPrefix) {
			list = append(list, OrderSource{name, OrderSourceOptions{Kind: orders.HL7}, a})
		}
	}
	slices.SortFunc(list, func(a, b OrderSource) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (d *Desk) orderSourceOptions(ctx context.Context) (map[string]OrderSourceOptions, error) {
	options := map[string]OrderSourceOptions{}
	return options, d.Store.Setting(ctx, orderSourcesSetting, &options)
}

// SaveOrderSource adds a source of orders or changes it, and lets it be asked.
func (d *Desk) SaveOrderSource(ctx context.Context, name string, o OrderSourceOptions) error {
	if name = strings.TrimSpace(name); name == "" || strings.HasPrefix(name, heardPrefix) {
		return fmt.Errorf("a source of orders needs a name, and not %q", name)
	}
	if !slices.Contains(askedKinds, o.Kind) {
		return fmt.Errorf("%q is no kind of source that is asked: %q", o.Kind, askedKinds)
	}
	if o.Login != nil && !o.Login.Machine {
		return errors.New("a source of orders is asked while nobody sits here: its login must be a machine's")
	}
	asker, err := d.orderAsker(name, o)
	if err != nil {
		return err
	}
	asker.Close()
	err = d.changeOrderSources(ctx, func(all map[string]OrderSourceOptions) error {
		all[name] = o
		return nil
	})
	if err == nil {
		d.askOrdersSoon()
	}
	return err
}

// RemoveOrderSource forgets a source and the orders that only it knows. Errors:
// store.ErrNotFound.
func (d *Desk) RemoveOrderSource(ctx context.Context, name string) error {
	err := d.changeOrderSources(ctx, func(all map[string]OrderSourceOptions) error {
		if _, ok := all[name]; !ok {
			return fmt.Errorf("source of orders %q: %w", name, store.ErrNotFound)
		}
		delete(all, name)
		return nil
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	delete(d.orderAnswers, name)
	d.mu.Unlock()
	return errors.Join(d.Store.SaveSetting(ctx, sinceSetting(name), time.Time{}), d.Store.ForgetSource(ctx, name))
}

func (d *Desk) changeOrderSources(ctx context.Context, change func(map[string]OrderSourceOptions) error) error {
	d.polling.Lock() // not while an answer of the one that goes is on its way
	defer d.polling.Unlock()
	all, err := d.orderSourceOptions(ctx)
	if err != nil {
		return err
	}
	if err := change(all); err != nil {
		return err
	}
	return d.Store.SaveSetting(ctx, orderSourcesSetting, all)
}

// mostSources bounds what is remembered: whoever sends says what he is called.
const mostSources = 100

// noteOrders remembers how a source answered.
func (d *Desk) noteOrders(name string, note func(*OrderAnswer)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, known := d.orderAnswers[name]
	if !known && len(d.orderAnswers) >= mostSources {
		return
	}
	note(&a)
	d.orderAnswers[name] = a
}
