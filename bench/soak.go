package main

import "context"

// soaks takes 50,000 instances (ERIS_SOAK) by C-STORE and fetches as many over
// DICOMweb: memory and descriptors of the last fifth against those after half, when
// the memory of the index has filled.
func (b *bench) soaks(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, way := range []struct{ benchmark, name string }{{"BenchmarkSoakReceive", "C-STORE"}, {"BenchmarkSoakFetch", "DICOMweb"}} {
		m, why, err := b.metrics(ctx, transferPackage, way.benchmark, "1x", "half-MB", "late-MB", "half-fd", "late-fd", "goroutines")
		if err != nil {
			return rows, err
		}
		what := "50,000 instances by " + way.name
		if why != "" {
			rows = append(rows, skipped(what, why))
			continue
		}
		rows = append(rows, noSlower(what+", memory at the end", m["late-MB"], "MB", "after half:", m["half-MB"], 1.15),
			noSlower(what+", descriptors at the end", m["late-fd"], "", "after half:", m["half-fd"], 1.25),
			none(what+", goroutines left", m["goroutines"], ""))
	}
	return rows, nil
}
