package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// fetchBenchmark fetches 300 slices from an archive of its own into a cache.
const (
	fetchPackage   = "sync/transfer"
	fetchBenchmark = "BenchmarkFetch300"
	fetchBytes     = 300 * 530_000
)

// fetches measures fetching from an Orthanc against the bare disk, and against
// a download from the same Orthanc to nowhere, which the benchmark does too.
func (b *bench) fetches(ctx context.Context) ([]Row, error) {
	if _, err := os.Stat(filepath.Join(b.module, fetchPackage)); errors.Is(err, fs.ErrNotExist) {
		return []Row{skipped("fetch 300 slices", "no "+fetchPackage+" here")}, nil
	}
	var fetched, plain, files, disk, blocks []float64
	for range b.runs {
		rate, download, written, err := b.fetchOnce(ctx)
		if err != nil {
			return nil, err
		}
		files = append(files, written)
		dd, err := b.ddOnce(ctx)
		if err != nil {
			return nil, err
		}
		large, err := b.ddOnce(ctx, "bs=1M")
		if err != nil {
			return nil, err
		}
		fetched, plain, disk, blocks = append(fetched, rate), append(plain, download), append(disk, dd), append(blocks, large)
	}
	const what = "fetch 300 slices into the cache"
	return []Row{
		againstPeer(what, fetched, "MB/s", "300 files, each synced:", files, 0.8),
		againstPeer(what, fetched, "MB/s", "dd conv=fsync, one file:", disk, 0.8),
		againstPeer(what, fetched, "MB/s", "the same with bs=1M, for comparison:", blocks, 0),
		againstPeer(what, fetched, "MB/s", "download to nowhere:", plain, 0.25),
	}, nil
}

// fetchOnce runs the benchmark of the package that fetches: the fetch, a
// download to nowhere, and the same bytes written as as many synced files; MB/s.
func (b *bench) fetchOnce(ctx context.Context) (fetched, plain, files float64, err error) {
	out, err := b.goBenchmark(ctx, fetchPackage, fetchBenchmark, "3x")
	if err != nil {
		return 0, 0, 0, err
	}
	for unit, rate := range map[string]*float64{"fetchMB/s": &fetched, "plainMB/s": &plain, "fsyncMB/s": &files} {
		if *rate, err = benchmarkMetric(bytes.NewReader(out), fetchBenchmark, unit); err != nil {
			return 0, 0, 0, err
		}
	}
	return fetched, plain, files, nil
}

// goBenchmark runs a benchmark of a package and answers what it printed; -v, so that
// one that is skipped says why.
func (b *bench) goBenchmark(ctx context.Context, pkg, name, times string, environment ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", "test", "-v", "-timeout", "1h", "-run", "^$", "-bench", "^("+name+")$", "-benchtime", times, "./"+pkg)
	c.Dir = b.module
	c.Env = append(append(os.Environ(), "TMPDIR="+b.dir), environment...) // the same disk as dd's
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, withStderr(err), out)
	}
	return out, nil
}

// benchmarkMetric finds a metric in what `go test -bench` printed.
func benchmarkMetric(r io.Reader, name, unit string) (float64, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] != name && !strings.HasPrefix(fields[0], name+"-") {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 { // value and unit in turns, after name and count
			if fields[i+1] == unit {
				return strconv.ParseFloat(fields[i], 64)
			}
		}
	}
	return 0, errors.Join(fmt.Errorf("%s printed no %s", name, unit), lines.Err())
}
