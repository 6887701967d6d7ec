// Package command is the program without a window: for scripts of clinics,
// for tests and for machines without a display. Every command prints for a
// person, or JSON with --json; an error is one plain sentence on standard
// error and a non-zero exit code.
package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"eris/app/phrase"
	"eris/app/words"
	"eris/assets"
	"eris/store"
)

// Desktop opens windows; main hands it in, so that this package needs no
// graphics.
type Desktop interface {
	// Open shows the workstation on the cache in dir, at an address when it is not
	// empty, and returns when it is closed.
	Open(ctx context.Context, dir, language, address string) error
	// Demo does the same on synthetic patients.
	Demo(ctx context.Context, dir, language string) error
	// Tour draws every page into PNG files of folder out and returns their paths.
	Tour(ctx context.Context, out, language string) ([]string, error)
}

// line is the command line.
type line struct {
	Data string `help:"Folder of the cache." placeholder:"DIR" type:"path"`
	JSON bool   `help:"Print JSON." name:"json"`
	Lang string `help:"Language of what is printed and shown: ru or en." default:"${language}" enum:"ru,en"`

	Start      startCmd      `cmd:"" default:"1" hidden:""`
	Open       openCmd       `cmd:"" help:"Open the workstation, or show an address in the one that is open."`
	Demo       demoCmd       `cmd:"" help:"Open the workstation on synthetic patients and an embedded archive."`
	Tour       tourCmd       `cmd:"" help:"Draw every page into PNG files, without a display."`
	Import     importCmd     `cmd:"" help:"Take files, folders, DICOMDIRs and ZIP archives into the cache."`
	Studies    studiesCmd    `cmd:"" help:"List the studies of the cache."`
	Check      checkCmd      `cmd:"" help:"The check before a new scan: the verdict over a patient's earlier exams."`
	Dose       doseCmd       `cmd:"" help:"A patient's dose sheet: by exam, by year, in twelve months."`
	Stats      statsCmd      `cmd:"" help:"What the check has changed: shown, opened, decided, avoided."`
	Sync       syncCmd       `cmd:"" help:"Fetch earlier exams from the archives."`
	Render     renderCmd     `cmd:"" help:"Draw one frame into a PNG file."`
	Decode     decodeCmd     `cmd:"" help:"Write the stored values of one frame as they are."`
	Archive    archiveCmd    `cmd:"" help:"Add, list and test archives."`
	Source     sourceCmd     `cmd:"" help:"Where orders come from: worklists, workitems, the record's server."`
	Orders     ordersCmd     `cmd:"" help:"Ask for the orders of a day and list them with their verdicts."`
	Rules      rulesCmd      `cmd:"" help:"The repeat windows: list them, change them for this site, see what that would have said."`
	Identity   identityCmd   `cmd:"" help:"Who a patient is in other clinics: links, candidates, the patient index."`
	Population populationCmd `cmd:"" help:"The clinic's own patients: attach them, and know their earlier exams before anyone asks."`
	Station    stationCmd    `cmd:"" help:"What others may ask of this workstation: receiving images, sharing the cache."`
	Serve      serveCmd      `cmd:"" help:"Work without a window: receive, share, fetch and send until interrupted."`
	Rebuild    rebuildCmd    `cmd:"" help:"Make the index anew from the files."`
	Verify     verifyCmd     `cmd:"" help:"Compare files, hashes and counts with the index."`
}

// session is what a command runs with.
type session struct {
	context.Context
	*words.Words
	out     io.Writer
	json    bool
	dir     string
	given   bool // dir was named on the command line
	desktop Desktop
}

// demoDir is where the demo lies: never in the cache of real patients unless
// that folder was named.
func (s *session) demoDir() string {
	if s.given {
		return s.dir
	}
	return s.dir + "-demo"
}

// Main runs the command line and returns the exit code: 0 done, 1 not done,
// 2 not understood.
func Main(ctx context.Context, args []string, out, errOut io.Writer, desktop Desktop) int {
	var cli line
	parser, err := kong.New(&cli, kong.Name("eris"), kong.Writers(out, errOut),
		kong.Description("ERIS Workstation: the desktop of a city's radiological archive."),
		kong.Vars{"language": words.Guess(os.Getenv("LANG"))}, kong.Exit(func(int) {}), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if helpAsked(args) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(errOut, "eris: %v. Try: eris --help\n", err)
		return 2
	}
	w, err := words.Load(assets.Words(), cli.Lang)
	if err != nil {
		fmt.Fprintln(errOut, "eris:", err)
		return 2
	}
	s := &session{Context: ctx, Words: w, out: out, json: cli.JSON, dir: cli.Data, desktop: desktop}
	s.given = s.dir != ""
	if !s.given {
		s.dir = DefaultDir()
	}
	if err := parsed.Run(s); err != nil {
		report(errOut, w, err)
		return 1
	}
	return 0
}

func helpAsked(args []string) bool {
	for _, a := range args {
		if a == "--help" || a == "-h" {
			return true
		}
	}
	return false
}

// failure is an error whose sentence is written already.
type failure string

func (f failure) Error() string { return string(f) }

func report(out io.Writer, w *words.Words, err error) {
	var said failure
	if errors.As(err, &said) {
		fmt.Fprintln(out, "eris:", said)
		return
	}
	sentence := phrase.Sentence(w, err)
	if strings.Contains(sentence, err.Error()) { // nothing plainer is known; once is enough
		fmt.Fprintln(out, "eris:", sentence)
		return
	}
	fmt.Fprintf(out, "eris: %s (%v)\n", sentence, err)
}

// cache opens the cache of the command.
func (s *session) cache() (*store.Store, error) { return OpenCache(s.Context, s.dir) }

// print writes value as JSON when asked to, else lets text write it for a person.
func (s *session) print(value any, text func()) error {
	if !s.json {
		text()
		return nil
	}
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// say prints one line in the user's language.
func (s *session) say(key string, args ...any) { fmt.Fprintln(s.out, s.L(key, args...)) }
