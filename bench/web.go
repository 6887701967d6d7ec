package main

import (
	"bytes"
	"context"
)

const webPackage = "sync/dicomweb"

// webs measures a DICOMweb client without a cache behind it: a series from an
// Orthanc to nowhere against curl, and when the first of many studies is there.
func (b *bench) webs(ctx context.Context) ([]Row, error) {
	var ours, curl, first []float64
	for range b.runs {
		out, err := b.goBenchmark(ctx, webPackage, "BenchmarkRetrieve|BenchmarkFindStudies", "9x")
		if err != nil {
			return nil, err
		}
		for _, m := range []struct {
			benchmark, unit string
			values          *[]float64
		}{{"BenchmarkRetrieve", "medianMB/s", &ours}, {"BenchmarkRetrieve", "curlMB/s", &curl}, {"BenchmarkFindStudies", "firstrow-ms", &first}} {
			v, err := benchmarkMetric(bytes.NewReader(out), m.benchmark, m.unit)
			if err != nil {
				return nil, err
			}
			*m.values = append(*m.values, v)
		}
	}
	return []Row{
		againstPeer("WADO-RS, 300 slices to nowhere", ours, "MB/s", "curl to /dev/null:", curl, 0.9),
		limited("QIDO-RS, first of 10,000 studies after the first byte", first, "ms", AtMost, 100),
	}, nil
}
