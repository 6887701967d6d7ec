package desk

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"eris/dicom"
	"eris/sync/cdshooks"
	"eris/sync/dicomweb/origin"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// servicesSetting is where the Services is kept.
const servicesSetting = "services"

// shareToken and shareWriteToken are the names of the tokens in the keyring with
// which the cache is read, and added to, by the clinic's other workstations.
const (
	shareToken      = "share read"
	shareWriteToken = "share write"
)

// Services is what others may ask of this workstation. It listens to nobody
// until it is told where.
type Services struct {
	AETitle dicom.AETitle `json:"aeTitle,omitempty"` // ERIS when empty
	Clinic  string        `json:"clinic,omitempty"`  // where this workstation stands: what is counted is counted by it

	// Receive is the address, host:port, where DIMSE is listened to: objects are
	// taken from archives (C-MOVE) and modalities. Empty: nowhere.
	Receive  string          `json:"receive,omitempty"`
	Callers  []dicom.AETitle `json:"callers,omitempty"`  // titles that are let in; empty: all
	Networks []string        `json:"networks,omitempty"` // addresses that are let in, e.g. 10.5.0.0/16; empty: all
	Secured  bool            `json:"secured,omitempty"`  // TLS with CertFile; CAFile says whose callers are let in
	Answers  bool            `json:"answers,omitempty"`  // C-FIND and C-GET are answered from the cache: a clinic's node

	// Share is the address, host:port, where the cache is served over DICOMweb to
	// the clinic's other workstations. Empty: nowhere. Other addresses than
	// loopback need CertFile, and a token.
	Share string `json:"share,omitempty"`

	// Orders is the address, host:port, where orders are listened for (HL7 v2 over
	// MLLP); Networks and Secured hold for it too. Empty: nowhere.
	Orders string `json:"orders,omitempty"`
	// OrdersTo is the address, host:port, where those who send orders are told that
	// one is not done (HL7 ORM with ORC-1 OC). Empty: they are not told.
	OrdersTo string `json:"ordersTo,omitempty"`

	// Hooks is the address, host:port, where electronic records ask for the check
	// (CDS Hooks), while "eris serve" runs. Other addresses than loopback need
	// CertFile, HooksURL and HooksIssuers. Empty: nowhere.
	Hooks        string            `json:"hooks,omitempty"`
	HooksURL     string            `json:"hooksURL,omitempty"`     // the service's base as records know it: their tokens are for it
	HooksIssuers []cdshooks.Issuer `json:"hooksIssuers,omitempty"` // records that may ask
	HooksOrigins []string          `json:"hooksOrigins,omitempty"` // of records in a browser

	// Advice is the base of a service (CDS Hooks) that is asked about orders made
	// here; AdviceISS and AdviceKey, a file with a private JSON web key, say to it who
	// asks. Empty: nobody is asked.
	Advice    string `json:"advice,omitempty"`
	AdviceISS string `json:"adviceISS,omitempty"`
	AdviceKey string `json:"adviceKey,omitempty"`

	CertFile string `json:"certFile,omitempty"` // who this workstation is, PEM
	KeyFile  string `json:"keyFile,omitempty"`  // empty: the key lies in CertFile
	CAFile   string `json:"caFile,omitempty"`
}

// ErrHooksOpen is a service for records that anybody could ask.
var ErrHooksOpen = errors.New("records on other computers are answered with a certificate, the service's own address and the records that may ask only")

// Title is the AE title of this workstation.
func (s Services) Title() dicom.AETitle { return cmp.Or(s.AETitle, defaultTitle) }

// Listening is where the workstation is reached, and why it is not.
type Listening struct {
	Receive, Share, Orders          string // the addresses; empty: it does not listen
	ReceiveErr, ShareErr, OrdersErr error
}

// listeners are the services at work.
type listeners struct {
	Listening
	services Services
	receiver *dimse.Server // nil: objects are not taken
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Services is what is set up.
func (d *Desk) Services(ctx context.Context) (s Services, err error) {
	err = d.Store.Setting(ctx, servicesSetting, &s)
	return s, err
}

// SaveServices changes what others may ask, and listens anew. What cannot work is
// refused and the present setting stays; an address that is taken is an error of
// Listening, since it may be free at the next start.
func (d *Desk) SaveServices(ctx context.Context, s Services) error {
	if err := s.check(); err != nil {
		return err
	}
	if err := d.Store.SaveSetting(ctx, servicesSetting, s); err != nil {
		return err
	}
	if err := d.listen(ctx); err != nil {
		return err
	}
	return d.ReloadArchives(ctx)
}

func (s Services) check() error {
	for _, title := range append([]dicom.AETitle{s.Title()}, s.Callers...) {
		if len(title) > 16 || strings.TrimSpace(string(title)) == "" {
			return fmt.Errorf("the AE title %q must have 1 to 16 characters", title)
		}
	}
	for _, address := range []string{s.Receive, s.Share, s.Orders, s.OrdersTo, s.Hooks} {
		if _, _, err := net.SplitHostPort(address); err != nil && address != "" {
			return fmt.Errorf("the address %q must be host:port, e.g. 127.0.0.1:11112", address)
		}
	}
	if s.Secured {
		if _, err := s.tls(); err != nil {
			return err
		}
	}
	if s.Share != "" && !isLoopback(s.Share) && s.CertFile == "" {
		return errors.New("other workstations are served with a certificate only: name its file")
	}
	if s.Hooks != "" && !isLoopback(s.Hooks) && (s.CertFile == "" || s.HooksURL == "" || len(s.HooksIssuers) == 0) {
		return ErrHooksOpen
	}
	if _, err := s.adviser(); err != nil {
		return err
	}
	_, err := s.networks()
	return err
}

func (s Services) tls() (*tls.Config, error) {
	return ul.TLSConfig(ul.TLSOptions{CAFile: s.CAFile, CertFile: s.CertFile, KeyFile: cmp.Or(s.KeyFile, s.CertFile), ClientsNeedNone: s.CAFile == ""})
}

func (s Services) networks() ([]netip.Prefix, error) {
	list := make([]netip.Prefix, len(s.Networks))
	for i, text := range s.Networks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, failed := netip.ParseAddr(text)
			if failed != nil {
				return nil, fmt.Errorf("%q is no network, e.g. 10.5.0.0/16", text)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		list[i] = p
	}
	return list, nil
}

func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	return node.Loopback(host)
}

// Listening says where others reach this workstation.
func (d *Desk) Listening() Listening {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listeners.Listening
}

// ShareTokens are the tokens for the clinic's other workstations: with the first
// the cache is read, with the second it is added to as well.
func (d *Desk) ShareTokens() (read, write string, err error) {
	if read, err = d.Keyring.Secret(shareToken); err != nil {
		return "", "", err
	}
	write, err = d.Keyring.Secret(shareWriteToken)
	if errors.Is(err, ErrNoKeyring) && read != "" {
		err = nil // the environment holds the one, and need not hold both
	}
	return read, write, err
}

// SetShareTokens replaces the tokens; an empty one lets nobody in.
func (d *Desk) SetShareTokens(ctx context.Context, read, write string) error {
	err := d.Keyring.SetSecret(shareToken, read)
	if err == nil {
		err = d.Keyring.SetSecret(shareWriteToken, write)
	}
	if err != nil {
		return err
	}
	return d.listen(ctx)
}

// listen ends the listeners and begins them as they are set up now.
func (d *Desk) listen(ctx context.Context) error {
	s, err := d.Services(ctx)
	if err != nil {
		return err
	}
	d.listening.Lock()
	defer d.listening.Unlock()
	d.mu.Lock()
	old := d.listeners
	d.mu.Unlock()
	if old != nil {
		old.end()
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	now := &listeners{services: s, stop: stop}
	now.ReceiveErr = d.receive(running, now)
	now.ShareErr = d.share(running, now)
	now.OrdersErr = d.listenOrders(running, now)
	for _, err := range []error{now.ReceiveErr, now.ShareErr, now.OrdersErr} {
		if err != nil {
			d.Log.Warn("others do not reach this workstation", "error", err)
		}
	}
	d.mu.Lock()
	d.listeners = now
	d.mu.Unlock()
	return nil
}

func (s *listeners) end() {
	s.stop()
	s.work.Wait()
}

// receive listens for DIMSE.
func (d *Desk) receive(ctx context.Context, now *listeners) error {
	s := now.services
	if s.Receive == "" {
		return nil
	}
	server := &dimse.Server{AETitle: s.Title(), Sink: taking{d}, Steps: d.takeStep, Callers: s.Callers, Log: d.Log}
	if s.Answers {
		server.Cache = Origin{d.Store}
	}
	var err error
	if server.Networks, err = s.networks(); err != nil {
		return err
	}
	if s.Secured {
		if server.TLS, err = s.tls(); err != nil {
			return err
		}
	}
	if server.Listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.Receive); err != nil {
		return fmt.Errorf("receiving: %w", err)
	}
	now.receiver, now.Receive = server, server.Listener.Addr().String()
	now.work.Go(func() {
		if err := server.Serve(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("objects are not received any more", "error", err)
		}
	})
	return nil
}

// share serves the cache over DICOMweb.
func (d *Desk) share(ctx context.Context, now *listeners) error {
	s := now.services
	if s.Share == "" {
		return nil
	}
	read, write, err := d.ShareTokens()
	if err != nil {
		return err
	}
	everywhere := !isLoopback(s.Share)
	if everywhere && read == "" && write == "" {
		return errors.New("sharing: other workstations need a token, and none is set")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Share)
	if err != nil {
		return fmt.Errorf("sharing: %w", err)
	}
	cache := Origin{d.Store}
	handler := origin.New(origin.Params{Cache: cache, Render: cache.Render, Everywhere: everywhere, Reader: read, Writer: write, Log: d.Log})
	now.Share = listener.Addr().String()
	now.work.Go(func() {
		err := origin.Serve(ctx, origin.Service{Listener: listener, Handler: handler, CertFile: s.CertFile, KeyFile: s.KeyFile})
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the cache is not shared any more", "error", err)
		}
	})
	return nil
}

// taking is the cache as the sink of what others send.
type taking struct{ desk *Desk }

// Add takes an object. One from an archive is noted as coming from there; what a
// modality sends belongs to no archive, and stays until a person removes it.
func (t taking) Add(ctx context.Context, r io.Reader, caller string) (dicom.UID, error) {
	added, err := t.desk.Store.Take(ctx, r, t.desk.archiveTitled(dicom.AETitle(caller)))
	return added.SOPInstanceUID, err
}

// archiveTitled is the name of the archive with an AE title, "" when there is none.
func (d *Desk) archiveTitled(title dicom.AETitle) string {
	list := d.Archives()
	if i := slices.IndexFunc(list, func(a Archive) bool {
		c, ok := a.client.(*dimse.Client)
		return ok && c.CalledAE == title
	}); i >= 0 {
		return list[i].Name
	}
	return ""
}

// receiver is the DIMSE listener, nil when there is none.
func (d *Desk) receiver() (Services, *dimse.Server) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listeners.services, d.listeners.receiver
}
