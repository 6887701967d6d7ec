package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"eris/bench/orthanc"
)

// imported is what one `eris import` did.
type imported struct {
	Files  int `json:"files"`
	Stored int `json:"stored"`

	took time.Duration // of the whole process
	peak float64       // resident memory at most, MB
}

// importOnce runs the program on a folder, into a new cache.
func (b *bench) importOnce(ctx context.Context, folder string) (imported, error) {
	cache, err := b.folder("import")
	if err != nil {
		return imported{}, err
	}
	defer os.RemoveAll(cache)
	c := exec.CommandContext(ctx, b.eris, "--data", cache, "--json", "import", folder)
	start := time.Now()
	out, err := c.Output()
	result := imported{took: time.Since(start)}
	if err != nil {
		return result, fmt.Errorf("import of %s: %w", folder, withStderr(err))
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return result, fmt.Errorf("import of %s: %w", folder, err)
	}
	result.peak = peakMemory(c.ProcessState)
	return result, nil
}

// withStderr adds what the program said to its exit code.
func withStderr(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return err
}

// orthancOnce sends the files to a new archive and returns files per second.
func (b *bench) orthancOnce(ctx context.Context, files []string, connections int) (float64, error) {
	dir, err := b.folder("orthanc")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	a, err := orthanc.Start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer a.Close()
	_, took, err := a.Send(ctx, files, connections)
	return float64(len(files)) / took.Seconds(), err
}

// imports measures the import against Orthanc's, run by run in turns.
func (b *bench) imports(ctx context.Context) ([]Row, error) {
	if !orthanc.Installed() {
		return []Row{skipped("import", "Orthanc is not installed")}, nil
	}
	many, err := b.slices(1000)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(many)
	row, peaks, err := b.race(ctx, "import CT slices", many, 4, 1.5)
	if err != nil {
		return nil, err
	}
	flat, err := b.flatness(ctx, peaks)
	if err != nil {
		return nil, err
	}
	rows := append([]Row{row}, flat...)
	if _, err := os.Stat(b.corpus); err != nil {
		return append(rows, skipped("import of mixed files", "the corpus is not here")), nil
	}
	mixed, deadly, err := b.mixed(ctx)
	if err != nil {
		return rows, err
	}
	defer os.RemoveAll(mixed)
	row, _, err = b.race(ctx, fmt.Sprintf("import mixed files (without %d that kill Orthanc)", deadly), mixed, 1, 3)
	if err != nil {
		return rows, err
	}
	return append(rows, row), nil
}

// race imports a folder with both programs in turns.
func (b *bench) race(ctx context.Context, what, folder string, connections int, wanted float64) (row Row, peaks []float64, err error) {
	files, err := dicomFiles(folder)
	if err != nil {
		return row, nil, err
	}
	var ours, theirs []float64
	for range b.runs {
		one, err := b.importOnce(ctx, folder)
		if err != nil {
			return row, nil, err
		}
		rate, err := b.orthancOnce(ctx, files, connections)
		if err != nil {
			return row, nil, err
		}
		ours, theirs, peaks = append(ours, float64(len(files))/one.took.Seconds()), append(theirs, rate), append(peaks, one.peak)
	}
	peer := fmt.Sprintf("Orthanc, %d connections:", connections)
	return againstPeer(fmt.Sprintf("%s: %d", what, len(files)), ours, "files/s", peer, theirs, wanted), peaks, nil
}

// flatness compares the memory of importing 1,000 files with that of 250: what
// grows with the number of files would fill the machine one day.
func (b *bench) flatness(ctx context.Context, peaks []float64) ([]Row, error) {
	few, err := b.slices(250)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(few)
	var small []float64
	for range b.runs {
		one, err := b.importOnce(ctx, few)
		if err != nil {
			return nil, err
		}
		small = append(small, one.peak)
	}
	m, s := median(peaks), median(small)
	return []Row{{What: "peak memory of importing 1,000 files", Measured: m, Unit: "MB", Against: "of 250 files: " + number(s), Ratio: m / s, Sense: AtMost, Wanted: 1.25}}, nil
}

// dicomFiles lists the files of a folder, without tables and licences beside them.
func dicomFiles(folder string) (files []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "LICENSES":
			return filepath.SkipDir
		case entry.Type().IsRegular() && filepath.Ext(path) != ".md" && filepath.Ext(path) != ".tsv":
			files = append(files, path)
		}
		return nil
	})
	return files, err
}
