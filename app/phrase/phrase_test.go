package phrase_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"eris/app/phrase"
	"eris/app/words"
	"eris/assets"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
)

func TestSentences(t *testing.T) {
	en, err := words.Load(assets.Words(), "en")
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"":               nil,
		"disk is full":   fmt.Errorf("incoming file: %w", store.ErrFull),
		"another copy":   fmt.Errorf("dir: %w", store.ErrLocked),
		"JPEG 2000":      &dicom.UnsupportedSyntaxError{Syntax: dicom.JPEG2000},
		"be understood":  &node.Error{Node: "city", Kind: node.ErrGarbled},
		"user, password": &node.Error{Node: "city", Kind: node.ErrRefused, Status: 401},
		"strange thing":  errors.New("strange thing"),
	} {
		got := phrase.Sentence(en, err)
		if !strings.Contains(got, want) || (err == nil) != (got == "") {
			t.Errorf("%v: %q does not say %q", err, got, want)
		}
	}
}
