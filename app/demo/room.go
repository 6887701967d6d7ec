package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"eris/app/desk"
	"eris/store"
	"eris/sync/dicomweb/origin"
)

// ArchiveName is what the demo's archive is called.
const ArchiveName = "demo"

// Params say where the demo lies.
type Params struct {
	Dir  string // the cache; the embedded archive lies in its folder "archive"
	Size Size
	Now  func() time.Time // time.Now when nil
	// OpenCache opens a cache as the program does everywhere.
	OpenCache func(ctx context.Context, dir string) (*store.Store, error)
}

// Room is a workstation on synthetic patients, with its embedded archive.
type Room struct {
	Desk    *desk.Desk
	archive *store.Store
	cache   *store.Store
	server  *http.Server
	serving sync.WaitGroup
}

// Open opens the demo and fills it the first time.
func Open(ctx context.Context, p Params) (_ *Room, err error) {
	r := &Room{}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	if r.cache, err = p.OpenCache(ctx, p.Dir); err != nil {
		return nil, err
	}
	if r.archive, err = p.OpenCache(ctx, filepath.Join(p.Dir, "archive")); err != nil {
		return nil, err
	}
	if err := r.fill(ctx, p.Size); err != nil {
		return nil, err
	}
	address, err := r.serve()
	if err != nil {
		return nil, err
	}
	if err := r.cache.SaveOrders(ctx, Orders(time.Now())...); err != nil {
		return nil, err
	}
	if err := r.journal(ctx, time.Now()); err != nil {
		return nil, err
	}
	r.Desk, err = desk.Open(ctx, desk.Params{Store: r.cache, Now: p.Now, Keyring: desk.NoKeyring{}})
	if err != nil {
		return nil, err
	}
	return r, r.Desk.SaveArchive(ctx, ArchiveName, desk.ArchiveOptions{URL: address})
}

// adder makes a store an Archive.
type adder struct{ store *store.Store }

func (a adder) Add(ctx context.Context, object *bytes.Reader) error {
	_, err := a.store.Add(ctx, object, "")
	return err
}

func (r *Room) fill(ctx context.Context, size Size) error {
	var filled bool
	if err := r.archive.Setting(ctx, "demo-filled", &filled); err != nil || filled {
		return err
	}
	if err := Fill(ctx, adder{r.archive}, time.Now(), size); err != nil {
		return fmt.Errorf("synthetic patients: %w", err)
	}
	return r.archive.SaveSetting(ctx, "demo-filled", true)
}

// serve offers the archive over DICOMweb on loopback.
func (r *Room) serve() (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("the demo's archive: %w", err)
	}
	cache := desk.Origin{Store: r.archive}
	r.server = &http.Server{Handler: origin.New(origin.Params{Cache: cache, Render: cache.Render}), ReadHeaderTimeout: 10 * time.Second}
	r.serving.Go(func() { _ = r.server.Serve(listener) }) // ends with Close
	return "http://" + listener.Addr().String(), nil
}

// Cut ends the archive, as a link that is down does.
func (r *Room) Cut() {
	if r.server != nil {
		r.server.Close()
		r.serving.Wait()
	}
}

// Close ends the demo; its folder stays.
func (r *Room) Close() {
	if r.Desk != nil {
		r.Desk.Close()
	}
	r.Cut()
	for _, s := range []*store.Store{r.archive, r.cache} {
		if s != nil {
			s.Close()
		}
	}
}
