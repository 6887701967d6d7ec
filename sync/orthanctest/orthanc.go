// Package orthanctest runs a real archive for tests: Orthanc with its DICOMweb
// plugin on a free loopback port, and with DIMSE where asked for, with its own
// folder, stopped with the test.
package orthanctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"

// Orthanc is an archive under test. It keeps its data over Stop and Start.
type Orthanc struct {
	URL     string // base of the DICOMweb services
	Address string // host:port of the DIMSE services; empty without them

	dir, program string
	host         string
	command      func(name string, args ...string) *exec.Cmd
	port         int
	environment  []string
	settings     map[string]any // beside the usual ones
	process      *exec.Cmd
	ended        chan struct{} // closed when process is gone
}

// AETitle is the archive's title.
const AETitle = "ORTHANC"

// Start runs an empty archive until the test ends. The test is skipped when
// Orthanc is not installed.
func Start(t testing.TB) *Orthanc {
	t.Helper()
	o := prepared(t)
	o.run(t)
	return o
}

// StartDIMSE is Start with the DIMSE services switched on, for every AE title.
// environment is put before the process, for example TCP_NODELAY=1.
func StartDIMSE(t testing.TB, environment ...string) *Orthanc {
	t.Helper()
	o := prepared(t)
	o.serveDIMSE(t, environment)
	o.run(t)
	return o
}

// StartFar is StartDIMSE at the other end of a link: at host, where command runs
// programs.
func StartFar(t testing.TB, host string, command func(name string, args ...string) *exec.Cmd, environment ...string) *Orthanc {
	t.Helper()
	o := prepared(t)
	o.host, o.command = host, command
	o.URL = fmt.Sprintf("http://%s:%d/dicom-web", host, o.port)
	o.serveDIMSE(t, environment)
	o.settings["RemoteAccessAllowed"] = true
	o.run(t)
	return o
}

func (o *Orthanc) serveDIMSE(t testing.TB, environment []string) {
	t.Helper()
	port := freePort(t)
	o.Address = fmt.Sprintf("%s:%d", o.host, port)
	o.environment = environment
	o.settings = map[string]any{
		"DicomServerEnabled": true, "DicomAet": AETitle, "DicomPort": port, "UnknownSopClassAccepted": true,
		"DicomAlwaysAllowEcho": true, "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true,
		"DicomModalitiesInDatabase": true,
	}
}

// Modality tells the archive where another node is, so that it can be sent to.
func (o *Orthanc) Modality(t testing.TB, title, address string) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"AET": title, "Host": host, "Port": number})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, strings.TrimSuffix(o.URL, "/dicom-web")+"/modalities/"+title, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("Orthanc does not take a modality: %s", resp.Status)
	}
}

func prepared(t testing.TB) *Orthanc {
	t.Helper()
	program, err := exec.LookPath("Orthanc")
	if err != nil {
		t.Skip("Orthanc is not installed")
	}
	if _, err := os.Stat(plugin); err != nil {
		t.Skip("the DICOMweb plugin of Orthanc is not installed")
	}
	o := &Orthanc{dir: t.TempDir(), program: program, host: "127.0.0.1", command: exec.Command, port: freePort(t)}
	o.URL = fmt.Sprintf("http://%s:%d/dicom-web", o.host, o.port)
	return o
}

func (o *Orthanc) run(t testing.TB) {
	t.Helper()
	if err := o.configure(); err != nil {
		t.Fatal(err)
	}
	o.Start(t)
	t.Cleanup(func() { o.Stop(t) })
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
	settings := map[string]any{
		"Name": "Test", "StorageDirectory": filepath.Join(o.dir, "data"), "IndexDirectory": filepath.Join(o.dir, "data"),
		"Plugins": []string{plugin}, "HttpPort": o.port, "DicomServerEnabled": false, "DefaultEncoding": "Utf8", "Locale": "C.UTF-8", "RemoteAccessAllowed": false,
		"AuthenticationEnabled": false, "HttpThreadsCount": 8, "DicomWeb": map[string]any{"Enable": true},
	}
	maps.Copy(settings, o.settings)
	b, err := json.Marshal(settings)
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
	o.process = o.command(o.program, o.config())
	o.process.Env = append(os.Environ(), o.environment...)
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
