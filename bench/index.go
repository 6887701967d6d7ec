package main

import "context"

// indexes measures the index of a clinic's 50,000 attached patients: its size, and
// the check from it while the archive is away. The archive that fills it is the
// limit of how fast it fills, so that has no row.
func (b *bench) indexes(ctx context.Context) ([]Row, error) {
	m, why, err := b.metrics(ctx, "app/desk", "BenchmarkIndex", "1x", "MB", "card-ms", "slowest-ms")
	if err != nil || why != "" {
		return []Row{skipped("index of 50,000 patients", why)}, err
	}
	return []Row{
		limited("index of 50,000 patients, six studies each", []float64{m["MB"]}, "MB", AtMost, 150),
		limited("verdict from it without a link, median", []float64{m["card-ms"]}, "ms", AtMost, 200),
		limited("verdict from it without a link, slowest of 500", []float64{m["slowest-ms"]}, "ms", AtMost, 200),
	}, nil
}
