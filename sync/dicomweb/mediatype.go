package dicomweb

import "strings"

// mediaType reads a Content-Type (RFC 9110 8.3.1) as archives write it: values
// that must be quoted often are not (dcmjs dicomweb-client issue 30), which
// package mime refuses. Names are lower case.
func mediaType(s string) (kind string, params map[string]string) {
	fields := unquotedFields(s)
	params = map[string]string{}
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		params[strings.ToLower(strings.TrimSpace(name))] = unquoted(strings.TrimSpace(value))
	}
	return strings.ToLower(strings.TrimSpace(fields[0])), params
}

// unquotedFields splits at semicolons that stand outside quotes.
func unquotedFields(s string) []string {
	quoted := false
	return strings.FieldsFunc(s+" ", func(r rune) bool {
		quoted = quoted != (r == '"')
		return r == ';' && !quoted
	})
}

// unquoted is a value without quotes around it and backslashes in it.
func unquoted(s string) string {
	inner, ok := strings.CutPrefix(s, `"`)
	if !ok {
		return s
	}
	inner, _, _ = strings.Cut(inner, `"`)
	return strings.ReplaceAll(inner, `\`, "")
}
