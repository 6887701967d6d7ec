package dicomweb_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
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

// packed answers a body in gzip.
func packed(t *testing.T, contentType string, body io.Reader) http.HandlerFunc {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, body); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(b.Bytes())
	}
}

// zeros are so many zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

// Read gives zeros.
func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestPackedAnswers: archives pack unasked; a bomb is known before it is large.
func TestPackedAnswers(t *testing.T) {
	c := client(t, dicomweb.Options{URL: scripted(t, packed(t, "application/dicom+json", strings.NewReader("["+row(1)+"]")))})
	if studies, err := c.Studies(t.Context(), node.Query{}); err != nil || len(studies) != 1 {
		t.Errorf("%d studies, %v", len(studies), err)
	}
	if got, err := retrieved(t, packed(t, "multipart/related; boundary=0123", strings.NewReader("--0123\r\n\r\nfirst\r\n--0123--"))); err != nil || got != "first," {
		t.Errorf("%q, %v", got, err)
	}
	bomb := packed(t, "application/dicom", zeros(100<<20))
	c = client(t, dicomweb.Options{URL: scripted(t, bomb)})
	var read int64
	err := c.Retrieve(t.Context(), "2.25.7", "", func(r io.Reader) error {
		var err error
		read, err = io.Copy(io.Discard, r)
		return err
	})
	if !errors.Is(err, dicomweb.ErrGarbled) || read > 50<<20 {
		t.Errorf("a bomb: %d bytes, %v", read, err)
	}
	if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, dicomweb.ErrGarbled) {
		t.Errorf("a bomb: %v", err)
	}
	for name, h := range map[string]http.HandlerFunc{
		"no gzip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "["+row(1)+"]")
		},
		"unknown": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "x")
		},
	} {
		c := client(t, dicomweb.Options{URL: scripted(t, h)})
		if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, dicomweb.ErrGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// forever repeats words until nobody listens.
func forever(head, words string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, head)
		block := strings.Repeat(words, 1000)
		for {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}
}

func TestJSONWithoutEndOrBottom(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"rows without identifiers": forever("[{}", ",{}"),
		"one attribute":            forever(`[{"00100010":{"vr":"PN","Value":["`, "x"),
		"white space":              forever("", " "),
		"deep lists":               forever("", "["),
		"deep objects":             forever("[", `{"00081199":{"vr":"SQ","Value":[`),
		"a few thousand deep": typed("application/dicom+json", "["+strings.Repeat(`{"00081199":{"vr":"SQ","Value":[`, 5000)+
			strings.Repeat("]}}", 5000)+"]"),
	} {
		c := client(t, dicomweb.Options{MaxJSON: 4 << 20, URL: scripted(t, h)})
		if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, dicomweb.ErrGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMultipartWithoutEnd(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"preamble":                 func(w http.ResponseWriter, r *http.Request) { parts("")(w, r); forever("", "line\r\n")(w, r) },
		"no line":                  func(w http.ResponseWriter, r *http.Request) { parts("")(w, r); forever("", "x")(w, r) },
		"headers":                  func(w http.ResponseWriter, r *http.Request) { parts("--0123\r\n")(w, r); forever("", "A: b\r\n")(w, r) },
		"a boundary of a megabyte": typed("multipart/related; boundary="+strings.Repeat("b", 500_000), "--"),
	} {
		if _, err := retrieved(t, h); !errors.Is(err, dicomweb.ErrGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWrongLengths(t *testing.T) {
	const body = "--0123\r\n\r\nfirst\r\n--0123--"
	_, err := retrieved(t, raw("HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=0123\r\nContent-Length: 4000\r\n\r\n"+body[:20]))
	if !errors.Is(err, dicomweb.ErrPartial) {
		t.Errorf("too long: %v", err)
	}
	_, err = retrieved(t, raw("HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=0123\r\nContent-Length: 15\r\n\r\n"+body))
	if !errors.Is(err, dicomweb.ErrPartial) {
		t.Errorf("too short: %v", err)
	}
	if _, err = retrieved(t, raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"+body)); err == nil {
		t.Error("a negative length was believed")
	}
}

func TestRedirects(t *testing.T) {
	stranger := scripted(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a stranger got %s with %q", r.URL, r.Header.Get("Authorization"))
	})
	for name, to := range map[string]string{"another port": stranger + "/studies", "in a circle": "/again", "no address": "http://%zz"} {
		c := client(t, dicomweb.Options{Token: "secret", URL: scripted(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})})
		if _, err := c.Echo(t.Context()); node.Kind(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := client(t, dicomweb.Options{Token: "secret", URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/moved" {
			http.Redirect(w, r, "/moved", http.StatusFound)
		} else if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})})
	if _, err := c.Echo(t.Context()); err != nil {
		t.Errorf("within the archive: %v", err)
	}
}

// authority signs certificates for tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // PEM
	dir         string
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tests"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = a.write(t, "ca.pem", "CERTIFICATE", der)
	return a
}

func (a *authority) write(t testing.TB, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// issue signs a certificate for host and answers its files.
func (a *authority) issue(t testing.TB, name, host string, until time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-24 * time.Hour),
		NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return a.write(t, name+".pem", "CERTIFICATE", der), a.write(t, name+".key", "EC PRIVATE KEY", private)
}

// secured is an archive with a certificate that has nothing.
func secured(t *testing.T, config *tls.Config) string {
	srv := httptest.NewUnstartedServer(status(http.StatusNoContent))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about refused handshakes
	srv.TLS = config
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestCertificatesThatAreNoGood(t *testing.T) {
	a := newAuthority(t)
	for name, c := range map[string]struct {
		host  string
		until time.Time
		want  error
	}{
		"good":         {"127.0.0.1", time.Now().Add(time.Hour), nil},
		"expired":      {"127.0.0.1", time.Now().Add(-time.Hour), dicomweb.ErrUntrusted},
		"another host": {"other.example", time.Now().Add(time.Hour), dicomweb.ErrUntrusted},
	} {
		pair, err := tls.LoadX509KeyPair(a.issue(t, name, c.host, c.until))
		if err != nil {
			t.Fatal(err)
		}
		peer := client(t, dicomweb.Options{CAFile: a.file, URL: secured(t, &tls.Config{Certificates: []tls.Certificate{pair}})})
		if _, err := peer.Echo(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOwnCertificateIsShown(t *testing.T) {
	a := newAuthority(t)
	pair, err := tls.LoadX509KeyPair(a.issue(t, "server", "127.0.0.1", time.Now().Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	address := secured(t, &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert})
	certFile, keyFile := a.issue(t, "client", "station", time.Now().Add(time.Hour))
	both := filepath.Join(a.dir, "both.pem")
	one, _ := os.ReadFile(certFile)
	two, _ := os.ReadFile(keyFile)
	if err := os.WriteFile(both, append(one, two...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []dicomweb.Options{{CertFile: certFile, KeyFile: keyFile}, {CertFile: both}} {
		o.CAFile, o.URL = a.file, address
		if _, err := client(t, o).Echo(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := client(t, dicomweb.Options{CAFile: a.file, URL: address}).Echo(t.Context()); node.Kind(err) == nil {
		t.Errorf("without a certificate: %v", err)
	}
	for _, o := range []dicomweb.Options{{CertFile: certFile}, {CertFile: "nowhere"}} {
		o.URL = address
		if _, err := dicomweb.New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
