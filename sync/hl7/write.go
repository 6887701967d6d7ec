package hl7

import (
	"strings"
	"time"
)

// stamp is how moments are written (TS, 2.A.77).
const stamp = "20060102150405-0700"

var escapes = strings.NewReplacer(`\`, `\E\`, "|", `\F\`, "^", `\S\`, "~", `\R\`, "&", `\T\`, "\r\n", `\.br\`, "\r", `\.br\`, "\n", `\.br\`)

// composite writes components, leaving out empty ones at the end.
func composite(components ...string) string {
	for i, c := range components {
		components[i] = escapes.Replace(c)
	}
	return strings.TrimRight(strings.Join(components, "^"), "^")
}

// line writes a segment of fields that are composites already.
func line(id string, fields ...string) string {
	return strings.TrimRight(id+"|"+strings.Join(fields, "|"), "|") + "\r"
}

// Party is an application and the facility it works for (MSH-3 and 4, or 5 and 6).
type Party struct{ Application, Facility string }

// header is MSH in UTF-8, version 2.5.1.
func header(from, to Party, at time.Time, kind, id string) string {
	return line("MSH", `^~\&`, composite(from.Application), composite(from.Facility), composite(to.Application), composite(to.Facility),
		at.Format(stamp), "", kind, id, "P", "2.5.1", "", "", "", "", "", "UNICODE UTF-8")
}
