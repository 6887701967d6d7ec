// Package orthanctest runs a real archive for tests: Orthanc with its DICOMweb
// plugin on a free loopback port, with its own folder, stopped with the test.
package orthanctest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"

// Orthanc is an archive under test. It keeps its data over Stop and Start.
type Orthanc struct {
	URL string // base of the DICOMweb services

	dir, program string
	port         int
	process      *exec.Cmd
	ended        chan struct{} // closed when process is gone
}

// Start runs an empty archive until the test ends. The test is skipped when
// Orthanc is not installed.
func Start(t testing.TB) *Orthanc {
	t.Helper()
	program, err := exec.LookPath("Orthanc")
	if err != nil {
		t.Skip("Orthanc is not installed")
	}
	if _, err := os.Stat(plugin); err != nil {
		t.Skip("the DICOMweb plugin of Orthanc is not installed")
	}
	o := &Orthanc{dir: t.TempDir(), program: program, port: freePort(t)}
	o.URL = fmt.Sprintf("http://127.0.0.1:%d/dicom-web", o.port)
	if err := o.configure(); err != nil {
		t.Fatal(err)
	}
	o.Start(t)
	t.Cleanup(func() { o.Stop(t) })
	return o
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (o *Orthanc) configure() error {
	b, err := json.Marshal(map[string]any{
		"Name": "Test", "StorageDirectory": filepath.Join(o.dir, "data"), "IndexDirectory": filepath.Join(o.dir, "data"),
		"Plugins": []string{plugin}, "HttpPort": o.port, "DicomServerEnabled": false, "DefaultEncoding": "Utf8", "Locale": "C.UTF-8", "RemoteAccessAllowed": false,
		"AuthenticationEnabled": false, "HttpThreadsCount": 8, "DicomWeb": map[string]any{"Enable": true},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(o.config(), b, 0o600)
}

func (o *Orthanc) config() string { return filepath.Join(o.dir, "orthanc.json") }

// Start runs the archive again after Stop.
func (o *Orthanc) Start(t testing.TB) {
	t.Helper()
	log, err := os.Create(filepath.Join(o.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	o.process = exec.Command(o.program, o.config())
	o.process.Stdout, o.process.Stderr = log, log
	if err := o.process.Start(); err != nil {
		t.Fatal(err)
	}
	o.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		process.Wait() // a stopped archive ends with an error; nobody asks why
		close(ended)
	}(o.process, o.ended)
	if err := o.awaken(t.Context()); err != nil {
		words, _ := os.ReadFile(log.Name())
		t.Fatalf("Orthanc did not start: %v\n%s", err, words)
	}
}

// awaken waits until the archive answers.
func (o *Orthanc) awaken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.URL+"/studies?limit=1", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode < 300 {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.ended:
			return errors.New("it ended")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the archive as a power cut would; its data stays. A stopped one may
// be stopped again.
func (o *Orthanc) Stop(t testing.TB) {
	t.Helper()
	if err := o.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stopping Orthanc: %v", err)
	}
	<-o.ended
}
