package main

import (
	"bytes"
	"context"
	"strings"
)

// metrics runs a benchmark of a package and answers its metrics by unit, or why it
// was skipped.
func (b *bench) metrics(ctx context.Context, pkg, name, times string, units ...string) (values map[string]float64, why string, err error) {
	out, err := b.goBenchmark(ctx, pkg, name, times, "ERIS_PROGRAM="+b.eris)
	if err != nil {
		return nil, "", err
	}
	if said, _, skips := strings.Cut(string(out), "\n--- SKIP: "+name); skips {
		return nil, strings.TrimSpace(said[strings.LastIndex(said, "\n")+1:]), nil
	}
	values = map[string]float64{}
	for _, unit := range units {
		if values[unit], err = benchmarkMetric(bytes.NewReader(out), name, unit); err != nil {
			return nil, "", err
		}
	}
	return values, "", nil
}
