package desk

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"

	"eris/clinic/orders"
	"eris/sync/hl7"
)

// heardPrefix stands before the name of a system that sends orders by itself.
const heardPrefix = "HL7 "

// listenOrders listens for HL7 messages.
func (d *Desk) listenOrders(ctx context.Context, now *listeners) error {
	s := now.services
	if s.Orders == "" {
		return nil
	}
	networks, err := s.networks()
	if err != nil {
		return err
	}
	var secured *tls.Config
	if s.Secured {
		if secured, err = s.tls(); err != nil {
			return err
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Orders)
	if err != nil {
		return fmt.Errorf("listening for orders: %w", err)
	}
	server := hl7.Server{Listener: listener, TLS: secured, Networks: networks, Self: hl7.Party{Application: string(s.Title()), Facility: s.Clinic},
		Take: d.takeMessage, Log: d.Log}
	now.Orders = listener.Addr().String()
	now.work.Go(func() {
		if err := server.Serve(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("orders are not listened for any more", "error", err)
		}
	})
	return nil
}

// takeMessage keeps the orders of a message. The sender is told that they were
// taken only after that.
func (d *Desk) takeMessage(ctx context.Context, m hl7.Message) error {
	now := d.Now()
	list, err := hl7.Orders(m, now.Location())
	if err != nil {
		return err
	}
	name := heardPrefix + cmp.Or(strings.TrimSpace(m.Get("MSH", 3, 1)+" "+m.Get("MSH", 4, 1)), "?")
	records := make([]orders.Record, len(list))
	for i, o := range list {
		records[i] = orders.Record{Source: name, Kind: orders.HL7, ID: cmp.Or(o.PlacerOrderNumber, o.FillerOrderNumber, o.AccessionNumber), Order: o}
	}
	_, err = d.Store.TakeOrders(ctx, name, records, nil)
	d.noteOrders(name, func(a *OrderAnswer) {
		if a.Asked, a.Err = now, err; err == nil {
			a.Answered, a.Orders = now, a.Orders+len(records)
		}
		if sent := hl7.Moment(m.Get("MSH", 7, 1), now.Location()); !sent.IsZero() {
			a.Drift = sent.Sub(now)
		}
	})
	return err
}
