// Package nodetest runs peers on Node.js for tests, which are not ours: a scanner
// and a department's system that speak MPPS (dcmjs-dimse), and FHIR's own
// structure definitions (fhir). scripts/packages.sh test brings them.
package nodetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"eris/sync/dcmtktest"
)

// command runs a script of this package. The test is skipped when a module that it
// needs is not installed.
func command(t testing.TB, module, script string, args ...string) *exec.Cmd {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	modules := filepath.Join(filepath.Dir(here), "..", "..", "build", "peer", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, module)); err != nil {
		t.Skip(module + " is not installed (scripts/packages.sh test)")
	}
	c := exec.CommandContext(t.Context(), dcmtktest.Tool(t, "node"), append([]string{filepath.Join(filepath.Dir(here), "peer", script)}, args...)...)
	c.Env = append(os.Environ(), "NODE_PATH="+modules)
	c.WaitDelay = time.Second
	return c
}
