package dimse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"eris/dicom"
	"eris/store"
	"eris/sync/dcmtktest"
	"eris/sync/dimse"
	"eris/sync/orthanctest"
)

// rounds is how often each side of a comparison is measured, in turn.
const rounds = 5

// compare reports the medians of ours and of theirs in objects per second, and
// how many times faster ours is. Both are run in the same minute on the same
// machine, so that the ratio is worth more than either.
func compare(b *testing.B, objects int, ours, theirs func()) {
	var mine, other []float64
	for b.Loop() {
		for range rounds {
			mine = append(mine, float64(objects)/timed(ours))
			other = append(other, float64(objects)/timed(theirs))
		}
	}
	b.ReportMetric(median(mine), "files/s")
	b.ReportMetric(median(other), "peer-files/s")
	b.ReportMetric(median(mine)/median(other), "ratio")
	b.ReportMetric(0, "ns/op")
}

// timed begins on a disk that owes nothing: what one side left unsynced would
// be written out, and paid for, by the first sync of the other.
func timed(f func()) float64 {
	_ = exec.Command("sync").Run() // where there is none, the figures are only noisier
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// slices300 is a CT of 300 slices of half a megabyte each.
func slices300(b *testing.B) (study dicom.UID, objects [][]byte) {
	b.Helper()
	list := ct(mariya, 2, 300, 512)
	return list[0].UID(dicom.StudyInstanceUID), encodedAll(b, list)
}

// execute runs a program that must succeed, with an environment.
func execute(b *testing.B, environment []string, name string, args ...string) {
	b.Helper()
	c := exec.Command(dcmtktest.Tool(b, name), args...)
	c.Env = append(os.Environ(), environment...)
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// eachWay runs a benchmark with peers as shipped and with peers whose system does
// not delay small segments.
func eachWay(b *testing.B, f func(b *testing.B, environment []string)) {
	b.Run("shipped", func(b *testing.B) { f(b, nil) })
	b.Run("nodelay", func(b *testing.B) { f(b, []string{"TCP_NODELAY=1"}) })
}

// BenchmarkGet300 fetches 300 slices from Orthanc by C-GET into files, and getscu
// does the same.
func BenchmarkGet300(b *testing.B) {
	study, objects := slices300(b)
	eachWay(b, func(b *testing.B, environment []string) {
		archive := filled(b, objects, environment)
		c := client(b, dimse.Options{Address: archive.Address, CalledAE: orthanctest.AETitle, Retrieve: dimse.Get})
		host, port, _ := net.SplitHostPort(archive.Address)
		compare(b, len(objects), func() {
			fetch(b, c, study, b.TempDir(), len(objects))
		}, func() {
			dir := b.TempDir()
			execute(b, environment, "getscu", "-S", "-aec", orthanctest.AETitle, "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID="+string(study), "-od", dir, host, port)
			counted(b, dir, len(objects))
		})
	})
}

// BenchmarkMove300 fetches 300 slices from Orthanc by C-MOVE into files; getscu,
// the fastest of the peer's tools, does so by C-GET.
func BenchmarkMove300(b *testing.B) {
	study, objects := slices300(b)
	eachWay(b, func(b *testing.B, environment []string) {
		archive := filled(b, objects, environment)
		s := &dimse.Server{}
		archive.Modality(b, "ERIS", serve(b, s))
		c := client(b, dimse.Options{Address: archive.Address, CalledAE: orthanctest.AETitle, Retrieve: dimse.Move, Receiver: s})
		host, port, _ := net.SplitHostPort(archive.Address)
		compare(b, len(objects), func() {
			fetch(b, c, study, b.TempDir(), len(objects))
		}, func() {
			dir := b.TempDir()
			execute(b, environment, "getscu", "-S", "-aec", orthanctest.AETitle, "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID="+string(study), "-od", dir, host, port)
			counted(b, dir, len(objects))
		})
	})
}

// filled is an archive with objects.
func filled(b *testing.B, objects [][]byte, environment []string) *orthanctest.Orthanc {
	b.Helper()
	archive := orthanctest.StartDIMSE(b, environment...)
	send(b, client(b, dimse.Options{Address: archive.Address, CalledAE: orthanctest.AETitle}), objects)
	return archive
}

// fetch retrieves a study into a folder.
func fetch(b *testing.B, c *dimse.Client, study dicom.UID, dir string, want int) {
	b.Helper()
	n := 0
	err := c.Retrieve(b.Context(), study, "", func(r io.Reader) error {
		n++
		f, err := os.Create(filepath.Join(dir, strconv.Itoa(n)))
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(f, r)
		return err
	})
	if err != nil || n != want {
		b.Fatalf("%d of %d objects: %v", n, want, err)
	}
}

func counted(b *testing.B, dir string, want int) {
	b.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != want {
		b.Fatalf("%d of %d files: %v", len(entries), want, err)
	}
}

// BenchmarkSend300 sends 300 files to storescp, which throws them away, and
// storescu does the same.
func BenchmarkSend300(b *testing.B) {
	_, objects := slices300(b)
	dir := files(b, objects)
	eachWay(b, func(b *testing.B, environment []string) {
		address := storescp(b, environment, "--ignore")
		host, port, _ := net.SplitHostPort(address)
		c := client(b, dimse.Options{Address: address, CalledAE: "STORESCP"})
		compare(b, len(objects), func() { sendFolder(b, c, dir, len(objects)) }, func() {
			execute(b, environment, "storescu", "+sd", host, port, dir)
		})
	})
}

func sendFolder(b *testing.B, c *dimse.Client, dir string, want int) {
	b.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		b.Fatal(err)
	}
	stored, err := c.Store(b.Context(), func(yield func(io.Reader, error) bool) {
		for _, path := range paths {
			f, err := os.Open(path)
			more := yield(f, err)
			f.Close()
			if !more {
				return
			}
		}
	})
	if err != nil || len(stored.Taken) != want {
		b.Fatalf("took %d of %d: %v", len(stored.Taken), want, err)
	}
}

// BenchmarkReceive300 takes 300 objects from storescu: into nothing, which is what
// the protocol costs; into synced files that were parsed and hashed; and into a
// real cache, which indexes them too. storescp writes bare files and syncs none.
func BenchmarkReceive300(b *testing.B) {
	_, objects := slices300(b)
	dir := files(b, objects)
	for name, sink := range map[string]func() dimse.Sink{
		"nothing": func() dimse.Sink { return hole{} },
		"files":   func() dimse.Sink { return &folder{dir: b.TempDir()} },
		"cache":   func() dimse.Sink { return taking{receiving(b, objects[0])} },
	} {
		b.Run(name, func(b *testing.B) {
			eachWay(b, func(b *testing.B, environment []string) { receive300(b, dir, sink, environment) })
		})
	}
}

// receiving is a cache that has received something before: its log is there.
func receiving(b *testing.B, object []byte) *store.Store {
	s := openCache(b).Store
	if _, err := s.Take(b.Context(), bytes.NewReader(object), "BENCH"); err != nil {
		b.Fatal(err)
	}
	for range 1000 {
		if _, err := os.Stat(filepath.Join(s.Dir, "taken.log")); err == nil {
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Fatal("the cache has no log")
	return nil
}

func receive300(b *testing.B, dir string, sink func() dimse.Sink, environment []string) {
	peer := storescp(b, environment, "+B", "-od", b.TempDir())
	peerHost, peerPort, _ := net.SplitHostPort(peer)
	var ports []string // a sink of its own each time, since a cache knows objects again
	for range rounds {
		_, port, _ := net.SplitHostPort(serve(b, &dimse.Server{Sink: sink()}))
		ports = append(ports, port)
	}
	compare(b, 300, func() {
		execute(b, environment, "storescu", "-aec", "ERIS", "+sd", "127.0.0.1", ports[0], dir)
		ports = append(ports[1:], ports[0])
	}, func() {
		execute(b, environment, "storescu", "+sd", peerHost, peerPort, dir)
	})
}

// hole is a sink that keeps nothing.
type hole struct{}

func (hole) Add(_ context.Context, r io.Reader, _ string) (dicom.UID, error) {
	head := make([]byte, 4096)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	_, err := io.Copy(io.Discard, r)
	if err != nil {
		return "", err
	}
	meta, err := dicom.Read(bytes.NewReader(head), int64(len(head)), dicom.DefaultLimits())
	if err != nil {
		return "", err
	}
	return meta.Meta.UID(dicom.MediaStorageSOPInstanceUID), nil
}

// folder is a sink of synced files.
type folder struct{ dir string }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (f *folder) Add(_ context.Context, r io.Reader, _ string) (dicom.UID, error) {
	data := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(data)
	data.Reset()
	if _, err := data.ReadFrom(r); err != nil {
		return "", err
	}
	object, err := dicom.Read(bytes.NewReader(data.Bytes()), int64(data.Len()), dicom.DefaultLimits())
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data.Bytes())
	out, err := os.Create(filepath.Join(f.dir, hex.EncodeToString(sum[:])))
	if err != nil {
		return "", err
	}
	defer out.Close()
	if _, err := out.Write(data.Bytes()); err != nil {
		return "", err
	}
	return object.UID(dicom.SOPInstanceUID), out.Sync()
}

// storescp runs dcmtk's receiver until the benchmark ends and gives its address.
func storescp(b testing.TB, environment []string, args ...string) string {
	b.Helper()
	port := dcmtktest.FreePort(b)
	address, _ := dcmtktest.Daemon(b, environment, port, "storescp", append(args, strconv.Itoa(port))...)
	return address
}
