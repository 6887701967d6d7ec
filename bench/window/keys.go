package window

import (
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Key is a key by its X11 keysym (X.Org keysymdef.h); Latin letters are their
// own code.
type Key xproto.Keysym

// Keys that type nothing.
const (
	Return  Key = 0xff0d
	Escape  Key = 0xff1b
	Home    Key = 0xff50
	Up      Key = 0xff52
	Down    Key = 0xff54
	F1      Key = 0xffbe
	Control Key = 0xffe3
)

// Wheel towards the hand and away from it are buttons in X11.
const (
	left      = 1
	wheelUp   = 4
	wheelDown = 5
)

// keyboard is which keycode makes which keysym without a modifier.
func keyboard(c *xgb.Conn, setup *xproto.SetupInfo) (map[xproto.Keysym]xproto.Keycode, error) {
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	reply, err := xproto.GetKeyboardMapping(c, setup.MinKeycode, count).Reply()
	if err != nil {
		return nil, err
	}
	keys := map[xproto.Keysym]xproto.Keycode{}
	for i := range int(count) {
		sym := reply.Keysyms[i*int(reply.KeysymsPerKeycode)]
		if _, taken := keys[sym]; !taken {
			keys[sym] = setup.MinKeycode + xproto.Keycode(i)
		}
	}
	return keys, nil
}

// fake does what a device would have done. Checked, so that it has happened on return.
func (d *Display) fake(kind, detail byte, x, y int) error {
	return xtest.FakeInputChecked(d.conn, kind, detail, xproto.TimeCurrentTime, d.root, int16(x), int16(y), 0).Check()
}

// Press presses a key and lets it go, with others held.
func (d *Display) Press(key Key, held ...Key) error {
	all := append(held, key)
	for i := range all {
		if err := d.key(xproto.KeyPress, all[i]); err != nil {
			return err
		}
	}
	for i := range all {
		if err := d.key(xproto.KeyRelease, all[len(all)-1-i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Display) key(kind byte, key Key) error {
	code, ok := d.keys[xproto.Keysym(key)]
	if !ok {
		return fmt.Errorf("no key %#x on this keyboard", int(key))
	}
	return d.fake(kind, byte(code), 0, 0)
}

// Type types Latin letters and digits.
func (d *Display) Type(text string) error {
	for _, r := range text {
		if err := d.Press(Key(r)); err != nil {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// Move brings the pointer to a place on the screen.
func (d *Display) Move(x, y int) error { return d.fake(xproto.MotionNotify, 0, x, y) }

// Hold presses the left button, Let lets it go.
func (d *Display) Hold() error { return d.fake(xproto.ButtonPress, left, 0, 0) }

// Let lets the left button go.
func (d *Display) Let() error { return d.fake(xproto.ButtonRelease, left, 0, 0) }

// Notch turns the wheel by one, towards the hand or away from it.
func (d *Display) Notch(towards bool) error {
	button := map[bool]byte{true: wheelDown, false: wheelUp}[towards]
	if err := d.fake(xproto.ButtonPress, button, 0, 0); err != nil {
		return err
	}
	return d.fake(xproto.ButtonRelease, button, 0, 0)
}
