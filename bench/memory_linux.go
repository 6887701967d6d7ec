package main

import (
	"os"
	"syscall"
)

// peakMemory is the most resident memory of an ended process, in MB. Linux
// counts ru_maxrss in kilobytes (getrusage(2)).
func peakMemory(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(usage.Maxrss) / 1024
}
