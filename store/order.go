package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
)

// Window is a time, From included and To not, of which a source has named all
// its orders.
type Window struct{ From, To time.Time }

// SaveOrders adds orders that are made here; one with a known accession number
// replaces the older. Each needs one: without it one would take the place of the
// other.
func (s *Store) SaveOrders(ctx context.Context, list ...clinic.Order) error {
	records := make([]orders.Record, len(list))
	for i, o := range list {
		records[i] = orders.Record{Kind: orders.Typed, ID: o.AccessionNumber, Order: o}
	}
	_, err := s.TakeOrders(ctx, "", records, nil)
	return err
}

// TakeOrders keeps what a source says of orders and joins it with what others
// say of the same (orders.Merge); each record needs an ID and its order an
// accession number. With whole, orders of the source scheduled within, or
// for no day, and not among the records are gone. It returns how many orders became others by it.
func (s *Store) TakeOrders(ctx context.Context, source string, records []orders.Record, whole *Window) (changed int, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		b := orderBook{tx: tx, touched: map[string]bool{}}
		named := map[string]bool{}
		for _, r := range records {
			r.Source = source
			named[r.ID] = true
			if err := b.take(r); err != nil {
				return fmt.Errorf("order %s: %w", r.ID, err)
			}
		}
		if whole != nil {
			if err := b.leaveOut(source, named, *whole); err != nil {
				return err
			}
		}
		changed = len(b.touched)
		return b.join()
	})
	if err == nil && changed > 0 {
		s.changed()
	}
	return changed, err
}

// orderBook changes the order list within one transaction.
type orderBook struct {
	tx      *sql.Tx
	touched map[string]bool // numbers whose records changed
}

var errNoNumber = errors.New("an order without a number cannot be kept")

// take keeps one record under the order that it is of.
func (b *orderBook) take(r orders.Record) error {
	if r.ID == "" || r.Order.AccessionNumber == "" {
		return errNoNumber
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	number, err := b.known(r, string(body))
	if errors.Is(err, errSaidBefore) {
		return nil
	}
	if err == nil && number == "" {
		number, err = b.find(r.Order)
	}
	if err == nil && number == "" {
		number, err = b.open(r.Order)
	}
	if err != nil {
		return err
	}
	b.touched[number] = true
	_, err = b.tx.Exec(`INSERT INTO order_record VALUES (?,?,?,?) ON CONFLICT (source, id) DO UPDATE SET number = excluded.number, body = excluded.body`,
		r.Source, r.ID, number, string(body))
	return err
}

// errSaidBefore says that a record is the one that is kept.
var errSaidBefore = errors.New("nothing new")

// known is the order that an earlier record of the same source and ID is of; ""
// when there is none, or the ID now stands for another patient or exam.
func (b *orderBook) known(r orders.Record, body string) (number string, err error) {
	var had string
	err = b.tx.QueryRow(`SELECT number, body FROM order_record WHERE source = ? AND id = ?`, r.Source, r.ID).Scan(&number, &had)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case had == body:
		return number, errSaidBefore
	}
	var before orders.Record
	if err := json.Unmarshal([]byte(had), &before); err != nil {
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if r.Source == "" || orders.Same(before.Order, r.Order) {
		return number, nil
	}
	if _, err := b.tx.Exec(`DELETE FROM order_record WHERE source = ? AND id = ?`, r.Source, r.ID); err != nil {
		return "", err
	}
	return "", b.joinOne(number)
}

// find looks for an order that another source knows.
func (b *orderBook) find(o clinic.Order) (number string, err error) {
	var args []any
	for _, n := range orders.Numbers(o) {
		args = append(args, n)
	}
	if len(args) == 0 {
		return "", nil
	}
	known, err := bodies[clinic.Order](b.tx, `SELECT accession_number, body FROM orders WHERE accession_number IN
		(SELECT number FROM order_number WHERE value IN (?`+strings.Repeat(`,?`, len(args)-1)+`)) ORDER BY accession_number`, args...)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(known, func(k keyed[clinic.Order]) bool { return orders.Same(k.value, o) })
	if i < 0 {
		return "", nil
	}
	return known[i].key, nil
}

// KnowsOrder reports that the list holds an order that shares a number with o, and
// contradicts nothing of it.
func (s *Store) KnowsOrder(ctx context.Context, o clinic.Order) (known bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		number, err := (&orderBook{tx: tx}).find(o)
		known = number != ""
		return err
	})
	return known, err
}

// open makes a place for an order that nobody named before. An accession number
// that another patient's order has is his only with the patient's ID beside it.
func (b *orderBook) open(o clinic.Order) (number string, err error) {
	number = o.AccessionNumber
	for i := 0; ; i++ {
		result, err := b.tx.Exec(`INSERT INTO orders VALUES (?,0,'{}') ON CONFLICT DO NOTHING`, number)
		if err != nil {
			return "", err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return number, err
		}
		number = fmt.Sprintf("%s %s %d", o.AccessionNumber, o.Patient.PatientID, i)
	}
}

// leaveOut marks the orders of a source that it should have named and did not.
func (b *orderBook) leaveOut(source string, named map[string]bool, whole Window) error {
	list, err := bodies[orders.Record](b.tx, `SELECT number, body FROM order_record WHERE source = ?`, source)
	if err != nil {
		return err
	}
	for _, k := range list {
		r := k.value
		at := r.Order.Scheduled
		outside := !at.IsZero() && (at.Before(whole.From) || !at.Before(whole.To))
		if r.Gone || named[r.ID] || outside {
			continue
		}
		r.Gone = true
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if _, err := b.tx.Exec(`UPDATE order_record SET body = ? WHERE source = ? AND id = ?`, string(body), source, r.ID); err != nil {
			return err
		}
		b.touched[k.key] = true
	}
	return nil
}

// join makes the orders anew whose records changed.
func (b *orderBook) join() error {
	for number := range b.touched {
		if err := b.joinOne(number); err != nil {
			return err
		}
	}
	return nil
}

func (b *orderBook) joinOne(number string) error {
	list, err := bodies[orders.Record](b.tx, `SELECT number, body FROM order_record WHERE number = ? ORDER BY source, id`, number)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		_, err := b.tx.Exec(`DELETE FROM orders WHERE accession_number = ?`, number)
		return err
	}
	records := make([]orders.Record, len(list))
	for i, k := range list {
		records[i] = k.value
	}
	o := orders.Merge(records)
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if _, err := b.tx.Exec(`UPDATE orders SET scheduled = ?, body = ? WHERE accession_number = ?`, dueAt(o).Unix(), string(body), number); err != nil {
		return err
	}
	if _, err := b.tx.Exec(`DELETE FROM order_number WHERE number = ?`, number); err != nil {
		return err
	}
	for _, r := range records {
		for _, n := range orders.Numbers(r.Order) {
			if _, err := b.tx.Exec(`INSERT INTO order_number VALUES (?,?) ON CONFLICT DO NOTHING`, n, number); err != nil {
				return err
			}
		}
	}
	return nil
}

// dueAt is by what the order list is sorted, and forgotten.
func dueAt(o clinic.Order) time.Time {
	switch {
	case !o.Scheduled.IsZero():
		return o.Scheduled
	case !o.Ordered.IsZero():
		return o.Ordered
	}
	return time.Now()
}

// ForgetOrders takes orders out of the list that were due before a moment.
func (s *Store) ForgetOrders(ctx context.Context, before time.Time) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM orders WHERE scheduled < ?`, before.Unix())
		return err
	})
}

// ForgetSource takes what a source said out of the order list. Orders that others
// know too stay.
func (s *Store) ForgetSource(ctx context.Context, source string) error {
	defer s.changed()
	return s.update(ctx, func(tx *sql.Tx) error {
		b := orderBook{tx: tx, touched: map[string]bool{}}
		list, err := bodies[orders.Record](tx, `SELECT number, body FROM order_record WHERE source = ?`, source)
		if err != nil {
			return err
		}
		for _, k := range list {
			b.touched[k.key] = true
		}
		if _, err := tx.Exec(`DELETE FROM order_record WHERE source = ?`, source); err != nil {
			return err
		}
		return b.join()
	})
}

// Orders lists the order list by the time scheduled.
func (s *Store) Orders(ctx context.Context) ([]clinic.Order, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT accession_number, body FROM orders ORDER BY scheduled, accession_number`)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	keyed, err := scanBodies[clinic.Order](rows)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	list := make([]clinic.Order, len(keyed))
	for i, k := range keyed {
		list[i] = k.value
	}
	return list, nil
}

// keyed is a value out of a column of JSON, with its key.
type keyed[T any] struct {
	key   string
	value T
}

// bodies reads rows of a key and JSON.
func bodies[T any](tx *sql.Tx, query string, args ...any) ([]keyed[T], error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	return scanBodies[T](rows)
}

func scanBodies[T any](rows *sql.Rows) ([]keyed[T], error) {
	defer rows.Close()
	var list []keyed[T]
	for rows.Next() {
		var k keyed[T]
		var body string
		if err := rows.Scan(&k.key, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &k.value); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", k.key, ErrDamaged, err)
		}
		list = append(list, k)
	}
	return list, rows.Err()
}
