package main

import "context"

// soaks takes 50,000 instances (ERIS_SOAK) by C-STORE and fetches as many over
// DICOMweb: memory and descriptors of the last fifth against those of the second.
func (b *bench) soaks(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, way := range []struct{ benchmark, name string }{{"BenchmarkSoakReceive", "C-STORE"}, {"BenchmarkSoakFetch", "DICOMweb"}} {
		m, why, err := b.metrics(ctx, transferPackage, way.benchmark, "1x", "early-MB", "late-MB", "early-fd", "late-fd", "goroutines")
		if err != nil {
			return rows, err
		}
		what := "50,000 instances by " + way.name
		if why != "" {
			rows = append(rows, skipped(what, why))
			continue
		}
		rows = append(rows, noSlower(what+", memory at the end", m["late-MB"], "MB", "at the beginning:", m["early-MB"], 1.15),
			noSlower(what+", descriptors at the end", m["late-fd"], "", "at the beginning:", m["early-fd"], 1.25),
			none(what+", goroutines left", m["goroutines"], ""))
	}
	return rows, nil
}
