package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// openedLog makes a log, or opens the one that is there as the next run does.
func openedLog(t testing.TB, path string) (l *takeLog, left []string) {
	t.Helper()
	l, err := openTakeLog(path)
	if err != nil {
		t.Fatal(err)
	}
	if l == nil {
		if l, err = makeTakeLog(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { l.file.Close() })
	err = l.left(func(r *takeRecord, object []byte, source string) {
		again, err := io.ReadAll(l.object(r))
		if err != nil || !bytes.Equal(again, object) || source != "CT1" {
			t.Errorf("%d bytes of %s, again %d, %v", len(object), source, len(again), err)
		}
		left = append(left, string(object[:4]))
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, left
}

// object is object n, of the size that lets four into a half.
func object(n int) []byte {
	return append(fmt.Appendf(nil, "%04d", n), make([]byte, takeHalf/4-200)...)
}

func put(t testing.TB, l *takeLog, n int) *takeRecord {
	t.Helper()
	o := object(n)
	r, err := l.append(o, sha256.Sum256(o), "CT1")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func forget(t testing.TB, l *takeLog, list ...*takeRecord) {
	t.Helper()
	if err := l.done(list); err != nil {
		t.Fatal(err)
	}
}

// TestTakeLogGoesRound fills both halves, empties them in turn, and opens the log
// anew after each step: what has no row is there, and nothing else.
func TestTakeLogGoesRound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, _ := openedLog(t, path)
	var open []*takeRecord
	var names []string
	expect := func() {
		t.Helper()
		if _, left := openedLog(t, path); !slices.Equal(slices.Sorted(slices.Values(left)), names) {
			t.Fatalf("left %v, want %v", left, names)
		}
	}
	for n := range 40 {
		r := put(t, l, n)
		if r == nil { // both halves are full
			if len(open) < 5 { // one place may hold a record that is done, before others that are not
				t.Fatalf("full with %d open", len(open))
			}
			forget(t, l, open[:5]...)
			open, names = open[5:], names[5:]
			expect()
			if r = put(t, l, n); r == nil {
				t.Fatal("a half that emptied takes nothing")
			}
		}
		open, names = append(open, r), append(names, fmt.Sprintf("%04d", n))
		expect()
	}
	forget(t, l, open...)
	open, names = nil, nil
	expect()
	again, _ := openedLog(t, path) // the next run goes on where old records lie
	put(t, again, 99)
	names = []string{"0099"}
	expect()
}

// TestTakeLogCutShort: a record that a kill cut short was promised to nobody, and
// those before it were.
func TestTakeLogCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, _ := openedLog(t, path)
	put(t, l, 1)
	r := put(t, l, 2)
	if _, err := l.file.WriteAt([]byte("torn"), r.from+r.size/2); err != nil {
		t.Fatal(err)
	}
	if _, left := openedLog(t, path); !slices.Equal(left, []string{"0001"}) {
		t.Errorf("%v", left)
	}
	if r, err := l.append(make([]byte, takeHalf), [32]byte{}, "CT1"); r != nil || err != nil {
		t.Errorf("an object larger than a half: %v, %v", r, err)
	}
}

// TestTakeLogOfRubbish: whatever the disk gave back, it is opened.
func TestTakeLogOfRubbish(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 50 {
		path := filepath.Join(dir, fmt.Sprint(i))
		l, _ := openedLog(t, path)
		put(t, l, 1)
		put(t, l, 2)
		for range 1 + i%9 { // in headers, mostly
			at := random.Int64N(200)
			if random.IntN(2) == 0 {
				at = takeHalf/4 - 100 + random.Int64N(200)
			}
			if _, err := l.file.WriteAt([]byte{byte(random.Uint32())}, at); err != nil {
				t.Fatal(err)
			}
		}
		again, err := openTakeLog(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.left(func(*takeRecord, []byte, string) {}); err != nil {
			t.Error(err)
		}
		again.file.Close()
	}
	short := filepath.Join(dir, "short")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := openTakeLog(short); l != nil || err != nil {
		t.Errorf("a log that was cut: %v, %v", l, err)
	}
}
