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

// benchmarked are files of the corpus: lossless CT, CR and DX, lossy CR, and
// high throughput without and with loss.
var benchmarked = []struct{ name, file string }{
	{"ct", "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm"},
	{"cr", "RG3_J2KR.dcm"},
	{"dx", "966.dcm"},
	{"lossy", "RG3_J2KI.dcm"},
	{"ht", "HTJ2KLossless_08_RGB.dcm"},
	{"htlossy", "HTJ2K_08_RGB.dcm"},
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range benchmarked {
		for _, path := range corpusFiles(b, "JPEG 2000", "1.2.840.10008.1.2.4.20") {
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
	benchmark(b, func() *codec.Image {
		m, err := jpeg2000.Decode(context.Background(), stream, codec.Params{}, jpeg2000.Options{Workers: workers})
		if err != nil {
			b.Fatal(err)
		}
		return m
	})
}

func BenchmarkEncode(b *testing.B) {
	m := synthetic(512, 512, 1, 16, true)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers%d", workers), func(b *testing.B) {
			benchmark(b, func() *codec.Image {
				encode(b, m, jpeg2000.EncodeOptions{Workers: workers})
				return m
			})
		})
	}
}

// benchmark reports the best time too, as other work on the machine only adds.
func benchmark(b *testing.B, do func() *codec.Image) {
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		m := do()
		best = min(best, time.Since(start))
		b.SetBytes(int64(m.Rows * m.Columns * m.Components * codec.SampleBytes(m.Bits)))
	}
	b.ReportMetric(best.Seconds()*1e3, "best-ms")
}
