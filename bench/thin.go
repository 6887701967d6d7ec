package main

import (
	"context"
	"fmt"
)

const transferPackage = "sync/transfer"

// thins measures the transfers over a thin link that is emulated here: how soon the
// first picture of a prior is there against curl with the same object over the same
// link, and what comes of a cut of a minute.
func (b *bench) thins(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, way := range []struct {
		benchmark, name string
		cold            float64 // the ratio wanted with no connection open; 0 is none
	}{{"BenchmarkThinWeb", "DICOMweb", 1.2}, {"BenchmarkThinDIMSE", "DIMSE", 0}, {"BenchmarkThinDIMSENoDelay", "DIMSE, TCP_NODELAY", 1.2}} {
		m, why, err := b.metrics(ctx, transferPackage, way.benchmark, fmt.Sprint(b.runs, "x"), "first-s", "cold-s", "curl-s", "ideal-s")
		if err != nil {
			return rows, err
		}
		what := "first picture over 2 Mbit/s, 300 ms, 2 % loss, " + way.name
		if why != "" {
			rows = append(rows, skipped(what, why))
			continue
		}
		compared := noSlower(what+", nothing open", m["cold-s"], "s", "curl:", m["curl-s"], way.cold)
		if way.cold == 0 {
			compared.Against, compared.Sense = "for comparison, "+compared.Against, AtLeast
		}
		bare := noSlower(what, m["first-s"], "s", "for comparison, its bytes at the rate:", m["ideal-s"], 0)
		bare.Sense = AtLeast
		rows = append(rows, noSlower(what+", after a card's question", m["first-s"], "s", "curl:", m["curl-s"], 1.2), compared, bare)
	}
	for _, way := range [][2]string{{"BenchmarkCutWeb", "DICOMweb"}, {"BenchmarkCutDIMSE", "DIMSE"}} {
		name := way[1]
		m, why, err := b.metrics(ctx, transferPackage, way[0], "1x", "back-s", "again")
		if err != nil {
			return rows, err
		}
		if why != "" {
			rows = append(rows, skipped("a cut of a minute, "+name, why))
			continue
		}
		rows = append(rows, limited("after a cut of a minute something comes, "+name, []float64{m["back-s"]}, "s", AtMost, 60),
			none("asked for again after it though it was here, "+name, m["again"], "instances"))
	}
	return rows, nil
}
