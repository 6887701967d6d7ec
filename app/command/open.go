package command

import (
	"context"
	"path/filepath"

	"github.com/adrg/xdg"

	"eris/app/desk"
	"eris/store"
)

type openCmd struct{}

// Run opens the workstation.
func (c *openCmd) Run(s *session) error { return s.desktop.Open(s, s.dir, s.Language) }

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
