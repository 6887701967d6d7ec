package assets_test

import (
	"io/fs"
	"testing"

	"eris/assets"
)

func TestRulesHoldEveryTable(t *testing.T) {
	for _, name := range []string{
		"version.json", "regions.tsv", "composites.tsv", "words.tsv", "codes.tsv", "contents.tsv",
		"neighbours.tsv", "byfamily.tsv", "joins.tsv", "windows.tsv", "prefetch.tsv", "reasons.ru.json", "reasons.en.json", "identity.ru.json", "identity.en.json",
	} {
		info, err := fs.Stat(assets.Rules(), name)
		if err != nil {
			t.Errorf("table %s: %v", name, err)
			continue
		}
		if info.Size() == 0 {
			t.Errorf("table %s is empty", name)
		}
	}
}
