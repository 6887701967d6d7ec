//go:build unix

// These tests hold the reference archive to what it promises: one of its
// two Orthancs may die in the middle of anything.
package deploy_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/dcmtktest"
	"eris/sync/transfer"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// The two that may die.
var orthancs = []string{"orthanc-a", "orthanc-b"}

// archive is a running reference archive on ports of its own.
type archive struct {
	dir   string
	ports map[string]string
}

// startArchive starts one. The test is skipped, by the name of what is missing,
// where its packages are not installed (scripts/packages.sh test).
func startArchive(t testing.TB) *archive {
	t.Helper()
	// Not t.TempDir: the archive's own user has to reach it.
	dir, err := os.MkdirTemp("", "eris-archive")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a := &archive{dir: filepath.Join(dir, "data"), ports: map[string]string{}}
	for _, name := range []string{"HTTPS", "DICOMS", "DICOM", "SQL", "HTTP_A", "HTTP_B", "DIMSE_A", "DIMSE_B"} {
		a.ports[name] = strconv.Itoa(dcmtktest.FreePort(t))
	}
	t.Cleanup(func() {
		if out, err := a.run("stop"); err != nil {
			t.Errorf("stop: %v: %s", err, out)
		}
	})
	if out, err := a.run("start"); err != nil {
		if strings.Contains(out, " is missing: ") {
			t.Skip(strings.TrimSpace(out))
		}
		t.Fatalf("start: %v: %s", err, out)
	}
	return a
}

func (a *archive) run(script string) (string, error) {
	c := exec.Command("archive/" + script)
	c.Env = append(os.Environ(), "ARCHIVE_DATA="+a.dir)
	for name, port := range a.ports {
		c.Env = append(c.Env, "ARCHIVE_PORT_"+name+"="+port)
	}
	out, err := c.CombinedOutput()
	return string(out), err
}

// kill ends an Orthanc as a power cut would.
func (a *archive) kill(t testing.TB, name string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(a.dir, "run", name+".pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// start starts what has died.
func (a *archive) start(t testing.TB) {
	t.Helper()
	if out, err := a.run("start"); err != nil {
		t.Fatalf("start: %v: %s", err, out)
	}
}

// holds fails unless the archive's index has so many instances and a file for each.
func (a *archive) holds(t *testing.T, instances int) {
	t.Helper()
	out, err := a.run("check")
	if want := fmt.Sprintf("instances %d\nmissing 0\n", instances); err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("the archive holds\n%s(%v), want\n%s", out, err, want)
	}
}

func (a *archive) password(t testing.TB, user string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(a.dir, "passwords"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, "export ARCHIVE_"+user+"_PASSWORD="); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatal("no password of " + user)
	return ""
}

func (a *archive) ca() string { return filepath.Join(a.dir, "tls", "ca.pem") }

// web and dimse are the two ways to it.
func (a *archive) web() desk.ArchiveOptions {
	return desk.ArchiveOptions{URL: "https://localhost:" + a.ports["HTTPS"] + "/dicom-web", Username: "station", CAFile: a.ca()}
}

func (a *archive) dimse() desk.ArchiveOptions {
	return desk.ArchiveOptions{URL: "dicoms://CITY@localhost:" + a.ports["DICOMS"], CAFile: a.ca()}
}

// exam is study number i of the one patient.
func exam(i int) dicomtest.Study {
	return dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T1", BirthDate: "19610412", Sex: "F", Date: fmt.Sprintf("202611%02d", i+1), Time: "101500",
		StudyDescription: "КТ ОГК", BodyPartExamined: "CHEST", AccessionNumber: fmt.Sprint("A", i)}
}

const (
	exams   = 3
	perExam = 60
)

// scan sends the exams as a scanner does: one association for each, and once more
// the whole exam after a failure. meanwhile is called in the middle of the first.
func (a *archive) scan(t *testing.T, meanwhile func()) {
	t.Helper()
	for i := range exams {
		dir := write(t, exam(i))
		var middle sync.WaitGroup
		if i == 0 {
			middle.Go(func() {
				time.Sleep(150 * time.Millisecond)
				meanwhile()
			})
		}
		for try := 0; ; try++ {
			out, err := a.storescu(t, dir)
			if err == nil {
				t.Logf("exam %d was sent at try %d", i, try+1)
				break
			}
			if try == 20 {
				t.Fatalf("storescu: %v: %s", err, out)
			}
			time.Sleep(200 * time.Millisecond)
		}
		middle.Wait()
	}
}

// write lays the slices of an exam into a folder.
func write(t testing.TB, s dicomtest.Study) (dir string) {
	t.Helper()
	dir = t.TempDir()
	n := 0
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 512, Slices: perExam}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.dcm", n)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return dir
}

// storescu sends a folder as a scanner does.
func (a *archive) storescu(t testing.TB, dir string) (string, error) {
	c := exec.CommandContext(t.Context(), dcmtktest.Tool(t, "storescu"), "-aet", "CT1", "-aec", "CITY", "+sd", "localhost", a.ports["DICOM"], dir)
	c.Env = append(os.Environ(), "TCP_NODELAY=1")
	out, err := c.CombinedOutput()
	return string(out), err
}

// ring is a keyring in memory.
type ring map[string]string

func (r ring) Secret(name string) (string, error)  { return r[name], nil }
func (r ring) SetSecret(name, secret string) error { r[name] = secret; return nil }

func workstation(t *testing.T, password string, o desk.ArchiveOptions) *desk.Desk {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Station: "TEST", Keyring: ring{"city": password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.SaveArchive(t.Context(), "city", o); err != nil {
		t.Fatal(err)
	}
	return d
}

// fetch brings all exams; meanwhile is called when some of their objects are here
// and more are to come.
func fetch(t *testing.T, d *desk.Desk, meanwhile func()) {
	t.Helper()
	d.Ask(t.Context(), clinic.Patient{PatientID: exam(0).PatientID})
	studies, err := d.Store.Studies(t.Context(), store.StudyFilter{PatientID: exam(0).PatientID})
	if err != nil || len(studies) != exams {
		t.Fatalf("%d studies, %v", len(studies), err)
	}
	for _, s := range studies {
		if err := d.Fetch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	met := false
	await(t, d, func() bool {
		here, open := 0, false
		for _, j := range d.Transfer.Jobs() {
			here, open = here+j.Done, open || !j.State.Finished()
		}
		if open && here > perExam/4 && !met {
			met = true
			meanwhile()
		}
		return !open
	})
	if !met {
		t.Error("it was over before anything could happen to it")
	}
	for i := range exams {
		s, err := d.Store.Study(t.Context(), exam(i).UID())
		if err != nil || s.Completeness != clinic.Complete || s.NumberOfInstances != perExam {
			t.Errorf("%+v, %v", s, err)
		}
	}
	verified, err := d.Store.Verify(t.Context())
	if err != nil || len(verified.Problems) > 0 {
		t.Errorf("%+v, %v", verified, err)
	}
}

// await asks until done; what was given up fails the test.
func await(t *testing.T, d *desk.Desk, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for !done() {
		for _, j := range d.Transfer.Jobs() {
			if j.State == transfer.Failed {
				t.Fatalf("given up after %d attempts: %s", j.Attempts, j.Error)
			}
		}
		select {
		case <-ctx.Done():
			t.Fatal("it does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestOneOfTwoMayDie: a scanner sends, a workstation fetches over both ways and
// sends what people made, and each time an Orthanc dies in the middle. Nothing is
// lost, nothing is there twice.
func TestOneOfTwoMayDie(t *testing.T) {
	a := startArchive(t)
	password := a.password(t, "STATION")
	total := exams * perExam

	a.scan(t, func() { a.kill(t, orthancs[0]) })
	a.holds(t, total)
	a.start(t)

	web := workstation(t, password, a.web())
	fetch(t, web, func() { a.kill(t, orthancs[1]) })
	a.start(t)
	dimse := workstation(t, "", a.dimse())
	fetch(t, dimse, func() { a.kill(t, orthancs[0]) })
	a.start(t)

	instances, err := web.Store.StudyInstances(t.Context(), exam(0).UID())
	if err != nil {
		t.Fatal(err)
	}
	const made = 12
	for n := range made {
		i := instances[slices.IndexFunc(instances, func(i clinic.Instance) bool { return i.Rows > 0 })+n]
		err := web.RecordMeasurement(t.Context(), viewer.Entry{ID: string(dicom.NewUID()), StudyInstanceUID: exam(0).UID(), SeriesInstanceUID: i.SeriesInstanceUID,
			SOPInstanceUID: i.SOPInstanceUID, Kind: measure.KindLength, Space: viewer.InPixelSpace, Time: time.Now(), Points: []geom.Point{{X: 10, Y: 20}, {X: 30, Y: 20}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := web.Collect(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if n == made/2 {
			a.kill(t, orthancs[1])
		}
	}
	await(t, web, func() bool {
		if err := web.Collect(t.Context(), 0); err != nil { // the drawings follow the reports
			t.Fatal(err)
		}
		web.Transfer.Wake()
		unsent, err := web.Unsent(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return unsent == 0
	})
	a.start(t)
	a.holds(t, total+sent(t, web))
}

// sent counts the documents that left.
func sent(t *testing.T, d *desk.Desk) int {
	t.Helper()
	left := map[string]bool{}
	for _, j := range d.Transfer.Jobs() {
		if j.Kind == transfer.SendEntry && j.State == transfer.Done {
			left[j.EntryID] = true
		}
	}
	if len(left) == 0 {
		t.Error("nothing left")
	}
	return len(left)
}

// BenchmarkArchive is how much four scanners store at once, and four workstations
// fetch, through nginx over TLS, with both Orthancs and with one. Images of 530 kB.
func BenchmarkArchive(b *testing.B) {
	a := startArchive(b)
	const at = 4
	studies := 0
	store := func(b *testing.B) (uids []string) {
		b.StopTimer()
		dirs := make([]string, at)
		for i := range dirs {
			s := exam(0)
			s.AccessionNumber, s.Time = fmt.Sprint("B", studies), fmt.Sprintf("%06d", studies)
			studies++
			uids = append(uids, string(s.UID()))
			dirs[i] = write(b, s)
		}
		b.StartTimer()
		var senders sync.WaitGroup
		for _, dir := range dirs {
			senders.Go(func() {
				if out, err := a.storescu(b, dir); err != nil {
					b.Errorf("%v: %s", err, out)
				}
			})
		}
		senders.Wait()
		return uids
	}
	rate := func(b *testing.B) { b.ReportMetric(float64(at*perExam*b.N)/b.Elapsed().Seconds(), "images/s") }
	login := "station:" + a.password(b, "STATION")
	for _, name := range []string{"two", "one"} {
		if name == "one" {
			a.kill(b, orthancs[1])
		}
		var here []string
		b.Run("store/"+name, func(b *testing.B) {
			for range b.N {
				here = store(b)
			}
			rate(b)
		})
		b.Run("fetch/"+name, func(b *testing.B) {
			for range b.N {
				var readers sync.WaitGroup
				for _, uid := range here {
					readers.Go(func() {
						c := exec.Command("curl", "-sf", "--cacert", a.ca(), "-u", login, "-o", os.DevNull, "-w", "%{size_download}",
							"-H", `Accept: multipart/related; type="application/dicom"; transfer-syntax=*`, a.web().URL+"/studies/"+uid)
						out, err := c.Output()
						if size, _ := strconv.Atoi(string(out)); err != nil || size < perExam*512*1024 {
							b.Errorf("%s bytes, %v", out, err)
						}
					})
				}
				readers.Wait()
			}
			rate(b)
		})
	}
}
