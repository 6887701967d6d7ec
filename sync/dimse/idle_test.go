package dimse_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/orthanctest"
	"eris/sync/ul"
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

// An archive that takes few contexts at once is asked with few, after one try.
func TestArchivesThatTakeFewContexts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var refused atomic.Int32
	s := &ul.Server{Listener: l, Log: slog.New(slog.DiscardHandler), Accept: func(ctx context.Context, i *ul.Indication) ul.Answer {
		if len(i.Contexts) > 5 {
			refused.Add(1)
			return ul.Answer{Reject: &ul.RejectedNoReason}
		}
		return acceptAll(ctx, i)
	}, Handle: func(ctx context.Context, a *ul.Association) {
		answers(dimse.Success, func(*dimse.Command, *dicom.DataSet) {})(&puppet{t, ctx, a})
	}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	c := client(t, dimse.Options{Address: l.Addr().String(), CalledAE: "FEW"})
	t.Cleanup(c.Close)
	for range 3 {
		if list, err := c.Studies(t.Context(), node.Query{PatientID: "T-1"}); err != nil || len(list) != 0 {
			t.Fatalf("%v, %v", list, err)
		}
		if _, err := c.Pick(t.Context(), mariya.UID(), "", 1); !errors.Is(err, node.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if n := refused.Load(); n != 1 {
		t.Errorf("it refused %d associations", n)
	}
}
