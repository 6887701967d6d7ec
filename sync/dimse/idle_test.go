package dimse_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/orthanctest"
)

// A picture that was picked comes on the association on which it was asked for,
// and so do the next questions; a kept association that is gone costs nothing but
// a new one.
func TestOneAssociationForQuestionsAndPictures(t *testing.T) {
	archive := orthanctest.StartDIMSE(t)
	way := orthanctest.NewProxy(t, archive.Address, 0)
	c := client(t, dimse.Options{Address: way.Address, CalledAE: orthanctest.AETitle})
	t.Cleanup(c.Close)
	list := ct(mariya, 2, 9, 32)
	send(t, c, encodedAll(t, append(list, ct(mariya, 3, 2, 32)...)))
	before := way.Accepted()
	look := func() {
		t.Helper()
		i, err := c.Pick(t.Context(), mariya.UID(), "", 4)
		if err != nil || i.SOPInstanceUID != list[4].UID(dicom.SOPInstanceUID) || i.SeriesInstanceUID != list[4].UID(dicom.SeriesInstanceUID) || i.Rows != 32 {
			t.Fatalf("picked %+v, %v", i, err)
		}
		var got []byte
		err = c.RetrieveInstance(t.Context(), mariya.UID(), i.SeriesInstanceUID, i.SOPInstanceUID, func(r io.Reader) (err error) {
			got, err = io.ReadAll(r)
			return err
		})
		if err != nil || !bytes.Contains(got, encoded(t, list[4])[1000:]) {
			t.Fatalf("%d bytes came: %v", len(got), err)
		}
	}
	look()
	look()
	if n := way.Accepted() - before; n != 1 {
		t.Errorf("%d associations", n)
	}
	if series, err := c.Series(t.Context(), mariya.UID()); err != nil || len(series) != 2 {
		t.Fatalf("series %v, %v", series, err)
	}
	look()
	if n := way.Accepted() - before; n != 2 {
		t.Errorf("%d associations, want the one of a question about a study beside that for pictures", n)
	}
	if err := way.Restore(); err != nil { // closes what stands
		t.Fatal(err)
	}
	look()
	if n := way.Accepted() - before; n != 3 {
		t.Errorf("%d associations after the kept one was gone", n)
	}
	c.Close()
	look()
	time.Sleep(10 * time.Millisecond)
	if n := way.Accepted() - before; n != 5 {
		t.Errorf("%d associations, want one for each question of a closed client", n)
	}
}
