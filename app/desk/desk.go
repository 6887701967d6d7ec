package desk

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/dose"
	"eris/clinic/prefetch"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/store"
	"eris/sync/transfer"
	"eris/viewer"
	"eris/viewer/lut"
	"eris/viewer/present"
)

// Params are what a desk is made of; Store is required.
type Params struct {
	Store *store.Store

	Now     func() time.Time // time.Now when nil
	Station string           // this workstation's name in documents; the host's when empty
	Log     *slog.Logger     // slog.Default when nil
	Keyring Keyring          // the operating system's when nil
}

// Desk is an open workstation.
type Desk struct {
	Params
	own      *priors.Rules // those of the program
	rules    atomic.Pointer[priors.Rules]
	learning sync.Mutex // held while the site's own rules change
	Ahead    *prefetch.Rules
	Doses    *dose.Tables
	Presets  present.Presets
	Transfer *transfer.Engine

	linking  sync.Mutex // held while it is said whether two patients are one
	indexing sync.Mutex // held while the index of the population is brought up to date

	indexAsked map[string]time.Time // by PatientID, when the patient index was; guarded by mu
	indexErr   error                // why it did not answer the last time; guarded by mu

	collecting   sync.Mutex             // held while documents are made and put in line
	telling      sync.Mutex             // held while sources of orders are told what was decided
	polling      sync.Mutex             // held while sources of orders are asked or changed
	ordersSoon   chan struct{}          // says that they shall be asked now
	orderAnswers map[string]OrderAnswer // by source; this and the next two guarded by mu
	ordersFailed map[string]int         // rounds that one which does not answer is left in peace
	ordersRest   map[string]int         // how many of them are left

	ahead    sync.Mutex     // guards the next, and lets one look ahead at a time
	lookedAt clinic.Patient // the attached patient up to whom was looked ahead

	cancel context.CancelFunc
	work   sync.WaitGroup

	mu       sync.Mutex
	archives map[string]Archive
	names    []string
	failed   map[string]error // why an archive did not answer the last time
	// namesFound are archives that have found a Cyrillic name.
	namesFound map[string]bool
	places     map[dicom.UID][]viewer.Stack // where the frames of multi-frame objects lie

	listening sync.Mutex // held while listeners end and begin
	listeners *listeners // guarded by mu

	display atomic.Pointer[lut.Display]
}

// Open makes a desk over an open cache and starts its transfers. Close ends
// them; the cache stays the caller's.
func Open(ctx context.Context, p Params) (_ *Desk, err error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Keyring == nil {
		p.Keyring = systemKeyring{}
	}
	if p.Station == "" {
		p.Station, _ = os.Hostname() // a document without one is still a document
	}
	d := &Desk{Params: p, failed: map[string]error{}, namesFound: map[string]bool{}, places: map[dicom.UID][]viewer.Stack{},
		indexAsked: map[string]time.Time{}, ordersSoon: make(chan struct{}, 1), orderAnswers: map[string]OrderAnswer{}, ordersFailed: map[string]int{}, ordersRest: map[string]int{}}
	if err := d.loadRules(ctx); err != nil {
		return nil, err
	}
	if d.Ahead, err = prefetch.Load(assets.Rules(), d.own); err != nil {
		return nil, err
	}
	if d.Doses, err = dose.Load(assets.Rules(), d.own.Atlas()); err != nil {
		return nil, err
	}
	if d.Presets, err = present.ReadPresets(assets.Rules(), "window_presets.json"); err != nil {
		return nil, err
	}
	if err := clearOutside(p.Store); err != nil {
		return nil, err
	}
	if err := d.loadScreen(ctx); err != nil {
		return nil, err
	}
	if err := d.listen(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.listeners.end()
		}
	}()
	if err := d.ReloadArchives(ctx); err != nil {
		return nil, err
	}
	d.Transfer, err = transfer.New(ctx, transfer.Params{
		Queue: p.Store, Cache: Origin{p.Store}, Archive: d.transferArchive, Send: d.send, Now: p.Now, Log: p.Log,
	})
	if err != nil {
		return nil, err
	}
	if err := d.loadQuota(ctx); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.cancel = cancel
	d.work.Go(func() {
		if err := d.Transfer.Run(running); err != nil && !errors.Is(err, context.Canceled) {
			d.Log.Error("transfers ended", "error", err)
		}
	})
	d.work.Go(func() { d.keepQuota(running) })
	d.work.Go(func() { d.keepOutbox(running) })
	d.work.Go(func() { d.keepPrefetched(running) })
	d.work.Go(func() { d.keepIndex(running) })
	d.work.Go(func() { d.keepOrders(running) })
	d.work.Go(func() { d.keepDoses(running) })
	d.work.Go(func() { d.keepTelling(running) })
	return d, nil
}

// Close ends the transfers where they are; the next Open goes on with them.
func (d *Desk) Close() {
	d.cancel()
	d.work.Wait()
	d.listeners.end()
	d.mu.Lock()
	archives := d.archives
	d.mu.Unlock()
	closeAll(archives)
	if err := clearOutside(d.Store); err != nil {
		d.Log.Warn("what was opened outside could not be removed", "error", err)
	}
}
