//go:build unix && !darwin

package invoke

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
)

// TestRegister: the system's own tools find the entry, and a program whose path
// has every sign that means something is started with its arguments as they are.
func TestRegister(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	if err := os.Mkdir(filepath.Join(home, "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	program := filepath.Join(home, "a $b `c` \"d\" 50%", "eris")
	if err := register(program, "--data", `C:\x y`, "open"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "data", "applications", desktopFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `Exec="` + home + "/a \\\\$b \\\\`c\\\\` \\\\\"d\\\\\" 50%%/eris\" \"--data\" \"C:\\\\\\\\x y\" \"open\" %u\n"
	if !strings.Contains(string(b), want) {
		t.Errorf("%s\nwant %s", b, want)
	}
	if tool, err := exec.LookPath("desktop-file-validate"); err == nil {
		if said, err := exec.Command(tool, path).CombinedOutput(); err != nil {
			t.Errorf("%s", said)
		}
	}
	if tool, err := exec.LookPath("xdg-mime"); err == nil {
		if said, err := exec.Command(tool, "query", "default", "x-scheme-handler/eris").Output(); err != nil || strings.TrimSpace(string(said)) != desktopFile {
			t.Errorf("the system opens such addresses with %q, %v", said, err)
		}
	}
}
