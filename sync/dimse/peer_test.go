package dimse_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/sync/dcmtktest"
	"eris/sync/dimse"
)

var (
	mariya = dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T-1", BirthDate: "19610412", Sex: "F", Date: "20261111",
		Time: "101500", AccessionNumber: "A-1", StudyDescription: "КТ органов грудной клетки", InstitutionName: "Поликлиника (синтетическая)", BodyPartExamined: "CHEST"}
	pyotr = dicomtest.Study{PatientName: "PRIMEROV^PYOTR", PatientID: "T-2", BirthDate: "19551130", Sex: "M", Date: "20250203",
		Time: "090000", AccessionNumber: "A-2", StudyDescription: "Рентген", BodyPartExamined: "CHEST"}
)

// ct is a small CT as objects.
func ct(s dicomtest.Study, series, slicesN, size int) []*dicom.File {
	return slices.Collect(dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: size,
		Slices: slicesN, SeriesNumber: series, SeriesDescription: fmt.Sprint("Axial ", series)}))
}

// objects are three synthetic studies: two of one patient.
func objects() []*dicom.File {
	earlier := mariya
	earlier.Date, earlier.AccessionNumber = "20240607", "A-0"
	list := append(ct(mariya, 2, 5, 32), ct(mariya, 3, 3, 32)...)
	list = append(list, ct(earlier, 2, 2, 32)...)
	return append(list, dicomtest.ChestRadiograph(pyotr, dicomtest.Thorax(dicomtest.ThoraxParams{}), 40, 32))
}

func encoded(t testing.TB, f *dicom.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodedAll(t testing.TB, list []*dicom.File) [][]byte {
	t.Helper()
	out := make([][]byte, len(list))
	for i, f := range list {
		out[i] = encoded(t, f)
	}
	return out
}

// each yields objects to be sent.
func each(list [][]byte) func(func(io.Reader, error) bool) {
	return func(yield func(io.Reader, error) bool) {
		for _, b := range list {
			if !yield(bytes.NewReader(b), nil) {
				return
			}
		}
	}
}

func client(t testing.TB, o dimse.Options) *dimse.Client {
	t.Helper()
	if o.Name == "" {
		o.Name = "north"
	}
	if o.CallingAE == "" {
		o.CallingAE = "ERIS"
	}
	c, err := dimse.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func send(t testing.TB, c *dimse.Client, list [][]byte) {
	t.Helper()
	stored, err := c.Store(t.Context(), each(list))
	if err != nil || len(stored.Taken) != len(list) || len(stored.Failed) > 0 {
		t.Fatalf("took %d of %d objects, refused %v: %v", len(stored.Taken), len(list), stored.Failed, err)
	}
}

// bin is a sink that keeps what it is given in memory.
type bin struct {
	mu    sync.Mutex
	files map[dicom.UID][]byte
	fail  error
}

func (b *bin) Add(_ context.Context, r io.Reader, _ string) (dicom.UID, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	f, err := dicom.Read(bytes.NewReader(data), int64(len(data)), dicom.DefaultLimits())
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return "", b.fail
	}
	if b.files == nil {
		b.files = map[dicom.UID][]byte{}
	}
	uid := f.UID(dicom.SOPInstanceUID)
	b.files[uid] = data
	return uid, nil
}

func (b *bin) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.files)
}

// serve runs a server on loopback until the test ends and gives its address.
func serve(t testing.TB, s *dimse.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Listener, s.Log = l, slog.New(slog.DiscardHandler)
	if s.AETitle == "" {
		s.AETitle = "ERIS"
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serving: %v", err)
		}
	})
	return l.Addr().String()
}

// run runs a program to its end and gives its output.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), dcmtktest.Tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// files writes objects into a folder.
func files(t testing.TB, list [][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for i, b := range list {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.dcm", i)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// dataSetOf is what of a Part 10 file travels: all behind group 0002.
func dataSetOf(t testing.TB, b []byte) []byte {
	t.Helper()
	f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	length := f.Meta.IntOr(dicom.FileMetaInformationGroupLength, -1)
	if length < 0 {
		t.Fatal("no group length")
	}
	return b[128+4+12+length:]
}
