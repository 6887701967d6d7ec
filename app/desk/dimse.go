package desk

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/ul"
)

// Schemes of archives that speak DIMSE: without and with TLS. Their default
// ports are the registered ones (PS3.8 9.1.1, PS3.15 B.9).
const (
	plainScheme  = "dicom"
	secureScheme = "dicoms"
)

// defaultTitle is how the workstation calls itself unless its Services says otherwise.
const defaultTitle = "ERIS"

func isDIMSE(address string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(address), "://")
	return scheme == plainScheme || scheme == secureScheme
}

// dimseClient reads an address and makes its client. The address may say how this
// workstation calls itself there, and that objects are fetched by C-MOVE:
// dicom://ARCHIVE@host:104?calling=CLINIC5&retrieve=move.
func (d *Desk) dimseClient(name string, o ArchiveOptions, secret string) (*dimse.Client, error) {
	u, err := url.Parse(strings.TrimSpace(o.URL))
	if err != nil || u.Hostname() == "" || u.User.Username() == "" {
		return nil, fmt.Errorf("archive %q: the address must be dicom://AETITLE@host:port", name)
	}
	services, receiver := d.receiver()
	said := u.Query()
	options := dimse.Options{Name: name, CalledAE: dicom.AETitle(u.User.Username()),
		CallingAE: dicom.AETitle(cmp.Or(said.Get("calling"), string(services.Title()))), Retrieve: dimse.Method(said.Get("retrieve")),
		Receiver: receiver, MoveDestination: services.Title(), Spelling: o.Spelling, Log: d.Log,
		Learned: func(s dimse.Spelling) { d.learn(name, s) }}
	port := "104"
	if u.Scheme == secureScheme {
		port = fmt.Sprint(ul.TLSPort)
		options.TLS = &ul.TLSOptions{CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: cmp.Or(o.KeyFile, o.CertFile)}
	}
	options.Address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	if o.Username != "" {
		options.Username, options.Password = o.Username, secret
	} else {
		options.Token = secret
	}
	return dimse.New(options)
}

// learn keeps the spelling in which an archive finds Cyrillic names, for the next start.
func (d *Desk) learn(name string, s dimse.Spelling) {
	d.mu.Lock()
	a, ok := d.archives[name]
	a.Spelling = s
	if ok {
		d.archives[name] = a
	}
	d.mu.Unlock()
	if !ok {
		return // it was removed meanwhile
	}
	if err := d.Store.SaveNode(context.Background(), name, a.ArchiveOptions); err != nil {
		d.Log.Warn("how an archive spells names could not be kept", "archive", name, "error", err)
	}
}
