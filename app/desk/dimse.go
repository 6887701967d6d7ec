package desk

import (
	"cmp"
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

// defaultTitle is how the workstation calls itself unless the address says
// otherwise: dicom://ARCHIVE@host:104?calling=CLINIC5.
const defaultTitle = "ERIS"

func isDIMSE(address string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(address), "://")
	return scheme == plainScheme || scheme == secureScheme
}

// dimseClient reads an address and makes its client.
func dimseClient(name string, o ArchiveOptions, secret string) (client, error) {
	u, err := url.Parse(strings.TrimSpace(o.URL))
	if err != nil || u.Hostname() == "" || u.User.Username() == "" {
		return nil, fmt.Errorf("archive %q: the address must be dicom://AETITLE@host:port", name)
	}
	options := dimse.Options{Name: name, CalledAE: dicom.AETitle(u.User.Username()),
		CallingAE: dicom.AETitle(cmp.Or(u.Query().Get("calling"), defaultTitle))}
	port := "104"
	if u.Scheme == secureScheme {
		port = fmt.Sprint(ul.TLSPort)
		options.TLS = &ul.TLSOptions{CAFile: o.CAFile}
	}
	options.Address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	if o.Username != "" {
		options.Username, options.Password = o.Username, secret
	} else {
		options.Token = secret
	}
	c, err := dimse.New(options)
	if err != nil {
		return nil, err
	}
	return c, nil
}
