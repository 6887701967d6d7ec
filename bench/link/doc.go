// Package link emulates a thin link between this machine and a network namespace
// beside it: IP packets pass through this process, which delays them, sends them at
// a rate, and loses some. Both ends are real TCP stacks of the kernel. It needs
// Linux, root, /dev/net/tun and the command ip; tc is not needed.
package link

import (
	"errors"
	"time"
)

// ErrUnavailable says that no link can be made on this machine, and why.
var ErrUnavailable = errors.New("no link can be emulated here")

// Shape is what a link is like, in each direction. The zero Shape holds nothing back.
type Shape struct {
	Rate  int64         // bits a second; 0 is no limit
	Delay time.Duration // of a packet on its way: half of a round trip
	Loss  float64       // share of packets that are lost, 0 to 1
	Queue int           // bytes that wait to be sent before more are dropped; 0 is 96 KiB
}

const defaultQueue = 96 << 10
