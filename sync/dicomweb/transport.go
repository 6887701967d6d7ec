package dicomweb

import (
	"net/http"

	"eris/sync/node"
)

// newTransport is tuned for pixel data.
func newTransport(o Options) (*http.Transport, error) {
	t, err := node.Transport(node.Certificates{CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile})
	if err != nil {
		return nil, err
	}
	t.ReadBufferSize = 256 << 10 // a slice of half a megabyte in two reads instead of a hundred
	t.WriteBufferSize = 64 << 10
	t.DisableCompression = true // pixel data does not shrink, and packed answers hide their size
	return t, nil
}
