package dicomweb_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"eris/sync/dicomweb"
)

// retrieved are the parts of an answer, each with a comma behind it.
func retrieved(t *testing.T, h http.HandlerFunc) (string, error) {
	t.Helper()
	var got strings.Builder
	err := client(t, dicomweb.Options{URL: scripted(t, h)}).Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
		b, err := io.ReadAll(r)
		fmt.Fprintf(&got, "%s,", b)
		return err
	})
	return got.String(), err
}

// typed answers a body with a Content-Type; none when that is empty.
func typed(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		io.WriteString(w, body)
	}
}

func TestMultipartAsArchivesSendIt(t *testing.T) {
	const plain = "--0123\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n--0123\r\n\r\nsecond\r\n--0123--\r\n"
	const quoted = `multipart/related; type="application/dicom"; boundary="0123"`
	cases := map[string]struct{ contentType, body, want string }{
		"quoted":       {quoted, plain, "first,second,"},
		"unquoted":     {`multipart/related; type=application/dicom; boundary=0123`, plain, "first,second,"}, // dcmjs-org/dicomweb-client issue 30
		"odd boundary": {`multipart/related;boundary==_Part(1)/2;type="application/dicom"`, strings.ReplaceAll(plain, "0123", "=_Part(1)/2"), "first,second,"},
		"upper case":   {`Multipart/Related; BOUNDARY=0123`, plain, "first,second,"},
		"start":        {`multipart/related;start="<a@b;c>";type="application/dicom";boundary="0123"`, plain, "first,second,"},
		// Orthanc 1.10: the type has a parameter of its own.
		"nested type":       {`multipart/related; type="application/dicom; transfer-syntax=1.2.840.10008.1.2.1"; boundary=0123`, plain, "first,second,"},
		"no type":           {"", plain, "first,second,"},
		"no boundary":       {"multipart/related", plain, "first,second,"},
		"preamble":          {quoted, "This is multipart.\r\n--01234\r\n\r\n" + plain, "first,second,"},
		"LF only":           {quoted, strings.ReplaceAll(plain, "\r\n", "\n"), "first,second,"},
		"no last newline":   {quoted, strings.TrimSuffix(plain, "\r\n"), "first,second,"},
		"epilogue":          {quoted, plain + "--0123\r\n\r\nthird\r\n--0123--", "first,second,"},
		"spaces":            {quoted, strings.ReplaceAll(plain, "--0123\r\n", "--0123 \t\r\n"), "first,second,"},
		"wrong part length": {quoted, strings.ReplaceAll(plain, "\r\n\r\nfirst", "\r\nContent-Length: 9999\r\n\r\nfirst"), "first,second,"},
		"an empty part":     {quoted, "--0123\r\n\r\n--0123\r\nA: b\r\n\r\n\r\n--0123--", ",,"},
		"like a boundary":   {quoted, strings.ReplaceAll(plain, "first", "\r\n--0123x\r\n--012\r\n--\r\n"), "\r\n--0123x\r\n--012\r\n--\r\n,second,"},
		"alone":             {"application/dicom; transfer-syntax=*", "alone", "alone,"},
		"octets":            {"application/octet-stream", "alone", "alone,"},
		"long":              {quoted, strings.ReplaceAll(plain, "first", strings.Repeat("\r\n--012", 200_000)), strings.Repeat("\r\n--012", 200_000) + ",second,"},
	}
	for name, c := range cases {
		got, err := retrieved(t, typed(c.contentType, c.body))
		if err != nil || got != c.want {
			t.Errorf("%s: %.80q, %v", name, got, err)
		}
	}
}

// TestEveryCutIsNoticed ends a body at every byte: only the closing boundary is
// the end (RFC 2046 5.1.1).
func TestEveryCutIsNoticed(t *testing.T) {
	body := "--0123\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n--0123\r\n\r\nsecond\r\n--0123--"
	var sent string
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) { parts(sent)(w, r) })})
	for n := range len(body) {
		sent = body[:n]
		err := c.Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
		if !errors.Is(err, dicomweb.ErrPartial) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestBytesOneByOne has a body come in the smallest pieces.
func TestBytesOneByOne(t *testing.T) {
	body := "--0123\r\n\r\nfirst\r\n--012\r\n--0123\r\n\r\n\r\n--0123--"
	got, err := retrieved(t, func(w http.ResponseWriter, r *http.Request) {
		parts("")(w, r)
		for i := range len(body) {
			io.WriteString(w, body[i:i+1])
			w.(http.Flusher).Flush()
		}
	})
	if err != nil || got != "first\r\n--012,," {
		t.Errorf("%q, %v", got, err)
	}
}

// TestHalfReadPartsAreSkipped: what each leaves is passed over.
func TestHalfReadPartsAreSkipped(t *testing.T) {
	n := 0
	c := client(t, dicomweb.Options{URL: scripted(t, parts("--0123\r\n\r\n"+strings.Repeat("x", 1<<20)+"\r\n--0123\r\n\r\nyes\r\n--0123--"))})
	err := c.Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
		b := make([]byte, 3)
		_, err := io.ReadFull(r, b)
		if n++; n == 2 && string(b) != "yes" {
			t.Errorf("%q", b)
		}
		return err
	})
	if err != nil || n != 2 {
		t.Errorf("%d parts, %v", n, err)
	}
}
