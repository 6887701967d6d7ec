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
	// Secret finds the password or token of an archive; the system's keyring when nil.
	Secret func(archive string) (string, error)
}

// Desk is an open workstation.
type Desk struct {
	Params
	Rules    *priors.Rules
	Presets  present.Presets
	Transfer *transfer.Engine

	cancel context.CancelFunc
	work   sync.WaitGroup

	mu       sync.Mutex
	archives map[string]Archive
	names    []string
	failed   map[string]error             // why an archive did not answer the last time
	places   map[dicom.UID][]viewer.Stack // where the frames of multi-frame objects lie

	display atomic.Pointer[lut.Display]
}

// Open makes a desk over an open cache and starts its transfers. Close ends
// them; the cache stays the caller's.
func Open(ctx context.Context, p Params) (*Desk, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Secret == nil {
		p.Secret = keyringSecret
	}
	if p.Station == "" {
		p.Station, _ = os.Hostname() // a document without one is still a document
	}
	d := &Desk{Params: p, failed: map[string]error{}, places: map[dicom.UID][]viewer.Stack{}}
	var err error
	if d.Rules, err = priors.Load(assets.Rules()); err != nil {
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
	return d, nil
}

// Close ends the transfers where they are; the next Open goes on with them.
func (d *Desk) Close() {
	d.cancel()
	d.work.Wait()
	d.mu.Lock()
	archives := d.archives
	d.mu.Unlock()
	closeAll(archives)
	if err := clearOutside(d.Store); err != nil {
		d.Log.Warn("what was opened outside could not be removed", "error", err)
	}
}
