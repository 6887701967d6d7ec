package nodetest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/sync/dcmtktest"
)

// dimse is the module that speaks MPPS.
const dimse = "dcmjs-dimse"

// Said is one request that a department heard.
type Said struct {
	Operation string // create or set
	UID       string
	Status    int                        // that it answered
	Set       map[string]json.RawMessage // by keyword
}

// Department keeps procedures as a department's system does.
type Department struct {
	Address string

	mu   sync.Mutex
	said []Said
}

// StartDepartment starts one. The test is skipped when the peer is not installed
// (scripts/packages.sh test).
func StartDepartment(t testing.TB) *Department {
	t.Helper()
	port := dcmtktest.FreePort(t)
	c := command(t, dimse, "mpps.cjs", "ris", strconv.Itoa(port))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	d := &Department{}
	var reading sync.WaitGroup
	reading.Go(func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var s Said
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Errorf("%s: %v", lines.Text(), err)
				continue
			}
			d.mu.Lock()
			d.said = append(d.said, s)
			d.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		c.Process.Kill()
		reading.Wait()
		c.Wait()
	})
	d.Address = "127.0.0.1:" + strconv.Itoa(port)
	for range 400 {
		if conn, err := net.Dial("tcp", d.Address); err == nil {
			conn.Close()
			return d
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the department does not listen")
	return nil
}

// Said is what it heard up to now.
func (d *Department) Said() []Said {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Said(nil), d.said...)
}

// Request is one that a scanner sends; Set by keyword, sequences as arrays.
type Request struct {
	Operation string         `json:"operation"` // create or set
	UID       string         `json:"uid"`
	Set       map[string]any `json:"set"`
}

// Scan lets a scanner with the AE title SCANNER send requests on one association,
// and returns the statuses it was answered.
func Scan(t testing.TB, port int, title string, requests ...Request) []int {
	t.Helper()
	c := command(t, dimse, "mpps.cjs", "scanner", strconv.Itoa(port), title)
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin = bytes.NewReader(in)
	var failed bytes.Buffer
	c.Stderr = &failed
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failed.String())
	}
	var statuses []int
	for _, line := range strings.Fields(string(out)) {
		n, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		statuses = append(statuses, n)
	}
	return statuses
}
