package main

import (
	"os/exec"
	"strings"
	"testing"
)

// allowed says what of this module each room may import, and why nothing else.
// Rooms are told by their folder; a room may always import its own parts.
var allowed = []struct {
	room string
	may  []string
	why  string
}{
	{"eris/dicom", nil, "the language knows none of its speakers"},
	{"eris/assets", nil, "anyone may read it, so it reads nobody"},
	{"eris/clinic", []string{"eris/dicom", "eris/assets"}, "the words of the department: no files, no SQL, no sockets"},
	{"eris/store", []string{"eris/clinic", "eris/dicom", "eris/assets"}, "the cache draws nothing and calls nobody"},
	{"eris/sync", []string{"eris/clinic", "eris/dicom", "eris/assets"}, "what goes over the wire reaches the cache through interfaces of its own"},
	{"eris/viewer", []string{"eris/clinic", "eris/dicom", "eris/assets"}, "the reading room runs without a screen, a cache and a network"},
	{"eris/bench", []string{"eris/clinic", "eris/dicom", "eris/assets", "eris/store", "eris/viewer"}, "it measures from outside, like a peer"},
	{"eris/app", []string{"eris/clinic", "eris/dicom", "eris/assets", "eris/store", "eris/sync", "eris/viewer"}, "the desktop joins the rooms"},
}

// only says which foreign modules belong to one room.
var only = []struct{ module, room, why string }{
	{"fyne.io/", "eris/app", "Fyne lives in app/ and nowhere else, so that the rest builds without cgo"},
	{"github.com/suyashkumar/dicom", "eris/dicom", "the parser is wrapped once, with recovery and limits"},
	{"modernc.org/sqlite", "eris/store", "the SQL driver is the cache's own matter"},
	{"github.com/pressly/goose", "eris/store", "migrations are the cache's own matter"},
}

// pages must not know each other: they meet through routes.
var pages = []string{"eris/app/check", "eris/app/studies", "eris/app/read", "eris/app/transfers", "eris/app/stats", "eris/app/settings", "eris/app/screen"}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			checkRoom(t, fields[0], imported)
			checkForeign(t, fields[0], imported)
			checkPages(t, fields[0], imported)
		}
	}
}

// within reports a package of a room.
func within(pkg, room string) bool { return pkg == room || strings.HasPrefix(pkg, room+"/") }

func checkRoom(t *testing.T, pkg, imported string) {
	t.Helper()
	if !strings.HasPrefix(imported, "eris/") {
		return
	}
	for _, rule := range allowed {
		if !within(pkg, rule.room) || within(imported, rule.room) {
			continue
		}
		for _, may := range rule.may {
			if within(imported, may) {
				return
			}
		}
		t.Errorf("%s imports %s: %s", pkg, imported, rule.why)
	}
	if imported == "eris/sync" {
		t.Errorf("%s imports eris/sync: that folder is no package, so that sync.Mutex stays sync.Mutex", pkg)
	}
}

func checkForeign(t *testing.T, pkg, imported string) {
	t.Helper()
	for _, rule := range only {
		if strings.HasPrefix(imported, rule.module) && !within(pkg, rule.room) {
			t.Errorf("%s imports %s: %s", pkg, imported, rule.why)
		}
	}
}

func checkPages(t *testing.T, pkg, imported string) {
	t.Helper()
	for _, from := range pages {
		for _, to := range pages {
			if pkg == from && imported == to && from != to {
				t.Errorf("page %s imports page %s: pages meet through routes", from, to)
			}
		}
	}
}
