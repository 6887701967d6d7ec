package desk_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/node"
	"eris/sync/orthanctest"
)

// ring is a keyring in memory.
type ring struct {
	mu      sync.Mutex
	secrets map[string]string
}

func (r *ring) Secret(name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.secrets[name], nil
}

func (r *ring) SetSecret(name, secret string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secrets == nil {
		r.secrets = map[string]string{}
	}
	r.secrets[name] = secret
	return nil
}

// steps tests an archive and gives what came out of each part.
func steps(t *testing.T, d *desk.Desk, sendBack bool) (good bool, list map[desk.Part]desk.Step) {
	t.Helper()
	list = map[desk.Part]desk.Step{}
	good, err := d.Test(t.Context(), "city", sendBack, func(s desk.Step) { list[s.Part] = s })
	if err != nil {
		t.Fatal(err)
	}
	return good, list
}

// An archive that fetches by C-MOVE only, and a scanner that sends by itself.
func TestOthersSendHere(t *testing.T) {
	archive := orthanctest.StartDIMSE(t)
	s := chest("20261111", "КТ ОГК")
	upload(t, archive.URL, s, 4)
	d := workstation(t, t.TempDir(), "dicom://"+orthanctest.AETitle+"@"+archive.Address+"?retrieve=move")
	if good, list := steps(t, d, true); good || !errors.Is(list[desk.PartMove].Err, desk.ErrNotListening) {
		t.Errorf("before it listens: %v, %+v", good, list)
	}
	if err := d.SaveServices(t.Context(), desk.Services{AETitle: "CLINIC5", Receive: "127.0.0.1:0", Callers: []dicom.AETitle{orthanctest.AETitle, "CT1"}}); err != nil {
		t.Fatal(err)
	}
	at := d.Listening()
	if at.Receive == "" || at.ReceiveErr != nil || at.Share != "" {
		t.Fatalf("%+v", at)
	}
	if good, list := steps(t, d, false); good || list[desk.PartMove].Err == nil {
		t.Errorf("an archive that does not know this workstation: %v, %+v", good, list[desk.PartMove])
	}
	archive.Modality(t, "CLINIC5", at.Receive)
	good, list := steps(t, d, true)
	for part, step := range list {
		if part != desk.PartTLS && part != desk.PartFetch && (step.Err != nil || step.Skipped != nil) {
			t.Errorf("%s: %v %v", part, step.Err, step.Skipped)
		}
	}
	if !good || len(list) != 8 || list[desk.PartFind].Found != 1 || !errors.Is(list[desk.PartTLS].Skipped, desk.ErrNotSecured) {
		t.Errorf("%v, %+v", good, list)
	}
	if n, _, err := d.Store.CountStudies(t.Context()); err != nil || n != 0 {
		t.Errorf("the test left %d studies, %v", n, err)
	}
	fetchAll(t, d, order().Patient.PatientID)
	if got, err := d.Store.Study(t.Context(), s.UID()); err != nil || got.Completeness != clinic.Complete || got.Source != "city" {
		t.Errorf("moved here: %+v, %v", got, err)
	}

	scanner := chest("20261112", "КТ ОГК")
	folder := t.TempDir()
	for f := range dicomtest.CT(dicomtest.CTParams{Study: scanner, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 32, Slices: 3}) {
		out, err := os.Create(filepath.Join(folder, string(f.UID(dicom.SOPInstanceUID))))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Write(out), out.Close()); err != nil {
			t.Fatal(err)
		}
	}
	send := func(title string) error {
		host, port, _ := net.SplitHostPort(at.Receive)
		return exec.CommandContext(t.Context(), "storescu", "-aet", title, "-aec", "CLINIC5", "+sd", host, port, folder).Run()
	}
	if send("STRANGER") == nil {
		t.Error("a title that is not let in was taken from")
	}
	if err := send("CT1"); err != nil {
		t.Fatal(err)
	}
	within(t, func() bool {
		got, err := d.Store.Study(t.Context(), scanner.UID())
		return err == nil && got.NumberOfInstances == 3 && got.Source == ""
	})
}

// A clinic's node serves its cache: over DIMSE to those it knows, over DICOMweb
// to who has a token.
func TestAClinicsNode(t *testing.T) {
	s := chest("20261111", "КТ ОГК")
	cache, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	near, err := desk.Open(t.Context(), desk.Params{Store: cache, Keyring: &ring{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(near.Close)
	add(t, near, s, 4)
	services := desk.Services{Receive: "127.0.0.1:0", Share: "127.0.0.1:0", Answers: true}
	if err := near.SaveServices(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	if err := near.SetShareTokens(t.Context(), "to read", ""); err != nil {
		t.Fatal(err)
	}
	at := near.Listening()
	for name, address := range map[string]string{"DIMSE": "dicom://ERIS@" + at.Receive, "DICOMweb": "http://" + at.Share} {
		t.Run(name, func(t *testing.T) {
			cache, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { cache.Close() })
			far, err := desk.Open(t.Context(), desk.Params{Store: cache, Keyring: &ring{secrets: map[string]string{"city": "to read"}}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(far.Close)
			if err := far.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: address}); err != nil {
				t.Fatal(err)
			}
			fetchAll(t, far, order().Patient.PatientID)
			if got, err := far.Store.Study(t.Context(), s.UID()); err != nil || got.Completeness != clinic.Complete {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	stranger := workstation(t, t.TempDir(), "http://"+at.Share)
	if good, list := steps(t, stranger, false); good || !errors.Is(list[desk.PartEcho].Err, node.ErrRefused) {
		t.Errorf("without a token: %v, %+v", good, list)
	}

	for name, wrong := range map[string]desk.Services{
		"title":       {AETitle: "SEVENTEEN-LETTERS"},
		"address":     {Receive: "11112"},
		"network":     {Networks: []string{"10.0.0.0/99"}},
		"certificate": {Share: "0.0.0.0:8443"},
		"file":        {Receive: "127.0.0.1:0", Secured: true, CertFile: filepath.Join(t.TempDir(), "none.pem")},
	} {
		if near.SaveServices(t.Context(), wrong) == nil {
			t.Errorf("a wrong %s was taken", name)
		}
	}
	if near.Listening() != at {
		t.Error("what was refused changed the services")
	}
	taken := services
	taken.Share = at.Receive // which the receiver had: both want it now
	taken.Receive = at.Receive
	if err := near.SaveServices(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	if now := near.Listening(); now.ReceiveErr != nil || now.ShareErr == nil {
		t.Errorf("two services on one address: %+v", now)
	}
}

// On a server that nobody logs in to the environment holds the token.
func TestATokenInTheEnvironment(t *testing.T) {
	t.Setenv("ERIS_SECRET_SHARE_READ", "to read")
	t.Setenv("ERIS_SECRET_CITY", "")
	cache, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: cache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.SaveServices(t.Context(), desk.Services{Share: "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	if at := d.Listening(); at.ShareErr != nil {
		t.Fatal(at.ShareErr)
	}
	if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: "http://" + d.Listening().Share}); err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]error{"to read": nil, "another": node.ErrRefused} {
		t.Setenv("ERIS_SECRET_CITY", secret)
		if err := d.ReloadArchives(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h := d.Echo(t.Context()); len(h) != 1 || !errors.Is(h[0].Err, want) {
			t.Errorf("with token %q: %+v", secret, h)
		}
	}
}

func TestWhatIsWrongWithAnArchive(t *testing.T) {
	near := openDesk(t)
	if err := near.SaveServices(t.Context(), desk.Services{Receive: "127.0.0.1:0", Callers: []dicom.AETitle{"FRIEND"}}); err != nil {
		t.Fatal(err)
	}
	at := near.Listening().Receive
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secured.Close)
	for address, part := range map[string]desk.Part{
		"https://no-such-host.invalid":              desk.PartName,
		"dicom://ERIS@127.0.0.1:1":                  desk.PartConnect,
		"dicom://ERIS@" + at:                        desk.PartEcho,
		"dicoms://ERIS@" + at:                       desk.PartTLS,
		"https" + plain.URL[len("http"):]:           desk.PartTLS,
		secured.URL:                                 desk.PartTLS,
		plain.URL:                                   desk.PartEcho,
		"dicom://ERIS@" + at + "?calling=FRIEND":    desk.PartFind,
		"dicom://ANOTHER@" + at + "?calling=FRIEND": desk.PartEcho,
	} {
		d := workstation(t, t.TempDir(), address)
		good, list := steps(t, d, false)
		for p, step := range list {
			if (step.Err != nil) != (p == part) {
				t.Errorf("%s: %s gave %v", address, p, step.Err)
			}
		}
		if good || list[part].Err == nil {
			t.Errorf("%s was found good: %+v", address, list)
		}
	}
}

// An archive behind an identity provider: the workstation gets the token.
func TestAnArchiveBehindAProvider(t *testing.T) {
	mux := http.NewServeMux()
	provider := httptest.NewServer(mux)
	t.Cleanup(provider.Close)
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": provider.URL, "authorization_endpoint": provider.URL + "/authorize", "token_endpoint": provider.URL + "/token"})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "eris" || secret != "of-the-client" || r.PostFormValue("grant_type") != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, map[string]any{"access_token": "good", "token_type": "Bearer", "expires_in": 300})
	})
	mux.HandleFunc("GET /dicom-web/studies", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer good" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	d := openDesk(t)
	secrets := &ring{secrets: map[string]string{"city": "of-the-client"}}
	d.Keyring = secrets
	login := &desk.Login{Issuer: provider.URL, ClientID: "eris", Machine: true}
	if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: provider.URL + "/dicom-web", Login: login}); err != nil {
		t.Fatal(err)
	}
	if h := d.Echo(t.Context()); len(h) != 1 || h[0].Err != nil {
		t.Errorf("%+v", h)
	}
	if d.LogIn(t.Context(), "city", func(string) error { return nil }, "") == nil {
		t.Error("a person logged in for a machine")
	}
	secrets.SetSecret("city", "another")
	if err := d.ReloadArchives(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := d.Echo(t.Context()); len(h) != 1 || !errors.Is(h[0].Err, node.ErrRefused) {
		t.Errorf("with a wrong secret: %+v", h)
	}
}

// within waits until something is true.
func within(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true")
		}
	}
}
