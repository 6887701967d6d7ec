package origin

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// retrieve is WADO-RS (PS3.18 10.4): the objects as they lie here, whatever
// transfer syntax the client would like better.
func (s *server) retrieve(w http.ResponseWriter, r *http.Request) error {
	list, err := s.instances(r)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoSuch
	}
	if accepts := strings.Join(r.Header.Values("Accept"), ","); len(list) == 1 && wantsSingle(accepts) {
		return s.single(w, r, list[0])
	}
	return s.multipart(w, r, list)
}

// wantsSingle says that the client takes an object by itself and no multipart.
func wantsSingle(accept string) bool {
	for _, one := range strings.Split(accept, ",") {
		if kind, _, err := mime.ParseMediaType(one); err == nil && kind == "application/dicom" {
			return !strings.Contains(accept, "multipart/")
		}
	}
	return false
}

func (s *server) single(w http.ResponseWriter, r *http.Request, i clinic.Instance) error {
	f, err := s.file(r, i)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", `application/dicom; transfer-syntax=`+string(i.TransferSyntaxUID))
	return copied(io.Copy(w, f))
}

func (s *server) file(r *http.Request, i clinic.Instance) (*os.File, error) {
	path, err := s.Cache.Path(r.Context(), i.SOPInstanceUID)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

func (s *server) multipart(w http.ResponseWriter, r *http.Request, list []clinic.Instance) error {
	parts := multipart.NewWriter(w)
	w.Header().Set("Content-Type", `multipart/related; type="application/dicom"; boundary=`+parts.Boundary())
	for _, i := range list {
		if err := s.part(parts, r, i); err != nil {
			s.Log.Warn("an answer of the archive was cut off", "error", err)
			panic(http.ErrAbortHandler) // the client must see that it has not got all
		}
	}
	return copied(0, parts.Close())
}

func (s *server) part(parts *multipart.Writer, r *http.Request, i clinic.Instance) error {
	f, err := s.file(r, i)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type": {`application/dicom; transfer-syntax=` + string(i.TransferSyntaxUID)}})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// copied is what to do about an answer whose status has gone out already:
// when it could not be finished, the connection is cut so that the client knows.
func copied(_ int64, err error) error {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// metadata is WADO-RS metadata (PS3.18 10.4.1.1.2): headers without pixel
// data, written one by one, so that a large study is never in memory.
func (s *server) metadata(w http.ResponseWriter, r *http.Request) error {
	list, err := s.instances(r)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoSuch
	}
	w.Header().Set("Content-Type", jsonType)
	separator := "["
	for _, i := range list {
		b, err := s.header(r, i)
		if err == nil {
			_, err = w.Write(append([]byte(separator), b...))
		}
		if err != nil {
			s.Log.Warn("an answer of the archive was cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
		separator = ","
	}
	return copied(0, last(w.Write([]byte("]"))))
}

func last(_ int, err error) error { return err }

func (s *server) header(r *http.Request, i clinic.Instance) ([]byte, error) {
	path, err := s.Cache.Path(r.Context(), i.SOPInstanceUID)
	if err != nil {
		return nil, err
	}
	f, err := dicom.Open(path)
	if err != nil {
		return nil, err
	}
	return json.Marshal(f.DataSet)
}

// rendered is WADO-RS rendered (PS3.18 10.4.1.1.3), by the function given.
func (s *server) rendered(w http.ResponseWriter, r *http.Request) error {
	if s.Render == nil {
		return httpError{http.StatusNotImplemented, "pictures are not drawn here"}
	}
	list, err := s.instances(r)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errNoSuch
	}
	picture, kind, err := s.Render(r.Context(), list[0].SOPInstanceUID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	return copied(0, last(w.Write(picture)))
}
