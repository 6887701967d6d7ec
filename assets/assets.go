// Package assets holds what ships inside the binary: rule tables, and beside
// them the words, icons and synthetic patients of the program. It imports the
// standard library only, so that every room may read it.
//
//   - rules: regions, vocabulary, service codes, neighbours, coverage and
//     repeat windows; read by clinic/anatomy and clinic/priors.
//
//   - lang: the words of the program in each language, read by app/words.
//
// A site may keep its own copy of a table folder on disk: everything that
// reads a table takes an fs.FS, and os.DirFS will do.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed rules/*.tsv rules/*.json
var rules embed.FS

// Rules is the folder of the rule tables: regions.tsv, words.tsv and so on,
// named without a leading folder.
func Rules() fs.FS {
	folder, err := fs.Sub(rules, "rules")
	if err != nil {
		panic(err) // the path is a constant: only a broken build gets here
	}
	return folder
}

//go:embed lang/*.json
var lang embed.FS

// Words is the folder of the languages: ru.json and en.json.
func Words() fs.FS {
	folder, err := fs.Sub(lang, "lang")
	if err != nil {
		panic(err) // the path is a constant: only a broken build gets here
	}
	return folder
}
