package node_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"eris/sync/node"
)

func TestErrorIsOneSentenceWithItsKind(t *testing.T) {
	err := fmt.Errorf("fetch: %w", &node.Error{Node: "north", Kind: node.ErrServer, Status: 503, Cause: io.ErrUnexpectedEOF})
	if got, want := err.Error(), `fetch: archive "north" failed on its own side (HTTP 503): unexpected EOF`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if node.Kind(err) != node.ErrServer || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("kind %v of %v", node.Kind(err), err)
	}
	if node.KindNamed(node.Kind(err).Error()) != node.ErrServer || node.KindNamed("") != nil || node.Kind(io.EOF) != nil {
		t.Error("kinds do not survive as words")
	}
}
