package identity

import (
	"slices"
	"strings"

	"eris/clinic"
)

// Words in a name that is no name yet, as keys: of newborns, and of people
// nobody knows. A word that ends in * is the beginning of one.
var (
	newbornWords = keysOfWords("новорожденн*", "новорожд*", "нр", "нврж", "baby", "newborn", "infant", "мальчик", "девочка", "boy", "girl", "младенец")
	unknownWords = keysOfWords("неизвестн*", "неизв", "неопознан*", "unknown", "unidentified", "anonymous", "anon", "аноним*", "безымянн*", "noname", "doe")
	temporaryIDs = []string{"TEMP", "TMP", "ВРЕМ", "VREM", "UNKNOWN", "UNK", "НЕИЗВ", "EMERG", "ANON", "NONAME", "НР-", "NB-", "BABY"}
)

func keysOfWords(words ...string) []string {
	var keys []string
	for _, w := range words {
		key := clinic.NameKey(w)
		if strings.HasSuffix(w, "*") {
			key += "*"
		}
		keys = append(keys, key)
	}
	return keys
}

// Nobody says why a patient is not told from others by what is known of him:
// "newborn", "unknown" or "temporary"; "" for everybody else. Such are never
// linked without a person.
func Nobody(p clinic.Patient) string {
	words := clinic.NameWords(p.PatientName.String())
	switch {
	case anyWord(words, newbornWords):
		return "newborn"
	case anyWord(words, unknownWords):
		return "unknown"
	case isTemporaryID(p.PatientID):
		return "temporary"
	}
	return ""
}

func anyWord(words, of []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(of, func(o string) bool {
			beginning, ok := strings.CutSuffix(o, "*")
			return ok && strings.HasPrefix(w, beginning) || w == o
		})
	})
}

// isTemporaryID reports an ID that says of itself that it is none.
func isTemporaryID(id string) bool {
	id = strings.ToUpper(strings.TrimSpace(id))
	if len(id) > 3 && strings.Count(id, id[:1]) == len(id) {
		return true // 00000, XXXXX
	}
	return slices.ContainsFunc(temporaryIDs, func(t string) bool { return strings.HasPrefix(id, t) })
}
