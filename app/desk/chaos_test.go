package desk_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/node"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// What a workstation that is killed has to know, as JSON in this variable.
const victimVariable = "ERIS_DESK_VICTIM"

type victimOrder struct {
	Dir      string
	Archives map[string]string
	Patients []string
	Finish   bool // until everything is here and everything has left
}

// TestMain lets the test binary be the workstation that is killed.
func TestMain(m *testing.M) {
	if text := os.Getenv(victimVariable); text != "" {
		var o victimOrder
		err := json.Unmarshal([]byte(text), &o)
		if err == nil {
			err = o.run(context.Background())
		}
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// run is a workstation at work: it fetches what the archives have of its
// patients, and somebody measures on what is here. Each measurement that was
// said to be kept is printed.
func (o victimOrder) run(ctx context.Context) error {
	s, err := store.Open(ctx, store.Params{Dir: o.Dir, Thumbnail: desk.Thumbnail})
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := desk.Open(ctx, desk.Params{Store: s, Station: "CHAOS", Keyring: desk.NoKeyring{},
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	defer d.Close()
	for name, address := range o.Archives {
		if !slices.Contains(d.ArchiveNames(), name) {
			if err := d.SaveArchive(ctx, name, desk.ArchiveOptions{URL: address}); err != nil {
				return err
			}
		}
	}
	interrupted := 0
	for _, j := range d.Transfer.Jobs() {
		if !j.State.Finished() {
			interrupted++
		}
	}
	fmt.Println("open", interrupted)
	for round := 0; ; round++ {
		incomplete := 0
		for _, id := range o.Patients {
			d.Ask(ctx, clinic.Patient{PatientID: id})
			studies, err := s.Studies(ctx, store.StudyFilter{PatientID: id})
			if err != nil {
				return err
			}
			for _, study := range studies {
				if study.Completeness != clinic.Complete {
					incomplete++
					if err := d.Fetch(ctx, study); err != nil {
						return err
					}
				}
				if round%3 == 1 && !o.Finish {
					if err := o.measure(ctx, d, study.StudyInstanceUID); err != nil {
						return err
					}
				}
			}
		}
		if err := d.Collect(ctx, 0); err != nil {
			return err
		}
		if o.Finish {
			d.Transfer.Wake()
			unsent, err := d.Unsent(ctx)
			if err != nil {
				return err
			}
			for _, j := range d.Transfer.Jobs() {
				if j.State == transfer.Failed {
					return fmt.Errorf("given up: %s %s after %d attempts: %s", j.Kind, j.StudyInstanceUID, j.Attempts, j.Error)
				}
				if !j.State.Finished() {
					incomplete++
				}
			}
			if incomplete == 0 && unsent == 0 && round > 0 {
				fmt.Println("finished")
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (o victimOrder) measure(ctx context.Context, d *desk.Desk, study dicom.UID) error {
	instances, err := d.Store.StudyInstances(ctx, study)
	at := slices.IndexFunc(instances, func(i clinic.Instance) bool { return i.Rows > 0 })
	if err != nil || at < 0 {
		return err
	}
	i, id := instances[at], string(dicom.NewUID())
	err = d.RecordMeasurement(ctx, viewer.Entry{ID: id, StudyInstanceUID: study, SeriesInstanceUID: i.SeriesInstanceUID, SOPInstanceUID: i.SOPInstanceUID,
		Kind: measure.KindLength, Space: viewer.InPixelSpace, Time: time.Now(), Points: []geom.Point{{X: 10, Y: 20}, {X: 30, Y: 20}}})
	if err == nil {
		fmt.Println("measured", id)
	}
	return err
}

// chaos is a workstation between two archives, one over DICOMweb and one over DIMSE.
type chaos struct {
	testing.TB
	random   *rand.Rand
	dir      string
	archives [2]*orthanctest.Orthanc
	ways     [2]*orthanctest.Proxy
	names    [2]string
	reached  map[string]string // addresses by name
	patients []string
	objects  [2]map[dicom.UID][]byte // what each archive was given
	measured map[string]bool

	kills, interrupted, cuts, stops int
}

func newChaos(t testing.TB) *chaos {
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("ERIS_CHAOS_SEED"), strconv.FormatInt(time.Now().UnixNano(), 10)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ERIS_CHAOS_SEED=%d", seed)
	c := &chaos{TB: t, random: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir(), measured: map[string]bool{}, names: [2]string{"north", "south"}}
	for i := range c.archives {
		c.archives[i], c.objects[i] = orthanctest.StartDIMSE(t), map[dicom.UID][]byte{}
	}
	const rate = 3 << 20 // bytes a second, so that the middle of a transfer is met
	web, err := url.Parse(c.archives[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	c.ways = [2]*orthanctest.Proxy{orthanctest.NewProxy(t, web.Host, rate), orthanctest.NewProxy(t, c.archives[1].Address, rate)}
	web.Host = c.ways[0].Address
	c.reached = map[string]string{c.names[0]: web.String(), c.names[1]: "dicom://" + orthanctest.AETitle + "@" + c.ways[1].Address}
	return c
}

// add gives a new study of a new patient to one of the archives.
func (c *chaos) add(number int) {
	c.Helper()
	i := number % 2
	s := chest("20261111", "КТ ОГК")
	s.PatientID, s.PatientName, s.AccessionNumber = fmt.Sprint("T", number), fmt.Sprintf("Тестова^Номер %d", number), fmt.Sprint("A", number)
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{Seed: uint64(number)}), Size: 128, Slices: 24}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			c.Fatal(err)
		}
		post(c, c.archives[i].URL, b.Bytes())
		c.objects[i][f.UID(dicom.SOPInstanceUID)] = b.Bytes()
	}
	c.patients = append(c.patients, s.PatientID)
}

// run lets a workstation work, kills it when disturb returns, and reads what it
// had said.
func (c *chaos) run(finish bool, disturb func(process *exec.Cmd)) (finished bool) {
	c.Helper()
	patients := c.patients
	if !finish {
		patients = patients[max(0, len(patients)-3):]
	}
	order, err := json.Marshal(victimOrder{c.dir, c.reached, patients, finish})
	if err != nil {
		c.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimVariable+"="+string(order))
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	var reading sync.WaitGroup
	var said []string
	reading.Go(func() {
		in := bufio.NewReader(out)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return // what is no whole line was not said
			}
			said = append(said, strings.TrimSpace(line))
		}
	})
	disturb(cmd)
	reading.Wait()
	cmd.Wait() // it was killed
	for _, line := range said {
		switch what, about, _ := strings.Cut(line, " "); what {
		case "measured":
			c.measured[about] = true
		case "open":
			if about != "0" {
				c.interrupted++
			}
		case "finished":
			finished = true
		default:
			tail := log.String()
			c.Errorf("after %d kills: %s\n%s", c.kills, line, tail[max(0, len(tail)-3000):])
		}
	}
	return finished
}

// pause is a random moment.
func (c *chaos) pause(most time.Duration) {
	time.Sleep(time.Duration(c.random.Int64N(int64(most))))
}

// kill ends a workstation at a random moment, now and then while a link is cut
// or an archive is away.
func (c *chaos) kill() {
	i, what, late := c.random.IntN(2), c.kills%5, c.random.IntN(2) == 0
	back := func() {}
	c.run(false, func(process *exec.Cmd) {
		c.pause(900 * time.Millisecond)
		switch what {
		case 0:
			c.ways[i].Cut()
			c.cuts++
			back = func() {
				if err := c.ways[i].Restore(); err != nil {
					c.Fatal(err)
				}
			}
		case 1:
			c.archives[i].Stop(c)
			c.stops++
			back = func() { c.archives[i].Start(c) }
		}
		c.pause(500 * time.Millisecond)
		if !late {
			back()
			c.pause(500 * time.Millisecond)
		}
		process.Process.Kill()
		c.kills++
	})
	if late {
		back()
	}
}

// verdict holds the cache and the archives against each other.
func (c *chaos) verdict() (lost, doubled int) {
	ctx := c.Context()
	s, err := store.Open(ctx, store.Params{Dir: c.dir})
	if err != nil {
		c.Fatal(err)
	}
	defer s.Close()
	v, err := s.Verify(ctx)
	if err != nil || len(v.Problems) > 0 {
		c.Errorf("verify: %v, %v", v.Problems, err)
	}
	doubled += v.Aside
	documents, made := c.journaled(s)
	for id := range c.measured {
		if !made[id] {
			c.Errorf("measurement %s was kept and is in no document", id)
			lost++
		}
	}
	for i, o := range c.archives {
		there := c.listed(o)
		for uid, object := range c.objects[i] {
			path, err := s.Path(ctx, uid)
			if err != nil {
				c.Errorf("%s: %s did not come: %v", c.names[i], uid, err)
				lost++
				continue
			}
			if b, err := os.ReadFile(path); err != nil || !bytes.HasSuffix(b, object[1000:]) {
				c.Errorf("%s: %s came with other bytes: %v", c.names[i], uid, err)
			}
			delete(there, uid)
		}
		for uid := range there { // what the workstation sent
			if documents[uid] != c.names[i] {
				c.Errorf("%s has %s, which nobody made for it", c.names[i], uid)
				doubled++
			}
			delete(documents, uid)
		}
	}
	for uid, name := range documents {
		c.Errorf("document %s did not arrive at %s", uid, name)
		lost++
	}
	here := 0
	studies, err := s.Studies(ctx, store.StudyFilter{Limit: 1 << 30})
	if err != nil {
		c.Fatal(err)
	}
	for _, study := range studies {
		list, err := s.StudyInstances(ctx, study.StudyInstanceUID)
		if err != nil || study.Completeness != clinic.Complete {
			c.Errorf("study %+v: %v", study, err)
		}
		here += len(list)
	}
	journaled, _ := c.journaled(s)
	if want := len(c.objects[0]) + len(c.objects[1]) + len(journaled); here != want || v.Files != want {
		c.Errorf("the cache counts %d instances and has %d files, want %d", here, v.Files, want)
	}
	return lost, doubled
}

// journaled are the documents that the journal speaks of, by where they go, and
// the measurements that the newest document of a study has.
func (c *chaos) journaled(s *store.Store) (documents map[dicom.UID]string, made map[string]bool) {
	entries, err := s.Entries(c.Context(), "document", "")
	if err != nil {
		c.Fatal(err)
	}
	documents, made = map[dicom.UID]string{}, map[string]bool{}
	newest := map[dicom.UID]dicom.UID{}
	for _, e := range entries {
		var word struct {
			Instance   dicom.UID
			Node, What string
		}
		if err := json.Unmarshal(e.Body, &word); err != nil {
			c.Fatal(err)
		}
		if documents[word.Instance] = word.Node; word.What == "measurements" {
			newest[e.StudyInstanceUID] = word.Instance
		}
	}
	marks, err := s.Entries(c.Context(), "measurement", "")
	if err != nil {
		c.Fatal(err)
	}
	for _, e := range marks {
		var m viewer.Entry
		if err := json.Unmarshal(e.Body, &m); err != nil {
			c.Fatal(err)
		}
		f, err := s.Open(c.Context(), newest[e.StudyInstanceUID])
		if err != nil {
			c.Fatalf("document of study %s: %v", e.StudyInstanceUID, err)
		}
		var text bytes.Buffer
		if err := f.Write(&text); err != nil {
			c.Fatal(err)
		}
		made[m.ID] = bytes.Contains(text.Bytes(), []byte(dicom.DeriveUID("measurement", m.ID)))
	}
	return documents, made
}

// listed are the instances of an archive.
func (c *chaos) listed(o *orthanctest.Orthanc) map[dicom.UID]bool {
	w, err := dicomweb.New(dicomweb.Options{Name: "look", URL: o.URL})
	if err != nil {
		c.Fatal(err)
	}
	defer w.Close()
	all := map[dicom.UID]bool{}
	studies, err := w.Studies(c.Context(), node.Query{})
	if err != nil {
		c.Fatal(err)
	}
	for _, study := range studies {
		series, err := w.Series(c.Context(), study.StudyInstanceUID)
		if err != nil {
			c.Fatal(err)
		}
		for _, one := range series {
			list, err := w.Instances(c.Context(), study.StudyInstanceUID, one.SeriesInstanceUID)
			if err != nil {
				c.Fatal(err)
			}
			for _, i := range list {
				all[i.SOPInstanceUID] = true
			}
		}
	}
	return all
}

// wreak kills the workstation so many times and lets it finish.
func wreak(t testing.TB, kills int) (c *chaos, lost, doubled int) {
	c = newChaos(t)
	for i := range kills {
		c.add(i)
		c.kill()
		if t.Failed() {
			t.FailNow()
		}
	}
	finished := c.run(true, func(process *exec.Cmd) {
		patience := time.AfterFunc(3*time.Minute, func() { process.Process.Kill() })
		t.Cleanup(func() { patience.Stop() })
	})
	if !finished {
		t.Fatal("the workstation did not come to an end")
	}
	lost, doubled = c.verdict()
	if program := os.Getenv("ERIS_PROGRAM"); program != "" {
		if out, err := exec.CommandContext(t.Context(), program, "--data", c.dir, "verify").CombinedOutput(); err != nil {
			t.Errorf("eris verify: %v\n%s", err, out)
		}
	}
	t.Logf("%d kills, %d in the middle of work, %d cuts, %d stopped archives; %d measurements kept; lost %d, doubled %d",
		c.kills, c.interrupted, c.cuts, c.stops, len(c.measured), lost, doubled)
	return c, lost, doubled
}

// The workstation is killed in the middle of transfers both ways, archives are
// killed and links are cut: nothing that was said to be kept is lost, and nothing
// is anywhere twice.
func TestKilledInTheMiddleOfATransfer(t *testing.T) {
	if testing.Short() {
		t.Skip("kills programs for some seconds")
	}
	c, lost, doubled := wreak(t, 8)
	if lost+doubled > 0 {
		t.Errorf("lost %d, doubled %d", lost, doubled)
	}
	if c.interrupted == 0 {
		t.Log("no kill met a transfer in its middle")
	}
}

// BenchmarkChaos is the same with many kills: ERIS_CHAOS_KILLS.
func BenchmarkChaos(b *testing.B) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv("ERIS_CHAOS_KILLS"), "200"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, lost, doubled := wreak(b, kills)
		b.ReportMetric(float64(lost), "lost")
		b.ReportMetric(float64(doubled), "doubled")
		b.ReportMetric(float64(c.kills), "kills")
		b.ReportMetric(float64(c.interrupted), "interrupted")
		b.ReportMetric(float64(len(c.measured)), "measured")
	}
}
