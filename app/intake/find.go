package intake

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"eris/dicom"
)

// maxEntry bounds one unpacked file of a ZIP archive: what a bomb can cost.
const maxEntry = 4 << 30

// find sends every file under the paths to items.
func (in *Intake) find(ctx context.Context, paths []string, items chan<- item) error {
	for _, path := range paths {
		real, err := filepath.EvalSymlinks(path) // a link given by hand is followed; links inside folders are not, they may loop
		if err != nil {
			in.refuse(path, err)
			continue
		}
		info, err := os.Stat(real)
		switch {
		case err != nil:
			in.refuse(path, err)
		case info.IsDir():
			err = in.findFolder(ctx, real, items)
		case strings.EqualFold(filepath.Ext(real), ".zip"):
			err = in.findZip(ctx, real, items)
		case isDirectoryFile(real):
			err = in.findDICOMDIR(ctx, real, items)
		default:
			err = send(ctx, items, onDisk(real))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			in.refuse(path, err)
		}
	}
	return nil
}

func (in *Intake) findFolder(ctx context.Context, root string, items chan<- item) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			in.refuse(path, err)
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			if target, err := os.Stat(path); err != nil || !target.Mode().IsRegular() {
				in.skip() // a link to a folder, a socket, a device
				return nil
			}
		case isDirectoryFile(path), isSystemFile(d.Name()):
			in.skip()
			return nil
		case strings.EqualFold(filepath.Ext(path), ".zip"):
			if err := in.findZip(ctx, path, items); err != nil {
				in.refuse(path, err)
			}
			return ctx.Err()
		}
		return send(ctx, items, onDisk(path))
	})
}

func onDisk(path string) item {
	return item{path, func() (io.ReadCloser, error) { return os.Open(path) }}
}

func send(ctx context.Context, items chan<- item, it item) error {
	select {
	case items <- it:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isDirectoryFile recognises the table of contents of a medium by the name
// that PS3.10 8.6 gives it.
func isDirectoryFile(path string) bool {
	return strings.EqualFold(strings.TrimSuffix(filepath.Base(path), "."), "DICOMDIR")
}

func isSystemFile(name string) bool {
	return strings.HasPrefix(name, "._") || name == ".DS_Store" || strings.EqualFold(name, "Thumbs.db") ||
		strings.EqualFold(name, "desktop.ini") || strings.EqualFold(name, "autorun.inf")
}

// findZip sends the files of an archive; the archive stays open until the
// last of them was read.
func (in *Intake) findZip(ctx context.Context, path string, items chan<- item) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("ZIP archive: %w", err)
	}
	readers := make(chan struct{}, workers)
	defer func() {
		for range workers { // wait for those still reading
			readers <- struct{}{}
		}
		archive.Close()
	}()
	for _, entry := range archive.File {
		name := path + "!" + entry.Name
		switch {
		case entry.FileInfo().IsDir():
			continue
		case isDirectoryFile(entry.Name), isSystemFile(filepath.Base(entry.Name)):
			in.skip()
			continue
		case entry.Flags&1 != 0:
			in.refuse(name, errors.New("the file is locked with a password"))
			continue
		case entry.UncompressedSize64 > maxEntry:
			in.refuse(name, dicom.ErrLimit)
			continue
		}
		select {
		case readers <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		opened := func() (io.ReadCloser, error) {
			r, err := entry.Open()
			if err != nil {
				<-readers
				return nil, err
			}
			return &zipEntry{io.LimitReader(r, maxEntry), r, readers}, nil
		}
		if err := send(ctx, items, item{name, opened}); err != nil {
			<-readers
			return err
		}
	}
	return nil
}

// zipEntry gives its place free when it is closed.
type zipEntry struct {
	io.Reader
	closer  io.Closer
	readers chan struct{}
}

func (z *zipEntry) Close() error {
	<-z.readers
	return z.closer.Close()
}

// findDICOMDIR sends the files that a medium's directory names (PS3.3 F.3.2.2).
func (in *Intake) findDICOMDIR(ctx context.Context, path string, items chan<- item) error {
	f, err := dicom.Open(path)
	if err != nil {
		return err
	}
	in.skip() // the DICOMDIR itself
	root := filepath.Dir(path)
	for _, record := range f.Items(dicom.DirectoryRecordSequence) {
		parts := record.Strings(dicom.ReferencedFileID)
		if len(parts) == 0 {
			continue
		}
		rel := filepath.Join(parts...)
		if !filepath.IsLocal(rel) {
			in.refuse(path, fmt.Errorf("the directory names a file outside the medium: %q", rel))
			continue
		}
		if err := send(ctx, items, onDisk(existing(root, parts))); err != nil {
			return err
		}
	}
	return nil
}

// existing finds the file of a record whatever case the medium was copied in.
func existing(root string, parts []string) string {
	path := root
	for _, part := range parts {
		next := filepath.Join(path, part)
		if _, err := os.Stat(next); err != nil {
			entries, _ := os.ReadDir(path)
			for _, e := range entries {
				if strings.EqualFold(e.Name(), part) {
					next = filepath.Join(path, e.Name())
				}
			}
		}
		path = next
	}
	return path
}
