package dicomweb_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eris/sync/dicomweb"
	"eris/sync/node"
)

const boundary = "0123"

// parts answers a multipart body as it stands.
func parts(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+boundary)
		io.WriteString(w, body)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// hang sends what it has and falls silent.
func hang(head string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		parts(head)(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func TestFailuresHaveTheirKind(t *testing.T) {
	elsewhere := scripted(t, parts("--0123\r\n\r\nobject\r\n--0123--\r\n"))
	_, port, _ := strings.Cut(strings.TrimPrefix(elsewhere, "http://"), ":")
	cases := map[string]struct {
		handler http.HandlerFunc
		kind    error
	}{
		"401":                 {status(401), dicomweb.ErrRefused},
		"403":                 {status(403), dicomweb.ErrRefused},
		"404":                 {status(404), dicomweb.ErrNotFound},
		"204":                 {status(204), dicomweb.ErrNotFound},
		"406":                 {status(406), dicomweb.ErrUnsupported},
		"500":                 {status(500), dicomweb.ErrServer},
		"503":                 {status(503), dicomweb.ErrServer},
		"502":                 {status(502), dicomweb.ErrUnreachable},
		"504":                 {status(504), dicomweb.ErrUnreachable},
		"418":                 {status(418), dicomweb.ErrUnsupported},
		"304":                 {status(304), dicomweb.ErrGarbled},
		"a web page":          {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>log in</html>") }, dicomweb.ErrGarbled},
		"no part":             {parts("--0123--\r\n"), dicomweb.ErrNotFound},
		"no boundary":         {parts("garbage without end"), dicomweb.ErrPartial},
		"half a part":         {parts("--0123\r\nContent-Type: application/dicom\r\n\r\nhalf an obj"), dicomweb.ErrPartial},
		"end without closing": {parts("--0123\r\n\r\nobject\r\n--0123\r\n"), dicomweb.ErrPartial},
		"cut connection": {func(w http.ResponseWriter, r *http.Request) {
			hangUp := http.NewResponseController(w)
			parts("--0123\r\n\r\nobject")(w, r)
			hangUp.Flush()
			panic(http.ErrAbortHandler)
		}, dicomweb.ErrPartial},
		"no answer":       {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, dicomweb.ErrStalled},
		"silence inside":  {hang("--0123\r\n\r\nobj"), dicomweb.ErrStalled},
		"not HTTP at all": {raw("SSH-2.0-server\r\n\r\n"), dicomweb.ErrGarbled},
		"hangs up":        {raw(""), dicomweb.ErrUnreachable},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost:"+port+"/", http.StatusFound)
		}, dicomweb.ErrUnsupported},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			peer := client(t, dicomweb.Options{URL: scripted(t, c.handler), StallTimeout: 300 * time.Millisecond})
			err := peer.Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
				_, err := io.Copy(io.Discard, r)
				return err
			})
			if !errors.Is(err, c.kind) {
				t.Fatalf("%v, want kind %v", err, c.kind)
			}
			if !strings.HasPrefix(err.Error(), `archive "north" `) || strings.Contains(err.Error(), "2.25.7") {
				t.Errorf("sentence %q", err)
			}
		})
	}
}

// raw answers bytes that are not HTTP and closes.
func raw(bytes string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		io.WriteString(conn, bytes)
		conn.Close()
	}
}

// TestABusyCallerIsNoStall: the time a caller takes between reads is not the
// archive's silence.
func TestABusyCallerIsNoStall(t *testing.T) {
	object := strings.Repeat("x", 4<<20)
	c := client(t, dicomweb.Options{StallTimeout: 100 * time.Millisecond, URL: scripted(t, parts("--0123\r\n\r\n"+object+"\r\n--0123--\r\n"))})
	err := c.Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
		time.Sleep(300 * time.Millisecond)
		n, err := io.Copy(io.Discard, r)
		if n != int64(len(object)) {
			t.Errorf("%d bytes", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestNothingListens(t *testing.T) {
	gone := httptest.NewServer(status(200))
	gone.Close()
	c := client(t, dicomweb.Options{URL: gone.URL})
	_, err := c.Studies(t.Context(), node.Query{PatientName: "Образцова*", PatientID: "T-1"})
	if !errors.Is(err, dicomweb.ErrUnreachable) {
		t.Fatal(err)
	}
	if strings.Contains(err.Error(), "T-1") || strings.Contains(err.Error(), "%D0") {
		t.Errorf("the error names the patient: %s", err)
	}
}

func TestCancelIsNotTheArchivesFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := client(t, dicomweb.Options{URL: scripted(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })})
	if _, err := c.Echo(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, dicomweb.ErrUnreachable) {
		t.Error(err)
	}
}

func TestFindingToleratesWhatArchivesSend(t *testing.T) {
	const study = `{"0020000D":{"vr":"UI","Value":["2.25.7"]},"00101010":{"vr":"AS","Value":[{"no":["age"]},[1]]},"00201208":{"Value":["12"]}}`
	cases := map[string]struct {
		answer string
		want   int
	}{
		"a list":          {"[" + study + "]", 1},
		"an object":       {study, 1},
		"with a mark":     {"\xEF\xBB\xBF[" + study + "]", 1},
		"the same twice":  {"[" + study + "," + study + "]", 1},
		"nothing":         {"", 0},
		"an empty list":   {"[]", 0},
		"null in a value": {`[{"0020000D":{"vr":"UI","Value":["2.25.7"]},"00080090":{"vr":"PN","Value":[null]}}]`, 1},
	}
	for name, c := range cases {
		peer := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, c.answer) })})
		got, err := peer.Studies(t.Context(), node.Query{})
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %d studies, %v", name, len(got), err)
		}
	}
	for name, answer := range map[string]string{"a page": "<html/>", "no identifiers": "[{}]", "numbers": "[1,2]",
		"too long": `["` + strings.Repeat("x", 5000) + `"]`} {
		peer := client(t, dicomweb.Options{MaxJSON: 4096, URL: scripted(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })})
		if _, err := peer.Studies(t.Context(), node.Query{}); !errors.Is(err, dicomweb.ErrGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPartsWithoutHeadersAndWithout(t *testing.T) {
	body := "preamble\r\n--0123\r\n\r\nfirst\r\n--0123\r\nContent-Type: application/dicom\r\nContent-Length: 6\r\n\r\nsecond\r\n--0123--\r\n"
	for name, h := range map[string]http.HandlerFunc{
		"first,second,": parts(body),
		"alone,": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/dicom")
			io.WriteString(w, "alone")
		},
	} {
		var got strings.Builder
		err := client(t, dicomweb.Options{URL: scripted(t, h)}).Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
			b, err := io.ReadAll(r)
			fmt.Fprintf(&got, "%s,", b)
			return err
		})
		if err != nil || got.String() != name {
			t.Errorf("%q: %q, %v", name, got.String(), err)
		}
	}
}

func TestLoginIsSent(t *testing.T) {
	for want, o := range map[string]dicomweb.Options{
		"Basic ZG9jOnNlY3JldA==": {Username: "doc", Password: "secret"},
		"Bearer abc":             {Token: "abc"},
	} {
		o.URL = scripted(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != want {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
		if _, err := client(t, o).Echo(t.Context()); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	srv := httptest.NewUnstartedServer(status(http.StatusNoContent))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about the refused handshake
	srv.StartTLS()
	t.Cleanup(srv.Close)
	if _, err := client(t, dicomweb.Options{URL: srv.URL}).Echo(t.Context()); !errors.Is(err, dicomweb.ErrUntrusted) {
		t.Errorf("an unknown certificate: %v", err)
	}
	own := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(own, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, dicomweb.Options{URL: srv.URL, CAFile: own}).Echo(t.Context()); err != nil {
		t.Errorf("with its own authority: %v", err)
	}
	if _, err := dicomweb.New(dicomweb.Options{URL: srv.URL, CAFile: own + "x"}); err == nil {
		t.Error("a file of certificates that is not there was accepted")
	}
	if _, err := dicomweb.New(dicomweb.Options{URL: "archive.example:8042"}); err == nil {
		t.Error("an address without a scheme was accepted")
	}
}
