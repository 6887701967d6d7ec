package ul_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"eris/sync/node"
	"eris/sync/ul"
)

// authority signs certificates for tests.
type authority struct {
	file string // its own certificate
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir(), key: newKey(t)}
	a.file = filepath.Join(a.dir, "ca.pem")
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	a.cert, _ = x509.ParseCertificate(der) // it was just made
	writePEM(t, a.file, "CERTIFICATE", der)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writePEM(t testing.TB, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sign gives the files of a new certificate for a host on loopback.
func (a *authority) sign(t testing.TB, name string, until time.Time) (cert, key string) {
	t.Helper()
	k := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &k.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(a.dir, name+".pem"), filepath.Join(a.dir, name+".key")
	writePEM(t, cert, "CERTIFICATE", der)
	writePEM(t, key, "EC PRIVATE KEY", private)
	return cert, key
}

func soon() time.Time { return time.Now().Add(time.Hour) }

func config(t testing.TB, o ul.TLSOptions) *tls.Config {
	t.Helper()
	c, err := ul.TLSConfig(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEchoscuOverTLSIsAnswered(t *testing.T) {
	program := peer(t, "echoscu")
	ca := newAuthority(t)
	cert, key := ca.sign(t, "server", soon())
	clientCert, clientKey := ca.sign(t, "client", soon())
	address := serve(t, &ul.Server{Handle: answerEcho, TLS: config(t, ul.TLSOptions{CAFile: ca.file, CertFile: cert, KeyFile: key})})
	host, port, _ := net.SplitHostPort(address)
	for _, profile := range []string{"+py", "+px", "+pz"} { // the variants of BCP 195 that dcmtk has
		run := exec.CommandContext(t.Context(), program, "-v", "+tls", clientKey, clientCert, "+cf", ca.file, profile, host, port)
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", profile, err, out)
		}
	}
	if out, err := exec.CommandContext(t.Context(), program, "+tla", "+cf", ca.file, host, port).CombinedOutput(); err == nil {
		t.Errorf("a peer without a certificate was let in\n%s", out)
	}
}

func TestStorescpOverTLSAnswers(t *testing.T) {
	ca := newAuthority(t)
	cert, key := ca.sign(t, "server", soon())
	clientCert, clientKey := ca.sign(t, "client", soon())
	options := ul.TLSOptions{CAFile: ca.file, CertFile: clientCert, KeyFile: clientKey}
	for _, profile := range []string{"+py", "+pz"} {
		address := startSCP(t, "+tls", key, cert, "+cf", ca.file, profile)
		a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address, TLS: config(t, options)}, request())
		if err != nil {
			t.Fatalf("%s: %v", profile, err)
		}
		if s := a.TLS(); s == nil || s.Version < tls.VersionTLS12 {
			t.Errorf("TLS %+v", s)
		}
		echo(t, a)
	}
}

func TestCertificatesNobodyTrusts(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	cert, key := ca.sign(t, "server", soon())
	expiredCert, expiredKey := ca.sign(t, "expired", time.Now().Add(-time.Hour))
	clientCert, clientKey := stranger.sign(t, "client", soon())
	server := func(cert, key string) string {
		return serve(t, &ul.Server{Handle: answerEcho, TLS: config(t, ul.TLSOptions{CAFile: ca.file, CertFile: cert, KeyFile: key})})
	}
	plain := serve(t, &ul.Server{Handle: answerEcho})
	for _, test := range []struct {
		name, address string
		options       ul.TLSOptions
		kind          error
	}{
		{"unknown authority", server(cert, key), ul.TLSOptions{CAFile: stranger.file}, node.ErrUntrusted},
		{"expired", server(expiredCert, expiredKey), ul.TLSOptions{CAFile: ca.file}, node.ErrUntrusted},
		{"another host", server(cert, key), ul.TLSOptions{CAFile: ca.file, ServerName: "elsewhere"}, node.ErrUntrusted},
		{"no certificate of ours", server(cert, key), ul.TLSOptions{CAFile: ca.file}, node.ErrRefused},
		{"ours is unknown there", server(cert, key), ul.TLSOptions{CAFile: ca.file, CertFile: clientCert, KeyFile: clientKey}, node.ErrRefused},
		{"no TLS there", plain, ul.TLSOptions{CAFile: ca.file}, node.ErrGarbled},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ul.Dial(t.Context(), ul.DialOptions{Address: test.address, TLS: config(t, test.options)}, request())
			if !errors.Is(err, test.kind) {
				t.Errorf("%v, want %v", err, test.kind)
			}
		})
	}
}

func TestTLSConfigNamesTheFileThatIsWrong(t *testing.T) {
	ca := newAuthority(t)
	cert, key := ca.sign(t, "server", soon())
	for _, o := range []ul.TLSOptions{{CAFile: "absent.pem"}, {CAFile: key}, {CertFile: cert}, {CertFile: ca.file, KeyFile: key}} {
		if c, err := ul.TLSConfig(o); err == nil {
			t.Errorf("%+v gave %v", o, c)
		}
	}
}
