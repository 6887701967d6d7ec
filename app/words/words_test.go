package words_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eris/app/phrase"
	"eris/app/words"
	"eris/assets"
	"eris/dicom"
	"eris/viewer"
)

func tables(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, language := range words.Languages {
		b, err := fs.ReadFile(assets.Words(), language+".json")
		if err != nil {
			t.Fatal(err)
		}
		table := map[string]string{}
		if err := json.Unmarshal(b, &table); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		all[language] = table
	}
	return all
}

// TestEveryWordExists finds the keys in the program's source: what is given
// to L and say.
func TestEveryWordExists(t *testing.T) {
	keys := slices.Concat(sourceKeys(t), viewer.WordKeys(), phrase.Sentences(), phrase.TestSentences(), phrase.DecisionSentences(), phrase.OrderFailureSentences())
	if len(keys) < 100 {
		t.Fatalf("only %d keys were found in the source", len(keys))
	}
	for language, table := range tables(t) {
		for _, key := range keys {
			if table[key] == "" {
				t.Errorf("%s.json has no words for %q", language, key)
			}
		}
	}
}

var verbs = regexp.MustCompile(`%[-+# 0]*[0-9]*(\.[0-9]+)?[a-zA-Z%]`)

func TestTranslationsKeepTheOperands(t *testing.T) {
	all := tables(t)
	for language, table := range all {
		for key, text := range table {
			have, want := strings.Join(verbs.FindAllString(text, -1), " "), strings.Join(verbs.FindAllString(key, -1), " ")
			if have != want {
				t.Errorf("%s: %q has %q, its key %q has %q", language, text, have, key, want)
			}
		}
		for key := range all["ru"] {
			if _, ok := table[key]; !ok {
				t.Errorf("%s.json lacks %q, which ru.json has", language, key)
			}
		}
	}
}

func sourceKeys(t *testing.T) (keys []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || name.Sel.Name != "L" && name.Sel.Name != "say" {
				return true
			}
			if text, ok := call.Args[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
				if key, err := strconv.Unquote(text.Value); err == nil {
					keys = append(keys, key)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestDatesAndAges(t *testing.T) {
	ru, err := words.Load(assets.Words(), "ru")
	if err != nil {
		t.Fatal(err)
	}
	en, err := words.Load(assets.Words(), "en")
	if err != nil {
		t.Fatal(err)
	}
	day := dicom.ParseDate("20261111")
	for have, want := range map[string]string{
		ru.Date(day): "11.11.2026", en.Date(day): "11 Nov 2026", ru.Date(dicom.Date{}): "без даты",
		ru.Age(0): "сегодня", ru.Age(12): "12 дн.", en.Age(250): "8 mo", en.Age(800): "2 y", en.Age(-1): "in the future",
		ru.Days(1): "1 день", ru.Days(2): "2 дня", ru.Days(5): "5 дней", ru.Days(11): "11 дней", ru.Days(21): "21 день", ru.Days(112): "112 дней",
		en.Days(1): "1 day", en.Days(21): "21 days",
		en.Since(3 * time.Hour): "3 h", en.Since(time.Second): "now", en.Bytes(3 << 20): "3 MB",
		words.Guess("ru_RU.UTF-8"): "ru", words.Guess("en_GB"): "en", words.Guess(""): "ru",
	} {
		if have != want {
			t.Errorf("%q, want %q", have, want)
		}
	}
	if _, err := words.Load(assets.Words(), "xx"); err == nil {
		t.Error("a language that is not there was loaded")
	}
}
