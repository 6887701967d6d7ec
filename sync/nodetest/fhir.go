package nodetest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// CheckFHIR holds resources, each JSON, and those within bundles against FHIR R4's
// structure definitions: every element known, every required one there, codes of
// required value sets. The test fails for each that is wrong.
func CheckFHIR(t testing.TB, resources ...string) {
	t.Helper()
	raw := make([]json.RawMessage, len(resources))
	for i, r := range resources {
		raw[i] = json.RawMessage(r)
	}
	in, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	c := command(t, "fhir", "fhir.cjs")
	c.Stdin = bytes.NewReader(in)
	var failed bytes.Buffer
	c.Stderr = &failed
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, failed.String())
	}
	for _, line := range strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' }) {
		t.Error("not as FHIR R4 has it: ", line)
	}
}
