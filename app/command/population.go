package command

import (
	"fmt"
	"os"
	"sync"
	"time"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic"
)

type populationCmd struct {
	Status populationStatusCmd `cmd:"" default:"1" help:"How many patients are attached, what is known of them, and how old that is."`
	Import populationImportCmd `cmd:"" help:"Attach the patients of a list."`
	Sync   populationSyncCmd   `cmd:"" help:"Ask the archives what is new of the attached patients; metadata only."`
}

type populationImportCmd struct {
	File    string `arg:"" type:"existingfile" help:"A patient a line: PatientID; issuer; name; birth date; sex. Parted by ; or , in UTF-8 or CP1251."`
	Source  string `default:"clinic" placeholder:"NAME" help:"How the list is called here."`
	Replace bool   `help:"Who came by this list before and is not in the file leaves."`
}

type badLine struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Run attaches the patients of a file and names each line that says none.
func (c *populationImportCmd) Run(s *session) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	patients, bad, err := clinic.ReadPatients(f)
	if err != nil {
		return err
	}
	if len(patients) == 0 {
		return failure(s.L("%s says no patient: a line needs ID; issuer; name; birth date; sex.", c.File))
	}
	cache, err := s.cache()
	if err != nil {
		return err
	}
	defer cache.Close()
	added, removed, err := cache.SavePopulation(s, c.Source, patients, c.Replace)
	if err != nil {
		return err
	}
	lines := []badLine{}
	for _, b := range bad {
		lines = append(lines, badLine{b.Line, phrase.Sentence(s.Words, b.Err)})
	}
	result := map[string]any{"patients": len(patients), "added": added, "removed": removed, "bad": lines}
	return s.print(result, func() {
		s.say("Patients in the list: %d. New: %d. Left: %d. Lines passed over: %d.", len(patients), added, removed, len(lines))
		for _, l := range lines {
			s.say("  line %d: %s", l.Line, l.Reason)
		}
	})
}

type populationSyncCmd struct {
	Archive string  `placeholder:"NAME" help:"Only from this archive."`
	Rate    float64 `placeholder:"N" help:"Questions a second to each archive at most; 10 when not given."`
}

type indexResult struct {
	Archive  string `json:"archive"`
	Patients int    `json:"patients"`
	Days     int    `json:"days"`
	Changed  int    `json:"changed"`
	Gone     int    `json:"gone"`
	Error    string `json:"error,omitempty"`
}

// Run brings the index of the attached population up to date.
func (c *populationSyncCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if len(d.ArchiveNames()) == 0 {
		return failure(s.L("No archive is set up. Try: eris archive add NAME URL"))
	}
	archives, err := d.SyncIndex(s, desk.IndexOptions{Archive: c.Archive, Rate: c.Rate, Progress: s.indexProgress()})
	if err != nil {
		return err
	}
	if len(archives) == 0 {
		return failure(s.L("No patient is attached. Try: eris population import FILE.csv"))
	}
	results := []indexResult{}
	for _, a := range archives {
		r := indexResult{Archive: a.Archive, Patients: a.Patients, Days: a.Days, Changed: a.Changed, Gone: a.Gone}
		if a.Err != nil {
			r.Error = phrase.Sentence(s.Words, a.Err)
			err = fmt.Errorf("archive %s: %w", a.Archive, a.Err)
		}
		results = append(results, r)
	}
	printed := s.print(results, func() {
		for _, r := range results {
			s.say("%s: asked for %d patients and %d days. Studies new or changed: %d, gone: %d.", r.Archive, r.Patients, r.Days, r.Changed, r.Gone)
		}
	})
	if printed != nil {
		return printed
	}
	return err
}

// indexProgress tells a person how far a long sync is, now and then.
func (s *session) indexProgress() func(desk.IndexedArchive) {
	const often = 10 * time.Second
	var mu sync.Mutex
	told := time.Now()
	return func(a desk.IndexedArchive) {
		mu.Lock()
		defer mu.Unlock()
		if s.json || time.Since(told) < often {
			return
		}
		told = time.Now()
		s.say("%s: asked for %d patients and %d days. Studies new or changed: %d, gone: %d.", a.Archive, a.Patients, a.Days, a.Changed, a.Gone)
	}
}

type populationStatusCmd struct{}

type populationResult struct {
	Patients  int              `json:"patients"`
	Studies   int              `json:"studies"`
	Megabytes float64          `json:"megabytes"`
	Archives  []indexAgeResult `json:"archives"`
}

type indexAgeResult struct {
	Archive string `json:"archive"`
	Updated string `json:"updated,omitempty"`
	Left    int    `json:"left"` // patients it is yet to be asked for
}

// Run says how large and how old the index of the population is.
func (c *populationStatusCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	state, err := d.Population(s)
	if err != nil {
		return err
	}
	result := populationResult{Patients: state.Patients, Studies: state.Studies, Megabytes: float64(state.Bytes) / 1e6, Archives: []indexAgeResult{}}
	for _, a := range state.Archives {
		r := indexAgeResult{Archive: a.Name, Left: a.Left}
		if !a.Through.IsZero() {
			r.Updated = a.Through.Format(time.RFC3339)
		}
		result.Archives = append(result.Archives, r)
	}
	return s.print(result, func() {
		s.say("Attached patients: %d. Their studies known: %d. The whole index: %s.", result.Patients, result.Studies, s.Bytes(state.Bytes))
		for _, a := range state.Archives {
			if a.Through.IsZero() {
				s.say("%s was never asked. Try: eris population sync", a.Name)
				continue
			}
			s.say("%s: updated %s (%s). Patients yet to be asked for: %d.", a.Name, a.Through.Format("2006-01-02 15:04"), s.Since(d.Now().Sub(a.Through)), a.Left)
		}
	})
}
