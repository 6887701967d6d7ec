package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Params says where the cache lies and what it may use.
type Params struct {
	Dir string // required; made when absent

	// Quota is how many bytes of files the cache may keep; 0 is no limit.
	Quota int64
	// Thumbnail draws the picture of a series from one of its files as PNG.
	// Without it there are no thumbnails.
	Thumbnail func(ctx context.Context, path string) ([]byte, error)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Log takes what an administrator should know, never patient data; slog.Default when nil.
	Log *slog.Logger
}

// Store is an open cache. Its methods may be called from many goroutines.
type Store struct {
	Params
	write *sql.DB // one connection: SQLite has one writer, so waiting happens here and not in busy errors
	read  *sql.DB // a pool that cannot write
	lock  *flock.Flock

	staged  chan *stagedFile // to the committer
	taken   chan *stagedFile // as well, in a log: their senders wait for nothing
	stop    context.CancelFunc
	closed  <-chan struct{}
	done    sync.WaitGroup
	journal *journalFile

	// files is held while files are placed or removed: an instance that comes
	// back during its eviction must not lose its new file.
	files    sync.Mutex
	adding   *intent
	removing *intent
	left     []string // evicted files that could not be removed yet

	taking   atomic.Pointer[takeLog] // nil until it is made: see Take
	wantLog  chan struct{}           // says that there is something to take
	unplaced []*stagedFile           // taken, and left by a batch that failed or the last run; the committer's
	late     atomic.Bool             // there are such

	mu       sync.Mutex
	watchers map[int]func()
	nextID   int
}

// Open opens the cache at p.Dir and makes it when there is none. It finishes
// what a kill left half done. Errors: ErrLocked, ErrNewer, ErrReadOnly,
// ErrFull, ErrDamaged.
func Open(ctx context.Context, p Params) (*Store, error) {
	s := newStore(p)
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func newStore(p Params) *Store {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	return &Store{Params: p, staged: make(chan *stagedFile), taken: make(chan *stagedFile, 2*batchLimit), wantLog: make(chan struct{}, 1), watchers: map[int]func(){}}
}

// start opens the files and starts the committer; after an error nothing is open.
func (s *Store) start(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		s.closeFiles()
		return err
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.closed = ctx.Done()
	s.done.Go(func() { s.commitStaged(ctx) })
	if s.taking.Load() == nil {
		s.done.Go(func() { s.makeLog(ctx) })
	}
	return nil
}

func (s *Store) open(ctx context.Context) (err error) {
	for _, dir := range []string{"", "instances", "incoming", "intents", "aside", "journal"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, dir), 0o700); err != nil {
			return diskError("cache folder "+s.Dir, err)
		}
	}
	if err := s.takeLock(); err != nil {
		return err
	}
	if err := s.openIndex(ctx); err != nil {
		return err
	}
	if err := s.renewKeys(ctx); err != nil {
		return err
	}
	if s.journal, err = openJournalFile(filepath.Join(s.Dir, "journal")); err != nil {
		return err
	}
	if err := s.recover(ctx); err != nil {
		return err
	}
	if s.adding, err = s.openIntent(intentAdd); err != nil {
		return err
	}
	if s.removing, err = s.openIntent(intentRemove); err != nil {
		return err
	}
	if err := s.openLog(); err != nil {
		return err
	}
	if err := s.commitBatch(ctx, nil); err != nil {
		s.Log.Warn("received files have no place in the cache yet; they are safe and tried again", "error", err)
	}
	return nil
}

// takeLock makes sure that no other copy of the program is at work here; a
// lock that Rebuild took already is kept.
func (s *Store) takeLock() error {
	if s.lock != nil {
		return nil
	}
	lock := flock.New(filepath.Join(s.Dir, "lock"))
	free, err := lock.TryLock()
	if err != nil {
		return diskError("lock of the cache "+s.Dir, err)
	}
	if !free {
		return fmt.Errorf("%s: %w", s.Dir, ErrLocked)
	}
	s.lock = lock
	return nil
}

// indexPath is the file of the SQLite index.
func (s *Store) indexPath() string { return filepath.Join(s.Dir, "eris.db") }

func (s *Store) openIndex(ctx context.Context) (err error) {
	// WAL lets readers go on while an import writes; FULL makes a committed
	// row survive a power cut, which is what the intents rely on.
	if s.write, err = sql.Open("sqlite", dsn(s.indexPath(), "journal_mode(WAL)", "synchronous(FULL)",
		"foreign_keys(1)", "busy_timeout(5000)", "cache_size(-16000)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	s.read, err = sql.Open("sqlite", dsn(s.indexPath(), "query_only(1)", "busy_timeout(5000)", "cache_size(-8000)"))
	if err == nil {
		s.read.SetMaxOpenConns(4)
	}
	return err
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.write, files, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return diskError("index "+s.indexPath(), err)
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("index %s has version %d, this program knows %d: %w", s.indexPath(), have, newest, ErrNewer)
	}
	if _, err := provider.Up(ctx); err != nil {
		return diskError("index "+s.indexPath(), err)
	}
	return nil
}

// Close ends the writers and gives the folder free.
func (s *Store) Close() error {
	s.stop()
	s.done.Wait()
	return s.closeFiles()
}

func (s *Store) closeFiles() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	for _, i := range []*intent{s.adding, s.removing} {
		if i != nil {
			errs = append(errs, i.file.Close())
		}
	}
	if log := s.taking.Load(); log != nil {
		errs = append(errs, log.file.Close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// Watch calls changed after every change of the index, from the goroutine that
// made it, so it must return at once. The returned function ends the watch.
func (s *Store) Watch(changed func()) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	s.watchers[id] = changed
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

func (s *Store) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.watchers {
		f()
	}
}

// update runs f in one write transaction.
func (s *Store) update(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return diskError("index", err)
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := f(tx); err != nil {
		if kind := sqliteKind(err); kind != nil {
			return fmt.Errorf("%w: %w", kind, err)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return diskError("index", err)
	}
	return nil
}
