package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Link is a way to a network namespace of its own.
type Link struct {
	space   string
	far     string
	devices [2]*os.File
	lines   [2]*line
	work    sync.WaitGroup
}

// made counts the links of this process: their names differ.
var made atomic.Int32

// Up makes a link that holds nothing back yet. seed chooses which packets will be
// lost. Close takes it down. Errors: ErrUnavailable.
func Up(ctx context.Context, seed uint64) (_ *Link, err error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: only root may", ErrUnavailable)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, fmt.Errorf("%w: the command ip (iproute2) is not installed", ErrUnavailable)
	}
	// Addresses for benchmarks (RFC 2544, 198.18.0.0/15): a net of two for each process.
	id := (os.Getpid() + int(made.Add(1))*97) % (1 << 14)
	net := func(host int) string { return fmt.Sprintf("198.18.%d.%d", id>>6, id&63<<2|host) }
	l := &Link{space: fmt.Sprint("eris", id), far: net(2)}
	names := [2]string{fmt.Sprint("erisn", id), fmt.Sprint("erisf", id)}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	for i, name := range names {
		if l.devices[i], err = device(name); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	for _, args := range []string{
		"netns add " + l.space,
		"link set " + names[1] + " netns " + l.space,
		"addr add " + net(1) + "/30 dev " + names[0],
		"link set " + names[0] + " mtu 1500 up",
		"-n " + l.space + " addr add " + net(2) + "/30 dev " + names[1],
		"-n " + l.space + " link set " + names[1] + " mtu 1500 up",
		"-n " + l.space + " link set lo up",
	} {
		if out, err := exec.CommandContext(ctx, "ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: ip %s: %w: %s", ErrUnavailable, args, err, out)
		}
	}
	for i := range l.lines {
		l.lines[i] = newLine(l.devices[i], l.devices[1-i], seed, uint64(i))
		l.work.Go(l.lines[i].take)
		l.work.Go(l.lines[i].give)
	}
	return l, nil
}

// device opens a new TUN device: whole IP packets, nothing before them.
func device(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("network device %s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil // after the ioctl: only then can it be polled
}

// Far is the IP address of the other end.
func (l *Link) Far() string { return l.far }

// Command is a program that will run at the other end.
func (l *Link) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", l.space, name}, args...)...)
}

// Set gives the link another shape. What is under way stays so.
func (l *Link) Set(s Shape) {
	for _, line := range l.lines {
		line.set(s)
	}
}

// Cut loses every packet until Restore.
func (l *Link) Cut() {
	for _, line := range l.lines {
		line.setCut(true)
	}
}

// Restore mends the link.
func (l *Link) Restore() {
	for _, line := range l.lines {
		line.setCut(false)
	}
}

// Close takes the link down. Programs at the other end must have ended.
func (l *Link) Close() error {
	var errs []error
	for _, d := range l.devices {
		if d != nil {
			errs = append(errs, d.Close()) // the device goes with it
		}
	}
	l.work.Wait()
	if out, err := exec.Command("ip", "netns", "del", l.space).CombinedOutput(); err != nil {
		errs = append(errs, fmt.Errorf("ip netns del %s: %w: %s", l.space, err, out))
	}
	return errors.Join(errs...)
}
