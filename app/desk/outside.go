package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"eris/dicom"
	"eris/store"
)

// outsideFolder lies in the cache and holds what another program was given to
// open; it is emptied when the desk opens and closes.
const outsideFolder = "outside"

// Outside writes the stream of an instance that this program cannot show to a
// file that another program can open, and answers its path. An instance whose
// stream no program is known to open is answered as the DICOM file it is.
func (d *Desk) Outside(ctx context.Context, instance dicom.UID) (path string, err error) {
	f, err := d.Store.Open(ctx, instance)
	if err != nil {
		return "", err
	}
	ending := f.StreamEnding()
	if ending == "" {
		return d.Store.Path(ctx, instance)
	}
	folder := filepath.Join(d.Store.Dir, outsideFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	out, err := os.CreateTemp(folder, "stream-*."+ending)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.CopyStream(out), out.Close()); err != nil {
		return "", fmt.Errorf("%s: %w", out.Name(), errors.Join(err, os.Remove(out.Name())))
	}
	return out.Name(), nil
}

// clearOutside forgets what was opened outside.
func clearOutside(s *store.Store) error { return os.RemoveAll(filepath.Join(s.Dir, outsideFolder)) }
