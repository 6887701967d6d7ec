package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"eris/clinic"
	"eris/clinic/prefetch"
	"eris/dicom"
	"eris/sync/transfer"
)

// PrefetchOptions say when and how much is fetched before anyone asks.
type PrefetchOptions struct {
	Off       bool `json:"off"`
	NightFrom int  `json:"nightFrom"` // hour of the day
	NightTo   int  `json:"nightTo"`   // hour of the day, the night's end
	GB        int  `json:"gb"`        // of the cache, for what nobody has looked at; 0 is a fifth of the cache
}

// prefetchSetting is where the options are kept.
const prefetchSetting = "prefetch"

// PrefetchOptions are those in force.
func (d *Desk) PrefetchOptions(ctx context.Context) (PrefetchOptions, error) {
	o := PrefetchOptions{NightFrom: 22, NightTo: 6}
	return o, d.Store.Setting(ctx, prefetchSetting, &o)
}

// ErrHours means that a night does not begin and end at hours of the day.
var ErrHours = errors.New("an hour of the day is 0 to 23")

// SavePrefetch changes the options.
func (d *Desk) SavePrefetch(ctx context.Context, o PrefetchOptions) error {
	for _, hour := range []int{o.NightFrom, o.NightTo} {
		if hour < 0 || hour > 23 {
			return ErrHours
		}
	}
	o.GB = max(o.GB, 0)
	return d.Store.SaveSetting(ctx, prefetchSetting, o)
}

// night reports an hour of the night; one that begins when it ends never comes.
func (o PrefetchOptions) night(now time.Time) bool {
	hour := now.Hour()
	if o.NightFrom <= o.NightTo {
		return hour >= o.NightFrom && hour < o.NightTo
	}
	return hour >= o.NightFrom || hour < o.NightTo
}

// allowed is how much may be done now without being in anyone's way.
func (d *Desk) allowed(o PrefetchOptions) prefetch.When {
	for _, j := range d.Transfer.Jobs() {
		if j.Priority > transfer.Idle && (j.State == transfer.Waiting || j.State == transfer.Running) {
			return prefetch.Now
		}
	}
	if o.night(d.Now()) {
		return prefetch.Night
	}
	return prefetch.Idle
}

// Numbers of the prefetch.
const (
	prefetchEvery  = 30 * time.Second
	prefetchAtOnce = 8              // studies in line: what is decided late is decided well
	prefetchRest   = 24 * time.Hour // before a study that came, failed or was canceled is put in line again
	prefetchLook   = 500            // attached patients looked at in one round
)

// keepPrefetched looks ahead from time to time.
func (d *Desk) keepPrefetched(ctx context.Context) {
	every(ctx, prefetchEvery, func() {
		if _, err := d.Prefetch(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("nothing can be fetched ahead", "error", err)
		}
	})
}

// every calls work again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, work func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			work()
		}
	}
}

// Prefetch looks once through the patients of the rules, puts what they ask for
// in line while there is room, and says how many studies that were.
func (d *Desk) Prefetch(ctx context.Context) (int, error) {
	d.ahead.Lock()
	defer d.ahead.Unlock()
	o, err := d.PrefetchOptions(ctx)
	if err != nil || o.Off || len(d.ArchiveNames()) == 0 {
		return 0, err
	}
	r := &round{desk: d, allowed: d.allowed(o), jobs: map[dicom.UID]transfer.Job{}}
	if r.room, err = d.prefetchRoom(ctx, o); err != nil {
		return 0, err
	}
	for _, j := range d.Transfer.Jobs() {
		r.note(ctx, j)
	}
	for _, look := range []func(context.Context) error{r.worklist, r.pinned, r.population} {
		if err := look(ctx); err != nil && !errors.Is(err, errEnoughAhead) {
			return r.added, err
		}
	}
	return r.added, nil
}

// prefetchRoom is how many bytes may still come unasked: within their share, and
// never so many that what people look at would have to go.
func (d *Desk) prefetchRoom(ctx context.Context, o PrefetchOptions) (int64, error) {
	gb, err := d.QuotaGB(ctx)
	if err != nil {
		return 0, err
	}
	_, all, err := d.Store.CountStudies(ctx)
	if err != nil {
		return 0, err
	}
	have, err := d.Store.PrefetchedBytes(ctx)
	if err != nil {
		return 0, err
	}
	quota, share := int64(gb)<<30, int64(o.GB)<<30
	if share == 0 {
		if share = quota / 5; quota == 0 {
			share = defaultQuota << 30 / 5
		}
	}
	room := share - have
	if quota > 0 { // a tenth stays free, so that nothing has to go for it
		room = min(room, quota/10*9-all)
	}
	return room, nil
}

// round is one look ahead.
type round struct {
	desk    *Desk
	allowed prefetch.When
	room    int64 // bytes
	open    int   // studies in line unasked
	added   int
	jobs    map[dicom.UID]transfer.Job // the newest about each study
}

// errEnoughAhead says that enough is in line.
var errEnoughAhead = errors.New("enough")

// note takes a job of the line into account.
func (r *round) note(ctx context.Context, j transfer.Job) {
	if j.Kind == transfer.SendEntry {
		return
	}
	if have, ok := r.jobs[j.StudyInstanceUID]; !ok || j.Created.After(have.Created) {
		r.jobs[j.StudyInstanceUID] = j
	}
	if _, rule := r.desk.Ahead.Reason(j.Reason, "en"); rule && !j.State.Finished() {
		r.open++
		if s, err := r.desk.Store.Study(ctx, j.StudyInstanceUID); err == nil {
			r.room -= max(0, studyBytes(s)-j.Bytes)
		}
	}
}

// worklist looks at the patients of today's orders.
func (r *round) worklist(ctx context.Context) error {
	if !r.desk.Ahead.Wanted(prefetch.Worklist, r.allowed) {
		return nil
	}
	orders, err := r.desk.Store.Orders(ctx)
	if err != nil {
		return err
	}
	today := dicom.DateOf(r.desk.Now())
	for _, order := range orders {
		if order.Withdrawn() || !order.Scheduled.IsZero() && dicom.DateOf(order.Scheduled) != today {
			continue
		}
		if err := r.look(ctx, prefetch.Worklist, order, transfer.Soon); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) pinned(ctx context.Context) error {
	if !r.desk.Ahead.Wanted(prefetch.Pinned, r.allowed) {
		return nil
	}
	patients, err := r.desk.Store.Pinned(ctx)
	if err != nil {
		return err
	}
	for _, p := range patients {
		if err := r.look(ctx, prefetch.Pinned, clinic.Order{Patient: p}, transfer.Idle); err != nil {
			return err
		}
	}
	return nil
}

// population looks at some of the attached patients; the next round goes on
// after them.
func (r *round) population(ctx context.Context) error {
	if !r.desk.Ahead.Wanted(prefetch.Population, r.allowed) {
		return nil
	}
	patients, err := r.desk.Store.Population(ctx, r.desk.lookedAt, prefetchLook)
	if err != nil {
		return err
	}
	for _, p := range patients {
		if err := r.look(ctx, prefetch.Population, clinic.Order{Patient: p}, transfer.Idle); err != nil {
			return err
		}
		r.desk.lookedAt = p
	}
	if len(patients) < prefetchLook {
		r.desk.lookedAt = clinic.Patient{}
	}
	return nil
}

// look puts in line what the rules want of one patient.
func (r *round) look(ctx context.Context, group prefetch.Group, order clinic.Order, priority transfer.Priority) error {
	if r.open+r.added >= prefetchAtOnce {
		return errEnoughAhead
	}
	if order.Patient.PatientID == "" {
		return nil
	}
	k, err := r.desk.known(ctx, order, false)
	if err != nil {
		return err
	}
	for _, c := range r.desk.Ahead.Choose(prefetch.Wish{For: group, Order: order, Studies: k.sure}, r.allowed, r.desk.Now()) {
		if r.open+r.added >= prefetchAtOnce {
			return errEnoughAhead
		}
		size := studyBytes(c.Study)
		if size > r.room || r.tried(c.Study) {
			continue
		}
		if err := r.desk.fetchAhead(ctx, c, priority); err != nil {
			return err
		}
		r.added++
		r.room -= size
	}
	return nil
}

// tried reports a study that is in line, or lately was: one that failed, or that
// a person canceled, must not come back at once.
func (r *round) tried(s clinic.Study) bool {
	j, ok := r.jobs[s.StudyInstanceUID]
	return ok && (!j.State.Finished() || r.desk.Now().Sub(j.Finished) < prefetchRest)
}

func (d *Desk) fetchAhead(ctx context.Context, c prefetch.Choice, priority transfer.Priority) error {
	if err := d.Store.NotePrefetched(ctx, c.Study.StudyInstanceUID, c.Rule.Rule); err != nil {
		return fmt.Errorf("study %s: %w", c.Study.StudyInstanceUID, err)
	}
	return d.fetch(ctx, c.Study, priority, c.Rule.Rule)
}

// typicalBytes are what an image of a modality takes, compressed without loss as
// archives send it: an estimate on the safe side, until the study is here.
var typicalBytes = map[string]int64{"CT": 550_000, "MR": 300_000, "PT": 100_000, "NM": 1_000_000, "US": 2_000_000,
	"CR": 15_000_000, "DX": 15_000_000, "MG": 30_000_000, "XA": 20_000_000, "RF": 10_000_000}

// otherBytes is typicalBytes of the rest.
const otherBytes = 1_000_000

// studyBytes estimates how large a study is.
func studyBytes(s clinic.Study) int64 {
	each := int64(otherBytes)
	for _, m := range s.ModalitiesInStudy {
		each = max(each, typicalBytes[m])
	}
	if only := ImageModalities(s); len(only) == 1 && typicalBytes[only[0]] > 0 {
		each = typicalBytes[only[0]]
	}
	return each * int64(max(s.ExpectedInstances, 1))
}

// Numbers of the care for the index.
const (
	indexLook  = 5 * time.Minute
	indexFresh = 12 * time.Hour // at night it is brought up to date when older
	indexOld   = 24 * time.Hour // and by day too, when the link is idle
	indexPause = time.Hour      // after an attempt
)

// keepIndex keeps the index of the attached population up to date, at night or
// when nobody needs the link.
func (d *Desk) keepIndex(ctx context.Context) {
	var tried time.Time
	every(ctx, indexLook, func() {
		if d.Now().Sub(tried) < indexPause {
			return
		}
		due, err := d.indexDue(ctx)
		if err == nil && due {
			tried = d.Now()
			_, err = d.SyncIndex(ctx, IndexOptions{})
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the index of the population cannot be brought up to date", "error", err)
		}
	})
}

func (d *Desk) indexDue(ctx context.Context) (bool, error) {
	o, err := d.PrefetchOptions(ctx)
	if err != nil || o.Off {
		return false, err
	}
	allowed := d.allowed(o)
	if allowed == prefetch.Now {
		return false, nil
	}
	state, err := d.Population(ctx)
	if err != nil || state.Patients == 0 {
		return false, err
	}
	for _, a := range state.Archives {
		age := d.Now().Sub(a.Through)
		if age > indexOld || allowed == prefetch.Night && (age > indexFresh || a.Left > 0) {
			return true, nil
		}
	}
	return false, nil
}
