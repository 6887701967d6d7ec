package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"eris/bench/window"
)

// memories measures what the real window keeps in memory after scrolling
// through a whole CT.
func (b *bench) memories(ctx context.Context) (rows []Row, err error) {
	for _, c := range []struct {
		slices int
		limit  float64
	}{{140, 300}, {300, 450}} {
		cache, _, err := b.shelf(ctx, c.slices)
		if err != nil {
			return rows, err
		}
		var values []float64
		for range b.runs {
			one, err := b.memoryOnce(ctx, cache, c.slices)
			if err != nil {
				return rows, err
			}
			values = append(values, one)
		}
		rows = append(rows, limited(fmt.Sprintf("memory of the window with a CT of %d slices", c.slices), values, "MB", AtMost, c.limit))
	}
	return rows, nil
}

func (b *bench) memoryOnce(ctx context.Context, cache string, slices int) (megabytes float64, err error) {
	_, err = b.onScreen(ctx, cache, func(ctx context.Context, d *window.Display, p *window.Program) error {
		if err := d.Press(window.Home); err != nil {
			return err
		}
		for range slices {
			if err := d.Notch(true); err != nil {
				return err
			}
			time.Sleep(time.Second / 60)
		}
		if _, _, err := d.Settled(ctx, patch, still); err != nil {
			return err
		}
		megabytes, err = resident(p.PID())
		return err
	})
	return megabytes, err
}

// resident is the memory of a process that lies in RAM, in MB (proc(5), VmRSS).
func resident(pid int) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return readResident(f)
}

func readResident(r io.Reader) (float64, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var kilobytes float64
		if n, _ := fmt.Sscanf(lines.Text(), "VmRSS: %f kB", &kilobytes); n == 1 {
			return kilobytes / 1024, nil
		}
	}
	return 0, errors.Join(errors.New("no VmRSS in the status of the process"), lines.Err())
}
