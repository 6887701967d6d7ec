package dicomweb_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
	"eris/dicom/dicomtest"
	"eris/sync/dicomweb"
	"eris/sync/orthanctest"
)

// slice is one CT slice of size × size.
func slice(size int) *dicom.File {
	return slicesOf(dicomtest.CT(dicomtest.CTParams{Study: mariya, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: size, Slices: 1, SeriesNumber: 2}))[0]
}

// compressed is an object as JPEG 2000 without loss.
func compressed(t testing.TB, f *dicom.File, o jpeg2000.EncodeOptions) (*dicom.File, []byte) {
	t.Helper()
	frame, err := f.Frame(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := jpeg2000.Encode(&codec.Image{Rows: frame.Rows, Columns: frame.Columns, Components: 1, Bits: 16, Signed: frame.Signed, Pix16: frame.Pix16}, o)
	if err != nil {
		t.Fatal(err)
	}
	f.TransferSyntax = dicom.JPEG2000Lossless
	f.SetEncodedFrames(stream)
	return f, stream
}

// several is an object with three native frames.
func several(t testing.TB) (*dicom.File, [][]byte) {
	t.Helper()
	f := slice(32)
	frame, err := f.Frame(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	first := frame.Raw()
	frames := [][]byte{first, bytes.Repeat([]byte{1, 0}, len(first)/2), bytes.Repeat([]byte{2, 0}, len(first)/2)}
	f.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID("several"))
	f.SetPixelData(frames...)
	return f, frames
}

func uids(d *dicom.DataSet) (study, series, instance dicom.UID) {
	return d.UID(dicom.StudyInstanceUID), d.UID(dicom.SeriesInstanceUID), d.UID(dicom.SOPInstanceUID)
}

func TestFramesOfOrthanc(t *testing.T) {
	c := client(t, dicomweb.Options{URL: orthanctest.Start(t).URL})
	f, frames := several(t)
	j, stream := compressed(t, slice(64), jpeg2000.EncodeOptions{})
	if stored := send(t, c, encoded(t, f), encoded(t, j)); len(stored.Taken) != 2 {
		t.Fatalf("took %v, refused %v", stored.Taken, stored.Failed)
	}
	fetch := func(d *dicom.DataSet, numbers ...int) (got []string, err error) {
		study, series, instance := uids(d)
		err = c.Frames(t.Context(), study, series, instance, numbers, func(f dicomweb.Frame) error {
			b, err := io.ReadAll(f)
			got = append(got, fmt.Sprint(f.Number, " ", f.TransferSyntax, " ", string(b)))
			return err
		})
		return got, err
	}
	want := func(n int, syntax dicom.UID, b []byte) string { return fmt.Sprint(n, " ", syntax, " ", string(b)) }
	got, err := fetch(f.DataSet, 1, 3)
	if err != nil || !slices.Equal(got, []string{want(1, dicom.ExplicitVRLittleEndian, frames[0]), want(3, dicom.ExplicitVRLittleEndian, frames[2])}) {
		t.Errorf("%d frames, %v", len(got), err)
	}
	if got, err = fetch(j.DataSet, 1); err != nil || len(got) != 1 || strings.TrimRight(got[0], "\x00") != strings.TrimRight(want(1, dicom.JPEG2000Lossless, stream), "\x00") {
		t.Errorf("%d compressed frames, %v", len(got), err)
	}
	if _, err = fetch(f.DataSet, 9); err == nil {
		t.Error("a frame that is not there was found")
	}
}

// TestFramesAsArchivesSendThem has frames in the forms that are seen.
func TestFramesAsArchivesSendThem(t *testing.T) {
	_, stream := compressed(t, slice(32), jpeg2000.EncodeOptions{})
	part := func(kind string, b []byte) string {
		return "--0123\r\nContent-Type: " + kind + "\r\n\r\n" + string(b) + "\r\n"
	}
	cases := map[string]struct {
		kind, body string
		want       dicom.UID
	}{
		"named in the part":  {"multipart/related; boundary=0123", part("image/jp2;transfer-syntax=1.2.840.10008.1.2.4.91", stream) + "--0123--", dicom.JPEG2000},
		"named in the whole": {`multipart/related; type="image/jp2; transfer-syntax=1.2.840.10008.1.2.4.91"; boundary=0123`, "--0123\r\n\r\n" + string(stream) + "\r\n--0123--", dicom.JPEG2000},
		// dcm4chee-arc-light issue 4399: no transfer syntax where it is the default one.
		"by default":   {"multipart/related; boundary=0123", part("image/jphc", stream) + "--0123--", dicom.HTJ2KLossless},
		"no multipart": {"image/jls", "xx", dicom.JPEGLSLossless},
		// cornerstoneWADOImageLoader pull 228: octets, whatever is in them.
		"octets": {"multipart/related; boundary=0123", part("application/octet-stream", stream) + "--0123--", dicom.JPEG2000Lossless},
		"native": {"multipart/related; boundary=0123", part("application/octet-stream", []byte("xx")) + "--0123--", dicom.ExplicitVRLittleEndian},
	}
	for name, c := range cases {
		// The wildcard is refused, as by microsoft/dicom-server for frames that it does not transcode.
		peer := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept") != "*/*" {
				w.WriteHeader(http.StatusNotAcceptable)
				return
			}
			typed(c.kind, c.body)(w, r)
		})})
		var got dicom.UID
		err := peer.Frames(t.Context(), "2.25.1", "2.25.2", "2.25.3", []int{1}, func(f dicomweb.Frame) error { got = f.TransferSyntax; return nil })
		if err != nil || got != c.want {
			t.Errorf("%s: %s, want %s, %v", name, got, c.want, err)
		}
		if err := peer.Frames(t.Context(), "2.25.1", "2.25.2", "2.25.3", []int{1, 2}, func(dicomweb.Frame) error { return nil }); !errors.Is(err, dicomweb.ErrPartial) {
			t.Errorf("%s: one frame of two: %v", name, err)
		}
	}
}

func TestRenderedByOrthanc(t *testing.T) {
	c := client(t, dicomweb.Options{URL: orthanctest.Start(t).URL})
	f, _ := several(t)
	send(t, c, encoded(t, f))
	study, series, instance := uids(f.DataSet)
	draw := func(how dicomweb.Rendering) []byte {
		b, err := c.Rendered(t.Context(), study, series, instance, how)
		if err != nil {
			t.Fatalf("%+v: %v", how, err)
		}
		return b
	}
	picture, err := png.Decode(bytes.NewReader(draw(dicomweb.Rendering{Frame: 1, Columns: 80, Rows: 80})))
	if err != nil || picture.Bounds().Dx() != 80 || picture.Bounds().Dy() != 80 {
		t.Errorf("viewport: %v, %v", picture, err)
	}
	lung, bone := draw(dicomweb.Rendering{Frame: 1, Center: -600, Width: 1500}), draw(dicomweb.Rendering{Frame: 1, Center: 400, Width: 200})
	if bytes.Equal(lung, bone) {
		t.Error("the window changes nothing")
	}
	if bytes.Equal(draw(dicomweb.Rendering{Frame: 1}), draw(dicomweb.Rendering{Frame: 3})) {
		t.Error("two frames look the same")
	}
}

func TestPicturesThatAreNone(t *testing.T) {
	c := client(t, dicomweb.Options{URL: scripted(t, typed("text/html", "<html>"))})
	if _, err := c.Rendered(t.Context(), "2.25.1", "2.25.2", "2.25.3", dicomweb.Rendering{}); !errors.Is(err, dicomweb.ErrGarbled) {
		t.Error(err)
	}
}

// withoutPart10 stands before an archive and gives its metadata, frames and
// bulk data only, as archives that keep frames do.
func withoutPart10(t *testing.T, archive string) string {
	t.Helper()
	target, err := url.Parse(archive)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: target.Scheme, Host: target.Host})
	}}
	return scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "application/dicom\"") {
			w.WriteHeader(http.StatusNotAcceptable)
			return
		}
		proxy.ServeHTTP(w, r)
	}) + target.Path
}

// TestObjectsArePutTogether has Orthanc give metadata and bulk data only, under
// addresses of a host that the client did not ask: what comes out is the object.
func TestObjectsArePutTogether(t *testing.T) {
	o := orthanctest.Start(t)
	f, frames := several(t)
	f.Put(dicom.Element{Tag: 0x00091001, VR: "OB", Raw: []byte{1, 2, 3, 4}})
	j, _ := compressed(t, slice(64), jpeg2000.EncodeOptions{})
	if stored := send(t, client(t, dicomweb.Options{URL: o.URL}), encoded(t, f), encoded(t, j)); len(stored.Taken) != 2 {
		t.Fatal(stored)
	}
	c := client(t, dicomweb.Options{URL: withoutPart10(t, o.URL)})
	got := map[dicom.UID]*dicom.File{}
	err := c.Retrieve(t.Context(), mariya.UID(), "", func(r io.Reader) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		read, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
		if err != nil {
			return err
		}
		got[read.UID(dicom.SOPInstanceUID)] = read
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d objects, %v", len(got), err)
	}
	many := got[f.UID(dicom.SOPInstanceUID)]
	if many.NumberOfFrames() != 3 || many.String(dicom.PatientName) != mariya.PatientName || !bytes.Equal(many.Bytes(0x00091001), []byte{1, 2, 3, 4}) {
		t.Errorf("%d frames of %q, bulk data %v", many.NumberOfFrames(), many.String(dicom.PatientName), many.Bytes(0x00091001))
	}
	for i := range frames {
		if b, err := many.EncodedFrame(i); err != nil || !bytes.Equal(b, frames[i]) {
			t.Errorf("frame %d differs, %v", i, err)
		}
	}
	one := got[j.UID(dicom.SOPInstanceUID)]
	a, err := one.Frame(t.Context(), 0)
	b, again := j.Frame(t.Context(), 0)
	if err != nil || again != nil || one.TransferSyntax != dicom.JPEG2000Lossless || !slices.Equal(a.Pix16, b.Pix16) {
		t.Errorf("the compressed frame differs, %v, %v", err, again)
	}
	stop := errors.New("enough")
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(io.Reader) error { return stop }); err != stop {
		t.Errorf("stopped by the caller: %v", err)
	}
}

// TestBulkDataLiesWhereItSays: relative addresses start at the metadata
// (RFC 3986 5), and nothing goes to another host.
func TestBulkDataLiesWhereItSays(t *testing.T) {
	stranger := scripted(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("a stranger was asked for %s", r.URL) })
	const header = `{"00080018":{"vr":"UI","Value":["2.25.3"]},"00080016":{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.66"]},` +
		`"00020010":{"vr":"UI","Value":["1.2.840.10008.1.2.1"]},"00431029":{"vr":"OB","BulkDataURI":%q},` +
		`"00081199":{"vr":"SQ","Value":[{"00431028":{"vr":"OB","BulkDataURI":%q}}]}}`
	for uri, want := range map[string]string{
		"../../bulkdata/a":                       "/studies/2.25.1/bulkdata/a", // static-wado
		"instances/2.25.3/bulk?x=1":              "/studies/2.25.1/series/2.25.2/instances/2.25.3/bulk?x=1",
		"/elsewhere/b":                           "/elsewhere/b",
		stranger + "/arc/rs/studies/2.25.1/bulk": "/studies/2.25.1/bulk", // OHIF Viewers issue 1602
		stranger + "/secret":                     "",
		"file:///etc/passwd":                     "",
		"http://%zz":                             "",
	} {
		var asked []string
		c := client(t, dicomweb.Options{Token: "t", URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.Contains(r.Header.Get("Accept"), `application/dicom"`):
				w.WriteHeader(http.StatusNotAcceptable)
			case strings.HasSuffix(r.URL.Path, "/metadata"):
				fmt.Fprintf(w, header, uri, uri)
			default:
				asked = append(asked, r.URL.RequestURI())
				typed("application/octet-stream", "abc")(w, r)
			}
		})})
		err := c.Retrieve(t.Context(), "2.25.1", "2.25.2", func(r io.Reader) error {
			b, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
			if err == nil && (string(f.Bytes(0x00431029)) != "abc\x00" || string(f.Items(dicom.ReferencedSOPSequence)[0].Bytes(0x00431028)) != "abc\x00") {
				t.Errorf("%s: values %q", uri, f.Bytes(0x00431029))
			}
			return err
		})
		if want == "" {
			if err == nil || len(asked) > 0 {
				t.Errorf("%s: asked for %q, %v", uri, asked, err)
			}
		} else if err != nil || len(asked) != 2 || asked[0] != want {
			t.Errorf("%s: asked for %q, want %s, %v", uri, asked, want, err)
		}
	}
}

// ranged serves the frame of j as the only part of a multipart, with Range or
// without, and counts the bytes it could send.
func ranged(t *testing.T, stream []byte, knowsRange bool, sent *atomic.Int64) string {
	return scripted(t, func(w http.ResponseWriter, r *http.Request) {
		body := []byte("--0123\r\nContent-Type: image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90\r\n\r\n" + string(stream) + "\r\n--0123--")
		w.Header().Set("Content-Type", `multipart/related; type="image/jp2"; boundary=0123`)
		if last, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=0-"); ok && knowsRange {
			n, err := strconv.Atoi(last)
			if err != nil {
				t.Error(err)
			}
			body = body[:min(n+1, len(body))]
			w.WriteHeader(http.StatusPartialContent)
		}
		for len(body) > 0 {
			n, err := w.Write(body[:min(64<<10, len(body))])
			sent.Add(int64(n))
			if body = body[n:]; err != nil {
				return
			}
		}
	})
}

// TestFirstLookNeedsFewBytes fetches a 1024² slice at 128² and counts: with
// Range what was sent, without it what was read.
func TestFirstLookNeedsFewBytes(t *testing.T) {
	for name, o := range map[string]jpeg2000.EncodeOptions{"LRCP": {Progression: jpeg2000.LRCP}, "RPCL": {Progression: jpeg2000.RPCL}} {
		j, stream := compressed(t, slice(1024), o)
		whole, err := j.Reduced(t.Context(), 0, 128)
		if err != nil {
			t.Fatal(err)
		}
		for _, knowsRange := range []bool{true, false} {
			var sent atomic.Int64
			c := client(t, dicomweb.Options{URL: ranged(t, stream, knowsRange, &sent)})
			look, err := c.FirstLook(t.Context(), j.DataSet, 1, 128)
			if err != nil {
				t.Fatal(name, err)
			}
			if !look.Truncated || look.Rows != 128 || look.Columns != 128 || !slices.Equal(look.Pix16, whole.Pix16) {
				t.Errorf("%s: %d × %d, or other pixels than of the whole stream", name, look.Columns, look.Rows)
			}
			const most = 2*128*128 + 4096
			if look.Bytes > most || knowsRange && sent.Load() > most+2048 || int64(len(stream)) < 4*most {
				t.Errorf("%s: %d bytes read, %d sent of %d", name, look.Bytes, sent.Load(), len(stream))
			}
			t.Logf("%s, range %v: %d bytes read, %d sent of %d", name, knowsRange, look.Bytes, sent.Load(), len(stream))
		}
	}
}

// TestFirstLookClosesEarly has an archive without Range that would send for ever.
func TestFirstLookClosesEarly(t *testing.T) {
	j, stream := compressed(t, slice(512), jpeg2000.EncodeOptions{})
	ended := make(chan struct{})
	c := client(t, dicomweb.Options{URL: scripted(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		parts("--0123\r\nContent-Type: image/jp2\r\n\r\n"+string(stream))(w, r)
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})})
	look, err := c.FirstLook(t.Context(), j.DataSet, 1, 64)
	if err != nil || look.Rows != 64 {
		t.Error(err)
	}
	<-ended
}

func TestFirstLookAtOrthanc(t *testing.T) {
	c := client(t, dicomweb.Options{URL: orthanctest.Start(t).URL})
	j, stream := compressed(t, slice(512), jpeg2000.EncodeOptions{})
	f, _ := several(t)
	send(t, c, encoded(t, j), encoded(t, f))
	headers, err := c.Metadata(t.Context(), mariya.UID(), "")
	if err != nil || len(headers) != 2 {
		t.Fatal(len(headers), err)
	}
	for _, h := range headers {
		look, err := c.FirstLook(t.Context(), h, 1, 100)
		if h.UID(dicom.SOPInstanceUID) == f.UID(dicom.SOPInstanceUID) {
			if !errors.Is(err, dicomweb.ErrUnsupported) {
				t.Errorf("a frame that is not compressed: %v", err)
			}
			continue
		}
		whole, again := j.Reduced(t.Context(), 0, 100)
		if err != nil || again != nil || !slices.Equal(look.Pix16, whole.Pix16) || look.Bytes >= int64(len(stream)) {
			t.Errorf("%d bytes of %d, %v, %v", look.Bytes, len(stream), err, again)
		}
	}
}

func TestFirstLooksThatShowNothing(t *testing.T) {
	j, stream := compressed(t, slice(64), jpeg2000.EncodeOptions{})
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"no stream": {typed("image/jp2", "nothing of the kind"), dicomweb.ErrGarbled},
		"empty":     {typed("image/jp2", ""), dicomweb.ErrPartial},
		"cut off":   {parts("--0123\r\nContent-Type: image/jp2\r\n\r\n" + string(stream[:200])), dicomweb.ErrPartial},
		"404":       {status(404), dicomweb.ErrNotFound},
		"another size": {typed("image/jp2", string(func() []byte { _, s := compressed(t, slice(32), jpeg2000.EncodeOptions{}); return s }())),
			dicomweb.ErrGarbled},
	} {
		peer := client(t, dicomweb.Options{URL: scripted(t, c.handler)})
		if _, err := peer.FirstLook(t.Context(), j.DataSet, 1, 16); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
