package window

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Display is a screen without a monitor.
type Display struct {
	Name string // as $DISPLAY has it
	Size image.Point

	server  *exec.Cmd
	folder  string // for what the server leaves
	conn    *xgb.Conn
	root    xproto.Window
	keys    map[xproto.Keysym]xproto.Keycode
	closing sync.Once
}

// quit is how long a process may take to end by itself before it is killed.
const quit = 5 * time.Second

// Open starts a display of 24 bits on a number that is free. It ends with
// Close. Errors: Xvfb is not installed, or did not start.
func Open(size image.Point) (*Display, error) {
	d := &Display{Size: size}
	if err := d.serve(); err != nil {
		return nil, fmt.Errorf("display: %w", err)
	}
	if err := d.connect(); err != nil {
		d.Close()
		return nil, fmt.Errorf("display %s: %w", d.Name, err)
	}
	return d, nil
}

// serve starts the server and learns the number it found.
func (d *Display) serve() error {
	number, tell, err := os.Pipe()
	if err != nil {
		return err
	}
	defer number.Close()
	if d.folder, err = os.MkdirTemp("", "display"); err != nil {
		tell.Close()
		return err
	}
	// -displayfd makes the server choose a free number and say which.
	d.server = exec.Command("Xvfb", "-displayfd", "3", "-screen", "0",
		fmt.Sprintf("%dx%dx24", d.Size.X, d.Size.Y), "-nolisten", "tcp", "-noreset", "-fbdir", d.folder)
	d.server.ExtraFiles = []*os.File{tell}
	err = d.server.Start()
	tell.Close()
	if err != nil {
		os.RemoveAll(d.folder)
		return err
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		d.Close()
		return fmt.Errorf("Xvfb ended at once: %w", err)
	}
	d.Name = ":" + strings.TrimSpace(line)
	return nil
}

func (d *Display) connect() (err error) {
	// The library would complain that a new display has no authority file.
	xgb.Logger.SetOutput(io.Discard)
	if d.conn, err = xgb.NewConnDisplay(d.Name); err != nil {
		return err
	}
	if err := xtest.Init(d.conn); err != nil {
		return err
	}
	setup := xproto.Setup(d.conn)
	d.root = setup.DefaultScreen(d.conn).Root
	d.keys, err = keyboard(d.conn, setup)
	return err
}

// Close ends the display and everything shown on it.
func (d *Display) Close() {
	d.closing.Do(func() {
		if d.conn != nil {
			d.conn.Close()
		}
		d.server.Process.Signal(syscall.SIGTERM)
		d.server.Wait()
		os.RemoveAll(d.folder)
	})
}

// environment is what a program needs to open its window here: drawn in
// software, and with home folders of its own, so that nobody's settings count.
func (d *Display) environment(home string) ([]string, error) {
	env := append(os.Environ(), "DISPLAY="+d.Name, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "HOME="+home)
	for _, kind := range []string{"CONFIG", "DATA", "CACHE", "STATE"} {
		folder := filepath.Join(home, strings.ToLower(kind))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
		env = append(env, "XDG_"+kind+"_HOME="+folder)
	}
	return env, nil
}
