package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"eris/bench/orthanc"
)

// mixed copies the corpus' files into one folder, so that both programs get
// the same ones. Hostile files that end the peer are left out and counted:
// there would be nothing to compare with.
func (b *bench) mixed(ctx context.Context) (dir string, deadly int, err error) {
	files, err := dicomFiles(b.corpus)
	if err != nil {
		return "", 0, err
	}
	survived, err := b.sieve(ctx, files)
	if err != nil {
		return "", 0, err
	}
	if dir, err = b.folder("mixed"); err != nil {
		return "", 0, err
	}
	for i, path := range survived {
		object, err := os.ReadFile(path)
		if err != nil {
			return "", 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d", i)), object, 0o600); err != nil {
			return "", 0, err
		}
	}
	return dir, len(files) - len(survived), nil
}

// sieve sends the files one by one, with a new archive after each death, and
// returns those that the archive answered to.
func (b *bench) sieve(ctx context.Context, files []string) (survived []string, err error) {
	for len(files) > 0 {
		n, err := b.sendUntilDeath(ctx, files)
		if err != nil {
			return nil, err
		}
		survived = append(survived, files[:n]...)
		files = files[min(n+1, len(files)):]
	}
	return survived, nil
}

// sendUntilDeath returns how many files a new archive answered to.
func (b *bench) sendUntilDeath(ctx context.Context, files []string) (n int, err error) {
	dir, err := b.folder("sieve")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	a, err := orthanc.Start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer a.Close()
	for i := range files {
		if _, _, err := a.Send(ctx, files[i:i+1], 1); err != nil {
			return i, ctx.Err()
		}
	}
	return len(files), nil
}
