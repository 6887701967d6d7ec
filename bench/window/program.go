package window

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Program is a program that runs with a window on a Display.
type Program struct {
	Started time.Time // just before the process began

	display *Display
	command *exec.Cmd
	said    bytes.Buffer // what it wrote; read only after it ended
	ended   chan struct{}
	err     error // how it ended
	window  xproto.Window
}

// Start runs a program on the display and waits for its window, which then
// covers the whole screen and has the keys. It ends with Close, Kill, or ctx.
func (d *Display) Start(ctx context.Context, home, name string, args ...string) (*Program, error) {
	p := &Program{display: d, command: exec.CommandContext(ctx, name, args...), ended: make(chan struct{})}
	var err error
	if p.command.Env, err = d.environment(home); err != nil {
		return nil, err
	}
	p.command.Stdout, p.command.Stderr = &p.said, &p.said
	gently(p.command)
	p.Started = time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.command.Wait()
		close(p.ended)
	}()
	if err := p.open(ctx); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// gently ends a command by SIGTERM first, so that it can clean up after itself.
func gently(c *exec.Cmd) {
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = quit
}

// PID is the number of the process.
func (p *Program) PID() int { return p.command.Process.Pid }

// open waits for the window and gives it screen and keys: without a window
// manager nobody else would.
func (p *Program) open(ctx context.Context) error {
	for {
		found, err := p.find()
		if err != nil {
			return err
		}
		if found {
			break
		}
		select {
		case <-time.After(glance):
		case <-p.ended:
			return fmt.Errorf("the program ended before it showed a window: %w", p.outcome())
		case <-ctx.Done():
			return fmt.Errorf("the program showed no window: %w", context.Cause(ctx))
		}
	}
	d := p.display
	const shape = xproto.ConfigWindowX | xproto.ConfigWindowY | xproto.ConfigWindowWidth | xproto.ConfigWindowHeight
	err := xproto.ConfigureWindowChecked(d.conn, p.window, shape, []uint32{0, 0, uint32(d.Size.X), uint32(d.Size.Y)}).Check()
	if err != nil {
		return fmt.Errorf("window: %w", err)
	}
	if err := xproto.SetInputFocusChecked(d.conn, xproto.InputFocusParent, p.window, xproto.TimeCurrentTime).Check(); err != nil {
		return fmt.Errorf("window: %w", err)
	}
	return d.Move(d.Size.X/2, d.Size.Y-2)
}

// find looks for a window that can be seen and is no sliver.
func (p *Program) find() (bool, error) {
	tree, err := xproto.QueryTree(p.display.conn, p.display.root).Reply()
	if err != nil {
		return false, fmt.Errorf("windows: %w", err)
	}
	for _, w := range tree.Children {
		attributes, err := xproto.GetWindowAttributes(p.display.conn, w).Reply()
		if err != nil || attributes.MapState != xproto.MapStateViewable {
			continue // it may have gone meanwhile
		}
		shape, err := xproto.GetGeometry(p.display.conn, xproto.Drawable(w)).Reply()
		if err == nil && shape.Width > 100 && shape.Height > 100 {
			p.window = w
			return true, nil
		}
	}
	return false, nil
}

// Close asks the window to close, as its cross would, and waits for the
// program to end. The error is its exit code and the last it said.
func (p *Program) Close(ctx context.Context) error {
	conn := p.display.conn
	protocols, err := xproto.InternAtom(conn, false, uint16(len("WM_PROTOCOLS")), "WM_PROTOCOLS").Reply()
	if err != nil {
		return err
	}
	remove, err := xproto.InternAtom(conn, false, uint16(len("WM_DELETE_WINDOW")), "WM_DELETE_WINDOW").Reply()
	if err != nil {
		return err
	}
	// ICCCM 4.2.8.1: the window's client decides what closing means.
	message := xproto.ClientMessageEvent{Format: 32, Window: p.window, Type: protocols.Atom,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(remove.Atom), xproto.TimeCurrentTime, 0, 0, 0})}
	if err := xproto.SendEventChecked(conn, false, p.window, xproto.EventMaskNoEvent, string(message.Bytes())).Check(); err != nil {
		return fmt.Errorf("closing the window: %w", err)
	}
	select {
	case <-p.ended:
		return p.outcome()
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("the program did not end after its window was closed: %w", context.Cause(ctx))
	}
}

// Kill ends the program at once.
func (p *Program) Kill() {
	p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(quit):
		p.command.Process.Kill()
		<-p.ended
	}
}

// Ended says whether the program runs no more, and how it ended.
func (p *Program) Ended() (bool, error) {
	select {
	case <-p.ended:
		return true, p.outcome()
	default:
		return false, nil
	}
}

func (p *Program) outcome() error {
	if p.err == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(p.err, &exit) {
		return p.err
	}
	lines := strings.Split(strings.TrimSpace(p.said.String()), "\n")
	return fmt.Errorf("%w: %s", p.err, strings.Join(lines[max(0, len(lines)-3):], " / "))
}

// Screen is the whole of the display.
func (d *Display) Screen() image.Rectangle { return image.Rectangle{Max: d.Size} }
