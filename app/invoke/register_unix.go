//go:build unix && !darwin

package invoke

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// desktopFile is the program's entry (Desktop Entry Specification).
const desktopFile = "org.eris.workstation.desktop"

func register(program string, args ...string) error {
	dir := filepath.Join(xdg.DataHome, "applications")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the entry for eris:// addresses: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, desktopFile), []byte(entry(program, args)), 0o644); err != nil {
		return fmt.Errorf("the entry for eris:// addresses: %w", err)
	}
	// Desktops find the entry by themselves; these make it at once, and the first.
	for _, c := range [][]string{{"update-desktop-database", dir}, {"xdg-mime", "default", desktopFile, "x-scheme-handler/eris"}} {
		path, err := exec.LookPath(c[0])
		if err != nil {
			continue
		}
		if said, err := exec.Command(path, c[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", c[0], err, strings.TrimSpace(string(said)))
		}
	}
	return nil
}

func entry(program string, args []string) string {
	words := []string{quoted(program)}
	for _, a := range args {
		words = append(words, quoted(a))
	}
	return strings.Join([]string{"[Desktop Entry]", "Type=Application", "Name=ERIS Workstation", "Name[ru]=Рабочая станция ЕРИС",
		"Exec=" + strings.Join(words, " ") + " %u", "Terminal=false", "Categories=MedicalSoftware;Science;", "MimeType=x-scheme-handler/eris;",
		"NoDisplay=true", ""}, "\n")
}

// quoted is an argument of Exec: quoted as a whole, and then written as a string,
// which doubles backslashes once more; a percent sign would be a field.
func quoted(arg string) string {
	arg = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg)
	return `"` + strings.NewReplacer(`\`, `\\`, `%`, `%%`, "\n", `\n`).Replace(arg) + `"`
}
