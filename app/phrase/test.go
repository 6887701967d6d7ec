package phrase

import (
	"errors"

	"eris/app/desk"
	"eris/app/words"
	"eris/sync/node"
)

// parts name what a test of an archive looks at, and say what to do when it fails.
var parts = map[desk.Part]struct{ name, advice string }{
	desk.PartName:    {"test: name", "The network does not know the name %[1]s. Check the address, or ask for the DNS server."},
	desk.PartConnect: {"test: connection", "Nothing answers at %[1]s, port %[2]s. Check the port, that the archive is switched on, and that no firewall is between."},
	desk.PartTLS:     {"test: TLS", "At port %[2]s of %[1]s nobody speaks TLS. Check the port, or use an address without TLS."},
	desk.PartEcho:    {"test: answer", ""},
	desk.PartFind:    {"test: search", ""},
	desk.PartFetch:   {"test: image", ""},
	desk.PartMove:    {"test: C-MOVE", "The archive does not send images here. Have its administrator enter this workstation, AE title %[3]s, with its address and port, and let it send."},
	desk.PartStore:   {"test: sending", ""},
}

// skipped say why something was not tested.
var skipped = map[error]string{
	desk.ErrNotSecured:   "without TLS: what is sent can be read on the way",
	desk.ErrNothingThere: "not tested: no study was found to try with",
	desk.ErrNotListening: "not tested: this workstation does not receive",
	desk.ErrByMove:       "by C-MOVE",
	desk.ErrNotAsked:     "not tested",
}

// titleAdvice is for an archive that knows its callers by their AE titles.
const titleAdvice = "The archive does not let this workstation in. Have its administrator enter the AE title %s, and check the archive's own title."

// TestSentences lists every sentence of a test, for the test of the words.
func TestSentences() []string {
	list := []string{titleAdvice, "good", "%d studies", "The workstation does not receive, so that nothing can be moved here. Switch it on in the settings."}
	for _, p := range parts {
		list = append(list, p.name)
		if p.advice != "" {
			list = append(list, p.advice)
		}
	}
	for _, text := range skipped {
		list = append(list, text)
	}
	return list
}

// Part names what was tested.
func Part(w *words.Words, p desk.Part) string { return w.L(parts[p].name) }

// Step is what came out of one part of a test, in a sentence that says what to do.
func Step(w *words.Words, s desk.Step) string {
	switch {
	case s.Skipped != nil:
		return w.L(skipped[s.Skipped])
	case s.Err == nil && s.Part == desk.PartFind && s.Found > 0:
		return w.L("%d studies", s.Found)
	case s.Err == nil:
		return w.L("good")
	case errors.Is(s.Err, desk.ErrNotListening):
		return w.L("The workstation does not receive, so that nothing can be moved here. Switch it on in the settings.")
	case errors.Is(s.Err, node.ErrRefused) && s.Title != "" && s.Part == desk.PartEcho:
		return w.L(titleAdvice, s.Title)
	case errors.Is(s.Err, node.ErrUntrusted), s.Port == "", parts[s.Part].advice == "":
		return Sentence(w, s.Err)
	}
	return w.L(parts[s.Part].advice, s.Host, s.Port, s.Title)
}
