// Package orthanc runs an Orthanc archive and sends it files, as the peer that
// the import is measured against.
package orthanc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// Archive is a running Orthanc with an empty storage.
type Archive struct {
	url     string
	command *exec.Cmd
	client  *http.Client
}

// Installed says whether there is an Orthanc on this machine.
func Installed() bool {
	_, err := exec.LookPath("Orthanc")
	return err == nil
}

// Start runs an archive that keeps everything below dir, with the storage
// options that Orthanc ships: files are synced, nothing is compressed.
func Start(ctx context.Context, dir string) (*Archive, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "orthanc.json")
	body, err := json.Marshal(map[string]any{
		"StorageDirectory": filepath.Join(dir, "storage"), "IndexDirectory": filepath.Join(dir, "index"),
		"HttpPort": port, "DicomServerEnabled": false, "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
		"KeepAlive": true, "HttpThreadsCount": 8, "Plugins": []string{},
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, body, 0o600); err != nil {
		return nil, err
	}
	a := &Archive{url: fmt.Sprintf("http://127.0.0.1:%d", port), command: exec.CommandContext(ctx, "Orthanc", config), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	a.command.Dir = dir
	if err := a.command.Start(); err != nil {
		return nil, fmt.Errorf("orthanc: %w", err)
	}
	if err := a.ready(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// ready waits until the archive answers.
func (a *Archive) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if r, err := a.client.Get(a.url + "/system"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("orthanc does not answer: %w", ctx.Err())
		}
	}
}

// Close ends the archive.
func (a *Archive) Close() {
	a.client.CloseIdleConnections()
	a.command.Process.Signal(syscall.SIGTERM)
	a.command.Wait()
}

// Send posts every file over so many connections and returns how many the
// archive took, and how long that was.
func (a *Archive) Send(ctx context.Context, files []string, connections int) (taken int, took time.Duration, err error) {
	work, ctx := errgroup.WithContext(ctx)
	paths := make(chan string)
	counts := make([]int, connections)
	start := time.Now()
	for i := range connections {
		work.Go(func() error {
			for path := range paths {
				ok, err := a.post(ctx, path)
				if err != nil {
					return err
				}
				if ok {
					counts[i]++
				}
			}
			return nil
		})
	}
	work.Go(func() error {
		defer close(paths)
		for _, path := range files {
			select {
			case paths <- path:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	err = work.Wait()
	for _, n := range counts {
		taken += n
	}
	return taken, time.Since(start), err
}

// post sends one file; ok is false when the archive refuses it.
func (a *Archive) post(ctx context.Context, path string) (ok bool, err error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/instances", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return false, fmt.Errorf("orthanc, %s: %w", path, err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK, errors.Join(err, response.Body.Close())
}
