package priors_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"eris/assets"
)

// TestReasonsSpeakBothLanguages: every key exists in both tables, and no
// phrase tells the reader that an exam should not be done.
func TestReasonsSpeakBothLanguages(t *testing.T) {
	tables := map[string]map[string]string{}
	for _, lang := range []string{"en", "ru"} {
		raw, err := fs.ReadFile(assets.Rules(), "reasons."+lang+".json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		tables[lang] = words
	}
	for lang, other := range map[string]string{"en": "ru", "ru": "en"} {
		for key, phrase := range tables[lang] {
			if tables[other][key] == "" {
				t.Errorf("%s is missing in %s", key, other)
			}
			for _, judging := range []string{"not needed", "unnecessary", "не нужн", "не требуется", "нецелесообраз"} {
				if strings.Contains(strings.ToLower(phrase), judging) {
					t.Errorf("%s %s judges: %q", lang, key, phrase)
				}
			}
		}
	}
}
