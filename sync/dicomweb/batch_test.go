package dicomweb_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/dicomweb/origin"
	"eris/sync/node"
	"eris/sync/orthanctest"
)

// sendable are objects that may be sent more than once.
func sendable(t *testing.T, files ...*dicom.File) []dicomweb.Object {
	var list []dicomweb.Object
	for _, f := range files {
		b := encoded(t, f)
		list = append(list, dicomweb.Object{Reference: node.Reference{SOPClassUID: f.UID(dicom.SOPClassUID), SOPInstanceUID: f.UID(dicom.SOPInstanceUID)},
			Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }})
	}
	return list
}

// TestRequestsThatAreTooLargeAreSplit sends eight slices and a large one to the
// embedded archive, which takes 10 kB at once.
func TestRequestsThatAreTooLargeAreSplit(t *testing.T) {
	c := client(t, dicomweb.Options{URL: serveOriginAs(t, origin.Params{MaxBody: 10_000}, origin.Service{})})
	large := slice(128)
	large.SetUID(dicom.SOPInstanceUID, "2.25.99")
	objects := sendable(t, append(ct(mariya, 2, 8), large)...)
	stored, err := c.StoreAll(t.Context(), objects)
	if err != nil {
		t.Fatal(err)
	}
	var taken []dicom.UID
	for _, r := range stored.Taken {
		taken = append(taken, r.SOPInstanceUID)
	}
	for _, o := range objects[:8] {
		if !slices.Contains(taken, o.SOPInstanceUID) {
			t.Errorf("%s was not taken", o.SOPInstanceUID)
		}
	}
	if len(taken) != 8 || len(stored.Failed) != 1 || stored.Failed[0] != (node.StoreFailure{Reference: objects[8].Reference, Reason: 0x0110}) {
		t.Errorf("took %d, refused %v", len(taken), stored.Failed)
	}
}

// TestAProxyThatAnswers413 counts: nginx refuses by the length that is said
// (client_max_body_size; OHIF Viewers issue 5029), and what it refuses once is
// not tried again.
func TestAProxyThatAnswers413(t *testing.T) {
	const most = 20_000
	asked, refused := 0, 0
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.ContentLength <= 0 {
			w.WriteHeader(http.StatusLengthRequired)
			return
		}
		if r.ContentLength > most {
			refused++
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		body := multipart.NewReader(r.Body, params["boundary"])
		var items []string
		for {
			part, err := body.NextPart()
			if err != nil {
				break
			}
			b, _ := io.ReadAll(part)
			f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
			if err != nil {
				t.Error(err)
				break
			}
			items = append(items, fmt.Sprintf(`{"00081155":{"vr":"UI","Value":[%q]}}`, f.UID(dicom.SOPInstanceUID)))
		}
		fmt.Fprintf(w, `{"00081199":{"vr":"SQ","Value":[%s]}}`, strings.Join(items, ","))
	})})
	objects := sendable(t, ct(mariya, 2, 20)...)
	for range 2 {
		stored, err := c.StoreAll(t.Context(), objects)
		if err != nil || len(stored.Taken) != 20 {
			t.Fatalf("took %d, refused %v, %v", len(stored.Taken), stored.Failed, err)
		}
	}
	if refused > 3 || asked > 25 {
		t.Errorf("%d requests, %d refused", asked, refused)
	}
}

func TestStoreAllEndsWithItsObjects(t *testing.T) {
	c := client(t, dicomweb.Options{URL: orthanctest.Start(t).URL})
	objects := sendable(t, ct(mariya, 2, 3)...)
	broken := errors.New("the disk")
	objects[1].Open = func() (io.ReadCloser, error) { return nil, broken }
	if _, err := c.StoreAll(t.Context(), objects); !errors.Is(err, broken) {
		t.Errorf("an object that cannot be opened: %v", err)
	}
	for _, off := range []int64{-1, 1} {
		objects = sendable(t, ct(mariya, 2, 3)...)
		objects[1].Size += off
		if _, err := c.StoreAll(t.Context(), objects); err == nil || node.Kind(err) != nil {
			t.Errorf("an object of another size than was said: %v", err)
		}
	}
	if stored, err := c.StoreAll(t.Context(), nil); err != nil || len(stored.Taken) != 0 {
		t.Errorf("nothing to send: %v, %v", stored, err)
	}
}

func TestStoredIsWhatAnArchiveHas(t *testing.T) {
	archives(t, func(t *testing.T, c *dicomweb.Client, _ map[dicom.UID][]byte) {
		here := ct(mariya, 2, 5)
		want := []dicom.UID{here[3].UID(dicom.SOPInstanceUID), here[0].UID(dicom.SOPInstanceUID)}
		got, err := c.Stored(t.Context(), mariya.UID(), append([]dicom.UID{"2.25.1"}, want...))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("several: %v, %v", got, err)
		}
		if got, err = c.Stored(t.Context(), mariya.UID(), want[:1]); err != nil || !slices.Equal(got, want[:1]) {
			t.Errorf("one: %v, %v", got, err)
		}
		if got, err = c.Stored(t.Context(), mariya.UID(), []dicom.UID{"2.25.1"}); err != nil || len(got) != 0 {
			t.Errorf("one that is not there: %v, %v", got, err)
		}
		if got, err = c.Stored(t.Context(), "2.25.2", want); err != nil || len(got) != 0 {
			t.Errorf("a study that is not there: %v, %v", got, err)
		}
	})
}

// TestSuccessThatStoredNothing: ImagingDataCommons dicomweb-client issue 42 saw
// 200 for objects that were not there afterwards.
func TestSuccessThatStoredNothing(t *testing.T) {
	object := ct(mariya, 2, 1)[0]
	uid := object.UID(dicom.SOPInstanceUID)
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			io.Copy(io.Discard, r.Body)
			fmt.Fprintf(w, `{"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":[%q]}}]}}`, uid)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})})
	stored, err := c.StoreAll(t.Context(), sendable(t, object))
	if err != nil || len(stored.Taken) != 1 {
		t.Fatal(stored, err)
	}
	if got, err := c.Stored(t.Context(), mariya.UID(), []dicom.UID{uid}); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestStoredWithoutInstanceSearch: hierarchical search below a study is optional
// for proxies (PS3.18 10.6.1.1); metadata tells the same.
func TestStoredWithoutInstanceSearch(t *testing.T) {
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/metadata") {
			io.WriteString(w, `[{"00080018":{"vr":"UI","Value":["2.25.3"]}}]`)
			return
		}
		w.WriteHeader(http.StatusNotImplemented)
	})})
	if got, err := c.Stored(t.Context(), "2.25.1", []dicom.UID{"2.25.2", "2.25.3"}); err != nil || !slices.Equal(got, []dicom.UID{"2.25.3"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestOtherFailures: an archive that could not tell what it was sent (PS3.18 Annex I.2).
func TestOtherFailures(t *testing.T) {
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, `[{"0008119A":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[272]}}]}}]`)
	})})
	if stored := send(t, c, []byte("x")); len(stored.Failed) != 1 || stored.Failed[0].Reason != 0x0110 {
		t.Errorf("%+v", stored)
	}
}
