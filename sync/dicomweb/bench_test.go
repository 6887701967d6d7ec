package dicomweb_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/sync/dicomweb"
	"eris/sync/node"
	"eris/sync/orthanctest"
)

// BenchmarkRetrieve fetches 300 slices of a CT from Orthanc to nowhere, and has
// curl do the same in turns: ofcurl is our rate over curl's, by their medians.
func BenchmarkRetrieve(b *testing.B) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		b.Skip("curl is not installed")
	}
	c := client(b, dicomweb.Options{URL: orthanctest.Start(b).URL})
	address, size := fillCT(b, c)
	var ours, theirs []time.Duration
	for b.Loop() {
		start := time.Now()
		var got int64
		err := c.Retrieve(b.Context(), mariya.UID(), "", func(r io.Reader) error {
			n, err := io.Copy(io.Discard, r)
			got += n
			return err
		})
		ours = append(ours, time.Since(start))
		if err != nil || got != size {
			b.Fatalf("%d of %d bytes, %v", got, size, err)
		}
		start = time.Now()
		peer := exec.Command(curl, "-s", "-f", "-o", "/dev/null", "-H", `Accept: multipart/related; type="application/dicom"; transfer-syntax=*`, address)
		if err := peer.Run(); err != nil {
			b.Fatal(err)
		}
		theirs = append(theirs, time.Since(start))
	}
	b.ReportMetric(median(theirs).Seconds()/median(ours).Seconds(), "ofcurl")
	b.ReportMetric(float64(size)/1e6/median(ours).Seconds(), "medianMB/s")
	b.ReportMetric(float64(size)/1e6/median(theirs).Seconds(), "curlMB/s")
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// fillCT sends 300 slices of 512² and answers where they are and how many bytes
// they have.
func fillCT(b *testing.B, c *dicomweb.Client) (address string, size int64) {
	b.Helper()
	thorax := dicomtest.Thorax(dicomtest.ThoraxParams{})
	slice := slices.Collect(dicomtest.CT(dicomtest.CTParams{Study: mariya, Body: thorax, Size: 512, Slices: 1, SeriesNumber: 2}))[0]
	for from := 0; from < 300; from += 50 {
		var batch [][]byte
		for n := from; n < from+50; n++ {
			slice.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID("slice", fmt.Sprint(n)))
			batch = append(batch, encoded(b, slice))
			size += int64(len(batch[len(batch)-1]))
		}
		if stored := send(b, c, batch...); len(stored.Taken) != 50 {
			b.Fatalf("took %d of 50, refused %v", len(stored.Taken), stored.Failed)
		}
	}
	return c.URL + "/studies/" + string(mariya.UID()), size
}

// BenchmarkFindStudies streams 10,000 studies: firstrow is the time from the
// first byte that the archive sends to the first study.
func BenchmarkFindStudies(b *testing.B) {
	const studies = 10_000
	row := func(n int) string {
		return fmt.Sprintf(`{"00080020":{"vr":"DA","Value":["20261111"]},"00080061":{"vr":"CS","Value":["CT"]},"00081030":{"vr":"LO","Value":["КТ органов грудной клетки"]},`+
			`"00100010":{"vr":"PN","Value":[{"Alphabetic":"Образцова^Мария^Тестовна"}]},"00100020":{"vr":"LO","Value":["T-%d"]},`+
			`"0020000D":{"vr":"UI","Value":["2.25.%d"]},"00201206":{"vr":"IS","Value":[2]},"00201208":{"vr":"IS","Value":[300]}}`, n, n+1)
	}
	var rows []string
	for n := range studies {
		rows = append(rows, row(n))
	}
	answer := "[" + strings.Join(rows, ",") + "]"
	var firstByte time.Time
	c := client(b, dicomweb.Options{PageSize: studies + 1, URL: scripted(b, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") != "0" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		firstByte = time.Now()
		io.Copy(w, bytes.NewReader([]byte(answer)))
	})})
	var first []time.Duration
	for b.Loop() {
		n := 0
		for _, err := range c.FindStudies(b.Context(), node.Query{}) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n == 1 {
				first = append(first, time.Since(firstByte))
			}
		}
		if n != studies {
			b.Fatalf("%d studies", n)
		}
	}
	b.SetBytes(int64(len(answer)))
	b.ReportMetric(float64(median(first).Microseconds())/1000, "firstrow-ms")
}
