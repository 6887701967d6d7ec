package main

import (
	"strings"
	"testing"
)

const printed = `goos: linux
BenchmarkFetch3000-2   	       3	 100000 ns/op	 7.00 MB/s
BenchmarkFetch300-2   	       3	 812345678 ns/op	 195.72 MB/s	 369.3 files/s	 12 B/op
PASS
`

func TestBenchmarkMetric(t *testing.T) {
	for unit, want := range map[string]float64{"MB/s": 195.72, "files/s": 369.3, "B/op": 12} {
		if got, err := benchmarkMetric(strings.NewReader(printed), "BenchmarkFetch300", unit); err != nil || got != want {
			t.Errorf("%s: %g, %v", unit, got, err)
		}
	}
	if _, err := benchmarkMetric(strings.NewReader(printed), "BenchmarkFetch300", "furlongs"); err == nil {
		t.Error("a unit that was not printed was found")
	}
	if _, err := benchmarkMetric(strings.NewReader(""), "BenchmarkFetch300", "MB/s"); err == nil {
		t.Error("nothing printed is no error")
	}
}
