package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is one run of the command.
type bench struct {
	eris   string // the program
	corpus string // folder of mixed real files
	module string // root of the source, for Go benchmarks
	runs   int
	dir    string // everything made lies below it

	cityDir string
}

// section is a part of the table.
type section struct {
	name    string
	measure func(*bench, context.Context) ([]Row, error)
}

var sections = []section{
	{"import", (*bench).imports},
	{"fetch", (*bench).fetches},
	{"web", (*bench).webs},
	{"room", (*bench).rooms},
	{"codec", (*bench).codecs},
	{"big", (*bench).bigs},
	{"search", (*bench).searches},
	{"index", (*bench).indexes},
	{"window", (*bench).windows},
	{"start", (*bench).starts},
	{"memory", (*bench).memories},
	{"thin", (*bench).thins},
	{"chaos", (*bench).chaoses},
	{"soak", (*bench).soaks},
}

func main() {
	var b bench
	flag.StringVar(&b.eris, "eris", "build/eris", "the program to measure")
	flag.StringVar(&b.corpus, "corpus", "../shared/corpus", "folder of mixed real files")
	flag.StringVar(&b.module, "module", ".", "root of the source")
	flag.IntVar(&b.runs, "runs", 5, "runs; the table shows their median")
	only := flag.String("only", "", "sections, separated by commas: import fetch web room codec big search index window start memory thin chaos soak")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errSlow ends the command when a row is not good enough.
var errSlow = errors.New("not good enough")

func (b *bench) run(ctx context.Context, only string) (err error) {
	if b.eris, err = filepath.Abs(b.eris); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "eris-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	warnOfLoad(os.Stderr)
	for name := range strings.SplitSeq(only, ",") {
		if only != "" && !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return fmt.Errorf("there is no section %q", name)
		}
	}
	var rows []Row
	for _, s := range sections {
		if only != "" && !strings.Contains(","+only+",", ","+s.name+",") {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring:", s.name)
		part, err := s.measure(b, ctx)
		if err != nil {
			part = append(part, skipped(s.name, "failed: "+err.Error()))
		}
		rows = append(rows, part...)
	}
	bad, err := printTable(os.Stdout, rows)
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d rows: %w", bad, errSlow)
	}
	return err
}

// warnOfLoad says when others use the processors: a picture that waits for one
// comes late however quickly it is drawn.
func warnOfLoad(w io.Writer) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return
	}
	var load float64
	if _, err := fmt.Sscan(string(text), &load); err == nil && load > 0.5 {
		fmt.Fprintf(w, "bench: this machine is busy (load %.1f on %d processors); times will be too long\n", load, runtime.NumCPU())
	}
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// middle is the median in milliseconds.
func middle(times []time.Duration) float64 {
	var values []float64
	for _, t := range times {
		values = append(values, millis(t))
	}
	return median(values)
}
