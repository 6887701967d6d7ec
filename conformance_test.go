package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"eris/dicom"
	"eris/sync/dimse"
)

var update = flag.Bool("update", false, "write the tables of CONFORMANCE.md anew")

// syntaxTable is the table of transfer syntaxes as the code has it.
func syntaxTable() string {
	var b strings.Builder
	b.WriteString("| transfer syntax | UID | images |\n|---|---|---|\n")
	row := func(uid dicom.UID, images string) {
		name := strings.TrimSuffix(uid.Name(), " ("+string(uid)+")")
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, uid, images)
	}
	for _, uid := range dicom.DecodableSyntaxes() {
		row(uid, "shown")
	}
	for _, uid := range dicom.OutsideSyntaxes() {
		row(uid, "not supported; opened by another program")
	}
	return b.String()
}

// storageTable is the table of storage SOP classes as the code has it.
func storageTable() string {
	var b strings.Builder
	b.WriteString("| storage SOP class | UID |\n|---|---|\n")
	for _, uid := range dimse.StorageClasses() {
		name := strings.TrimSuffix(uid.Name(), " ("+string(uid)+")")
		if name == string(uid) {
			name = "newer than the dictionary"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, uid)
	}
	return b.String()
}

// The conformance statement says what the code does, no more and no less.
func TestConformanceStatementIsTrue(t *testing.T) {
	const file = "CONFORMANCE.md"
	for name, table := range map[string]func() string{"transfer syntaxes": syntaxTable, "storage SOP classes": storageTable} {
		begin, end := "<!-- "+name+": from the code -->\n", "<!-- end -->\n"
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, found := strings.Cut(string(text), begin)
		said, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no table of %s between its marks", file, name)
		}
		want := table()
		if said == want {
			continue
		}
		if !*update {
			t.Fatalf("%s says\n%s\nthe code says\n%s\ngo test . -run Conformance -update writes it anew", file, said, want)
		}
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, uid := range append(dicom.DecodableSyntaxes(), dicom.OutsideSyntaxes()...) {
		if uid.Name() == string(uid) {
			t.Errorf("%s has no name", uid)
		}
	}
}
