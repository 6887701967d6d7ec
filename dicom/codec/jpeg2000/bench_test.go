package jpeg2000_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// benchmarked are files of the corpus: lossless CT and CR, lossy CR.
var benchmarked = []struct{ name, file string }{
	{"ct", "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm"},
	{"cr", "RG3_J2KR.dcm"},
	{"dx", "966.dcm"},
	{"lossy", "RG3_J2KI.dcm"},
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range benchmarked {
		for _, path := range corpusFiles(b, "JPEG 2000") {
			if !strings.HasSuffix(path, c.file) {
				continue
			}
			stream := corpusFrames(b, path)[0]
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/workers%d", c.name, workers), func(b *testing.B) { benchmarkDecode(b, stream, workers) })
			}
		}
	}
}

func benchmarkDecode(b *testing.B, stream []byte, workers int) {
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		m, err := jpeg2000.Decode(context.Background(), stream, codec.Params{}, jpeg2000.Options{Workers: workers})
		if err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start))
		b.SetBytes(int64(m.Rows * m.Columns * m.Components * codec.SampleBytes(m.Bits)))
	}
	b.ReportMetric(best.Seconds()*1e3, "best-ms") // other work on the machine does not count
}
