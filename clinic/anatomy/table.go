package anatomy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// ErrTable marks a rule table that cannot be used as it is.
var ErrTable = errors.New("rule table")

// Table reads one TSV table of a rules folder: comment lines begin with #, the
// first other line names the columns, rows shorter than it end in empty
// fields. It is shared with clinic/priors.
func Table(folder fs.FS, name string, columns ...string) ([][]string, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrTable, name, err)
	}
	defer file.Close()
	return ReadTable(file, name, columns...)
}

// ReadTable is Table of what r holds; name is for errors.
func ReadTable(r io.Reader, name string, columns ...string) ([][]string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var rows [][]string
	header := false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) > len(columns) {
			return nil, fmt.Errorf("%w %s line %d: %d fields, want %d", ErrTable, name, n, len(row), len(columns))
		}
		if !header {
			if strings.Join(row, "\t") != strings.Join(columns, "\t") {
				return nil, fmt.Errorf("%w %s line %d: columns %q, want %q", ErrTable, name, n, row, columns)
			}
			header = true
			continue
		}
		rows = append(rows, append(row, make([]string, len(columns)-len(row))...))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrTable, name, err)
	}
	return rows, nil
}

// list splits a comma separated field, "" giving none.
func list(field string) []string {
	var out []string
	for _, one := range strings.Split(field, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}
