package identity

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"eris/assets"
)

// phrases are the words of the sentences by language.
var phrases = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{"en", "ru"} {
		raw, err := fs.ReadFile(assets.Rules(), "identity."+lang+".json")
		words := map[string]string{}
		if err == nil {
			err = json.Unmarshal(raw, &words)
		}
		if err != nil {
			panic(fmt.Sprintf("words of identity: %v", err)) // part of the binary: only a broken build gets here
		}
		all[lang] = words
	}
	return all
})

// Sentence says the match in "ru" or "en" (anything else reads as "en"). It
// states facts; the decision is the reader's.
func (m Match) Sentence(lang string) string {
	words := phrases()[lang]
	if words == nil {
		words = phrases()["en"]
	}
	parts := []string{}
	for _, f := range m.Facts {
		if word := words[f]; word != "" {
			parts = append(parts, word)
		}
	}
	out := words["reason."+string(m.Reason)]
	if len(parts) > 0 {
		out += ": " + strings.Join(parts, "; ")
	}
	return out + "."
}
