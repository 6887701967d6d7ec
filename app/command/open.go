package command

import (
	"context"
	"path/filepath"

	"github.com/adrg/xdg"

	"eris/app/desk"
	"eris/app/invoke"
	"eris/store"
)

type startCmd struct{}

// Run opens the workstation, or brings the one that is open to the front.
func (c *startCmd) Run(s *session) error { return (&openCmd{}).Run(s) }

type openCmd struct {
	Address  string `arg:"" optional:"" help:"What to show: eris://check?accession=NUMBER, eris://check?patientID=ID&modality=CT&text=TEXT or eris://study?studyUID=UID."`
	Register bool   `help:"Tell the system that this program opens eris:// addresses, in this cache."`
}

// Run shows the address in the workstation that runs on the cache, else opens one.
func (c *openCmd) Run(s *session) error {
	if c.Register {
		return c.register(s)
	}
	if c.Address != "" {
		if _, err := invoke.Parse(c.Address); err != nil {
			return err
		}
	}
	if invoke.Hand(s, s.dir, c.Address) {
		return nil
	}
	return s.desktop.Open(s, s.dir, s.Language, c.Address)
}

func (c *openCmd) register(s *session) error {
	if err := invoke.Register(s.dir); err != nil {
		return err
	}
	return s.print(map[string]string{"registered": s.dir}, func() { s.say("eris:// addresses are opened by this program.") })
}

type tourCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Folder for the pictures."`
}

// Run draws every page and prints the paths.
func (c *tourCmd) Run(s *session) error {
	paths, err := s.desktop.Tour(s, c.Out, s.Language)
	if err != nil {
		return err
	}
	return s.print(paths, func() {
		for _, p := range paths {
			s.say("%s", p)
		}
	})
}

// DefaultDir is the platform's data folder for the cache.
func DefaultDir() string { return filepath.Join(xdg.DataHome, "eris") }

// cacheParams are what every cache is opened with.
func cacheParams(dir string) store.Params {
	return store.Params{Dir: dir, Quota: 0, Thumbnail: desk.Thumbnail}
}

// OpenCache opens the cache in dir.
func OpenCache(ctx context.Context, dir string) (*store.Store, error) {
	return store.Open(ctx, cacheParams(dir))
}

func rebuildCache(ctx context.Context, dir string) (store.Rebuilt, error) {
	return store.Rebuild(ctx, cacheParams(dir))
}
