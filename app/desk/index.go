package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
)

// IndexOptions say how the index of the attached population is brought up to date.
type IndexOptions struct {
	Archive  string                 // only from this one; all when empty
	Rate     float64                // questions a second to each archive at most; 0 is 10
	Progress func(s IndexedArchive) // called after each question, from several goroutines; may be nil
}

// IndexedArchive is what became of the index of one archive.
type IndexedArchive struct {
	Archive  string
	Patients int // asked for one by one
	Days     int // whose studies were listed
	Changed  int // studies that are new here, or told anew
	Gone     int // studies that the archive does not have any more
	Err      error
}

// Numbers of the index.
const (
	indexRate    = 10                  // questions a second: a city archive has many clinics
	indexOverlap = 2 * 24 * time.Hour  // a study reaches the archive a while after its date
	askedAgain   = 30 * 24 * time.Hour // late arrivals and corrections of old studies
	daysAsPeople = 20                  // listing a day costs the archive about as much as so many patients
	indexBatch   = 200                 // patients of one page of the list
	writeAfter   = 500                 // studies of one transaction
	listTime     = 2 * time.Minute     // for all studies of a day
)

// SyncIndex asks the archives, side by side, for what is new of the attached
// population, and for those of its patients it was never asked for. Metadata
// only. What it has learnt stays when it is interrupted, and the next one goes
// on from there. Only one runs at a time.
func (d *Desk) SyncIndex(ctx context.Context, o IndexOptions) ([]IndexedArchive, error) {
	d.indexing.Lock()
	defer d.indexing.Unlock()
	people, err := d.people(ctx)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	if o.Archive != "" {
		if _, err := d.archive(o.Archive); err != nil {
			return nil, err
		}
	}
	if o.Rate == 0 {
		o.Rate = indexRate
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	var results []IndexedArchive
	for _, a := range d.Archives() {
		if o.Archive != "" && a.Name != o.Archive {
			continue
		}
		group.Go(func() {
			x := &indexer{desk: d, archive: a, people: people, limit: rate.NewLimiter(rate.Limit(o.Rate), 1), progress: o.Progress,
				result: IndexedArchive{Archive: a.Name}}
			if x.result.Err = a.bad; a.bad == nil {
				x.result.Err = x.run(ctx)
				if x.result.Err == nil || node.Kind(x.result.Err) != nil {
					d.noteAnswer(ctx, a.Name, x.result.Err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			results = append(results, x.result)
		})
	}
	group.Wait()
	slices.SortFunc(results, func(a, b IndexedArchive) int { return strings.Compare(a.Archive, b.Archive) })
	return results, nil
}

// people are the attached patients: the issuers of each PatientID.
type people map[string][]string

func (d *Desk) people(ctx context.Context) (people, error) {
	all := people{}
	var last clinic.Patient
	for {
		page, err := d.Store.Population(ctx, last, 5000)
		if err != nil || len(page) == 0 {
			return all, err
		}
		for _, p := range page {
			all[p.PatientID] = append(all[p.PatientID], p.IssuerOfPatientID)
		}
		last = page[len(page)-1]
	}
}

// has reports an attached patient. An issuer that one side does not tell
// contradicts nothing.
func (p people) has(who clinic.Patient) bool {
	return slices.ContainsFunc(p[who.PatientID], func(issuer string) bool {
		return issuer == "" || who.IssuerOfPatientID == "" || issuer == who.IssuerOfPatientID
	})
}

// indexer brings the index of one archive up to date.
type indexer struct {
	desk     *Desk
	archive  Archive
	people   people
	limit    *rate.Limiter
	progress func(IndexedArchive)
	result   IndexedArchive

	answered []string       // patients whose answers are not written yet
	studies  []clinic.Study // not written yet
}

func (x *indexer) run(ctx context.Context) error {
	start := x.desk.Now()
	indexes, err := x.desk.Store.Indexes(ctx)
	if err != nil {
		return err
	}
	index, known := indexes[x.archive.Name]
	if !known {
		if err := x.desk.Store.NoteIndexed(ctx, x.archive.Name, start); err != nil {
			return err
		}
		index = store.Index{Since: start, Through: start}
	} else if err := x.catchUp(ctx, index, start); err != nil {
		return err
	}
	before := index.Since
	if again := start.Add(-askedAgain); again.After(before) {
		before = again
	}
	return x.askDue(ctx, before)
}

// catchUp learns what has come to the archive since: for many patients from
// the lists of the days, for few from each of them.
func (x *indexer) catchUp(ctx context.Context, index store.Index, start time.Time) error {
	var days []dicom.Date
	for day := index.Through.Add(-indexOverlap); day.Before(start.Add(24 * time.Hour)); day = day.Add(24 * time.Hour) {
		days = append(days, dicom.DateOf(day))
	}
	if len(x.people) > daysAsPeople*len(days) {
		err := x.listDays(ctx, days, start)
		if err == nil || !declines(err) {
			return err
		}
		x.desk.Log.Info("an archive does not list the studies of a day; it is asked for each patient", "node", x.archive.Name, "error", err)
	}
	if err := x.askDue(ctx, start); err != nil {
		return err
	}
	return x.desk.Store.NoteIndexed(ctx, x.archive.Name, start)
}

// declines reports an archive that is there and does not answer a question as
// wide as this one.
func declines(err error) bool {
	for _, kind := range []error{context.DeadlineExceeded, node.ErrServer, node.ErrPartial, node.ErrUnsupported, node.ErrGarbled, node.ErrStalled} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// listDays asks for all studies of each day and keeps those of the population.
func (x *indexer) listDays(ctx context.Context, days []dicom.Date, start time.Time) error {
	for _, day := range days {
		here, err := x.desk.Store.Studies(ctx, store.StudyFilter{Source: x.archive.Name, From: day, To: day, Limit: 1 << 20})
		if err != nil {
			return err
		}
		found, err := x.ask(ctx, listTime, node.Query{From: day, To: day})
		if err != nil {
			return err
		}
		if err := x.learn(ctx, here, found, x.people.has); err != nil {
			return err
		}
		if err := x.write(ctx); err != nil {
			return err
		}
		through := day.Time().Add(24 * time.Hour)
		if through.After(start) {
			through = start
		}
		if err := x.desk.Store.NoteIndexed(ctx, x.archive.Name, through); err != nil {
			return err
		}
		x.result.Days++
		x.tell()
	}
	return nil
}

// askDue asks for each patient about whom the archive has not answered since
// before.
func (x *indexer) askDue(ctx context.Context, before time.Time) error {
	for {
		due, err := x.desk.Store.PatientsDue(ctx, x.archive.Name, before, indexBatch)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, p := range due {
			if err := x.askFor(ctx, p.PatientID); err != nil {
				return errors.Join(err, x.write(context.WithoutCancel(ctx)))
			}
		}
		if err := x.write(ctx); err != nil {
			return err
		}
	}
}

func (x *indexer) askFor(ctx context.Context, patientID string) error {
	here, err := x.desk.Store.Studies(ctx, store.StudyFilter{PatientID: patientID, Source: x.archive.Name, Limit: mostPriors})
	if err != nil {
		return err
	}
	found, err := x.ask(ctx, askTime, node.Query{PatientID: patientID})
	if err != nil {
		return err
	}
	// An archive may match as it likes; only what was asked for is wanted.
	if err := x.learn(ctx, here, found, func(p clinic.Patient) bool { return p.PatientID == patientID }); err != nil {
		return err
	}
	x.answered = append(x.answered, patientID)
	x.result.Patients++
	x.tell()
	if len(x.studies) >= writeAfter {
		return x.write(ctx)
	}
	return nil
}

// learn compares an answer with what is known here. Studies of those who are
// wanted are kept, so is what is told anew of known ones: they may have been
// given to another patient. What is missing from the answer may be gone.
func (x *indexer) learn(ctx context.Context, here, found []clinic.Study, wanted func(clinic.Patient) bool) error {
	known, there := map[dicom.UID]clinic.Study{}, map[dicom.UID]bool{}
	for _, s := range here {
		known[s.StudyInstanceUID] = s
	}
	for _, s := range found {
		there[s.StudyInstanceUID] = true
		have, ok := known[s.StudyInstanceUID]
		if ok && told(have, s) || !ok && !wanted(s.Patient) {
			continue
		}
		s.Source = x.archive.Name
		s.ReferringPhysician = dicom.PersonName{} // the files say it; a check does not ask
		x.studies = append(x.studies, s)
		x.result.Changed++
	}
	gone, err := x.desk.withdrawGone(ctx, x.archive, here, there, x.limit.Wait)
	x.result.Gone += gone
	return err
}

// told reports that an answer says nothing that is not known.
func told(have, s clinic.Study) bool {
	return have.Withdrawn != clinic.Deleted && have.Patient.PatientID == s.Patient.PatientID && have.ExpectedInstances >= s.ExpectedInstances &&
		have.NumberOfSeries >= s.NumberOfSeries && (have.NumberOfInstances > 0 || have.Patient.Equal(s.Patient) && have.StudyDate == s.StudyDate &&
		have.StudyTime == s.StudyTime && have.AccessionNumber == s.AccessionNumber && have.StudyDescription == s.StudyDescription)
}

// ask asks one question, not sooner than the limit allows.
func (x *indexer) ask(ctx context.Context, patience time.Duration, q node.Query) ([]clinic.Study, error) {
	if err := x.limit.Wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return x.archive.client.Studies(ctx, q)
}

func (x *indexer) write(ctx context.Context) error {
	err := x.desk.Store.SaveAnswers(ctx, x.archive.Name, x.answered, x.studies)
	if err == nil {
		x.answered, x.studies = x.answered[:0], x.studies[:0]
	}
	return err
}

func (x *indexer) tell() {
	if x.progress != nil {
		x.progress(x.result)
	}
}

// PopulationState says how large the index of the attached population is, and
// how old.
type PopulationState struct {
	store.PopulationCount
	Archives []PopulationArchive
}

// PopulationArchive is how far the population is known from one archive.
type PopulationArchive struct {
	Name    string
	Through time.Time // what it had then is known; zero: it was never asked
	Left    int       // patients whom it is yet to be asked for
}

// Population describes the index of the attached population.
func (d *Desk) Population(ctx context.Context) (s PopulationState, err error) {
	if s.PopulationCount, err = d.Store.CountPopulation(ctx); err != nil {
		return s, err
	}
	indexes, err := d.Store.Indexes(ctx)
	if err != nil {
		return s, err
	}
	for _, name := range d.ArchiveNames() {
		index := indexes[name]
		left, err := d.Store.CountDue(ctx, name, index.Since)
		if err != nil {
			return s, fmt.Errorf("archive %s: %w", name, err)
		}
		s.Archives = append(s.Archives, PopulationArchive{name, index.Through, left})
	}
	return s, nil
}
