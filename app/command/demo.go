package command

import (
	"eris/app/demo"
	"eris/clinic"
)

type demoCmd struct {
	Check bool `help:"Do the main job without a window: the check of the demo's first order."`
}

// Run opens the demo, or prints its first check.
func (c *demoCmd) Run(s *session) error {
	dir := s.demoDir()
	if !c.Check {
		return s.desktop.Demo(s, dir, s.Language)
	}
	room, err := demo.Open(s, demo.Params{Dir: dir, Size: demo.Full, OpenCache: OpenCache})
	if err != nil {
		return err
	}
	defer room.Close()
	var first clinic.Order
	orders, err := room.Desk.Store.Orders(s)
	if err != nil {
		return err
	}
	if len(orders) > 0 {
		first = orders[0]
	}
	room.Desk.Ask(s, first.Patient)
	card, err := room.Desk.Card(s, first)
	if err != nil {
		return err
	}
	if err := room.Desk.FetchBest(s, card); err != nil {
		return err
	}
	if err := room.Desk.Settled(s); err != nil {
		return err
	}
	return printCard(s, s, room.Desk, first)
}
