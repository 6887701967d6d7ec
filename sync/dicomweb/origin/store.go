package origin

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"eris/dicom"
)

// Failure reasons (PS3.18 Annex I.2, PS3.4 GG.4).
const (
	cannotUnderstand  = 0xC000
	processingFailure = 0x0110
)

// source names the objects that were sent here.
const source = "stow"

// store is STOW-RS (PS3.18 10.5): every part is stored as it comes in.
func (s *server) store(w http.ResponseWriter, r *http.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		return httpError{http.StatusUnsupportedMediaType, "multipart/related with application/dicom is expected"}
	}
	var taken, failed []*dicom.DataSet
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if tooLarge(err) {
			return err // what came before it is stored; the client sends it again in smaller requests
		}
		if err != nil {
			return httpError{http.StatusBadRequest, "the multipart is not well formed"}
		}
		if item, err := s.take(r, part); tooLarge(err) {
			return err
		} else if err != nil {
			s.Log.Warn("a sent object was not stored", "error", err)
			failed = append(failed, failure(err))
		} else {
			taken = append(taken, item)
		}
	}
	if len(taken) == 0 && len(failed) == 0 {
		return httpError{http.StatusBadRequest, "there is no object in it"}
	}
	return stored(w, taken, failed)
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

func (s *server) take(r *http.Request, part io.Reader) (*dicom.DataSet, error) {
	uid, err := s.Cache.Add(r.Context(), part, source)
	if err != nil {
		return nil, err
	}
	i, err := s.Cache.Instance(r.Context(), uid)
	if err != nil {
		return nil, err
	}
	item := dicom.NewDataSet()
	item.SetUID(dicom.ReferencedSOPClassUID, i.SOPClassUID)
	item.SetUID(dicom.ReferencedSOPInstanceUID, i.SOPInstanceUID)
	item.SetString(dicom.RetrieveURL, "/studies/"+string(i.StudyInstanceUID)+"/series/"+string(i.SeriesInstanceUID)+
		"/instances/"+string(i.SOPInstanceUID))
	return item, nil
}

// failure is an object that was not stored; which one it was cannot be said,
// since it could not be read.
func failure(err error) *dicom.DataSet {
	reason := processingFailure
	if errors.Is(err, dicom.ErrNotDICOM) || errors.Is(err, dicom.ErrCorrupt) || errors.Is(err, dicom.ErrUnsupported) {
		reason = cannotUnderstand
	}
	item := dicom.NewDataSet()
	item.SetInt(dicom.FailureReason, reason)
	return item
}

// stored answers 200, 202 when some objects failed, 409 when all did (PS3.18 10.5.3.1).
func stored(w http.ResponseWriter, taken, failed []*dicom.DataSet) error {
	d := dicom.NewDataSet()
	if len(taken) > 0 {
		d.SetItems(dicom.ReferencedSOPSequence, taken...)
	}
	if len(failed) > 0 {
		d.SetItems(dicom.FailedSOPSequence, failed...)
	}
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	status := http.StatusOK
	switch {
	case len(taken) == 0:
		status = http.StatusConflict
	case len(failed) > 0:
		status = http.StatusAccepted
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	return copied(0, last(w.Write(b)))
}
