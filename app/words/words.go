// Package words holds the program's language at run time. English text is the
// key; assets/lang holds the words of each language. Pages and commands ask
// here, logic never does: it returns values and kinds of error.
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"eris/dicom"
)

// Languages the program speaks, the users' first one first.
var Languages = []string{"ru", "en"}

// Words is one language.
type Words struct {
	Language string
	table    map[string]string
}

// Load reads LANGUAGE.json of the folder.
func Load(folder fs.FS, language string) (*Words, error) {
	if !slices.Contains(Languages, language) {
		return nil, fmt.Errorf("language %q: choose one of %s", language, strings.Join(Languages, ", "))
	}
	b, err := fs.ReadFile(folder, language+".json")
	if err != nil {
		return nil, fmt.Errorf("words of %s: %w", language, err)
	}
	w := &Words{Language: language}
	if err := json.Unmarshal(b, &w.table); err != nil {
		return nil, fmt.Errorf("words of %s: %w", language, err)
	}
	return w, nil
}

// Guess is the language for a system locale such as ru_RU.UTF-8: Russian
// unless the system clearly speaks something else.
func Guess(locale string) string {
	code, _, _ := strings.Cut(strings.ToLower(locale), "_")
	switch code {
	case "", "c", "posix", "c.utf-8", "ru", "be", "kk", "uk":
		return "ru"
	}
	return "en"
}

// L is the text for an English key, formatted with args. A key without a
// translation speaks for itself.
func (w *Words) L(key string, args ...any) string {
	text, ok := w.table[key]
	if !ok || text == "" {
		text = key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Date is a day as people write it: 11.11.2026 in Russian, 11 Nov 2026 in English.
func (w *Words) Date(d dicom.Date) string {
	switch {
	case d.Year == 0:
		return w.L("no date")
	case !d.Valid():
		return d.ISO()
	case w.Language == "ru":
		return d.Time().Format("02.01.2006")
	}
	return d.Time().Format("2 Jan 2006")
}

// Age says how long ago something was, in the largest unit that fits: "12 d", "8 mo", "2 y".
func (w *Words) Age(days int) string {
	switch {
	case days < 0:
		return w.L("in the future")
	case days == 0:
		return w.L("today")
	case days < 60:
		return w.L("%d d", days)
	case days < 730:
		return w.L("%d mo", days*12/365)
	}
	return w.L("%d y", days/365)
}

// Since says how old knowledge is: "now", "5 min", "3 h", "2 d".
func (w *Words) Since(d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.L("now")
	case d < time.Hour:
		return w.L("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return w.L("%d h", int(d.Hours()))
	}
	return w.L("%d d", int(d.Hours()/24))
}

// Days counts days in the grammar of the language: 1 день, 2 дня, 5 дней.
func (w *Words) Days(n int) string {
	last, tens := n%10, n%100/10
	switch {
	case n == 1, w.Language == "ru" && last == 1 && tens != 1:
		return w.L("%d day", n)
	case w.Language == "ru" && (last == 0 || last > 4 || tens == 1):
		return w.L("%d days, from five on", n)
	}
	return w.L("%d days", n)
}

// Bytes is a size in the unit that fits.
func (w *Words) Bytes(n int64) string {
	switch {
	case n >= 1<<30:
		return w.L("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return w.L("%.0f MB", float64(n)/(1<<20))
	}
	return w.L("%d kB", (n+1023)/1024)
}

// Sex is a patient's sex in one letter of the language.
func (w *Words) Sex(code string) string {
	switch code {
	case "M":
		return w.L("male")
	case "F":
		return w.L("female")
	}
	return w.L("sex unknown")
}
