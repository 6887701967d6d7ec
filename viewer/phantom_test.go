package viewer_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/viewer"
)

// object is a Part 10 object of one gray frame, or more, of a patient made up
// for tests.
func object(uid dicom.UID, columns int, frames ...[]uint16) *dicom.File {
	d := dicom.NewDataSet()
	d.SetString(dicom.PatientName, "Тестов^Образец")
	d.SetString(dicom.PatientID, "TEST-1")
	d.SetString(dicom.StudyDate, "20261123")
	d.SetString(dicom.Modality, "CT")
	d.SetUID(dicom.SOPInstanceUID, uid)
	d.SetUID(dicom.SOPClassUID, dicom.CTImageStorage)
	d.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.Rows, len(frames[0])/columns)
	d.SetInt(dicom.Columns, columns)
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	if len(frames) > 1 {
		d.SetInt(dicom.NumberOfFrames, len(frames))
	}
	f := &dicom.File{DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}
	var raw [][]byte
	for _, values := range frames {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
		raw = append(raw, b)
	}
	f.SetPixelData(raw...)
	return f
}

// lie places an object in the patient: axial, at height z.
func lie(f *dicom.File, frameOfReference dicom.UID, z float64) {
	f.SetFloat(dicom.ImageOrientationPatient, axial...)
	f.SetFloat(dicom.ImagePositionPatient, -10, -20, z)
	f.SetFloat(dicom.PixelSpacing, 2, 0.5)
	f.SetUID(dicom.FrameOfReferenceUID, frameOfReference)
}

// shelf is a Loader of objects in memory; a session reads it while a test
// puts more on it.
type shelf struct {
	mu    sync.Mutex
	files map[dicom.UID]*dicom.File
}

func (s *shelf) put(uid dicom.UID, f *dicom.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[dicom.UID]*dicom.File{}
	}
	s.files[uid] = f
}

func (s *shelf) Open(_ context.Context, uid dicom.UID) (*dicom.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[uid]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", uid, dicom.ErrCorrupt)
	}
	return f, nil
}

// stack puts n located slices of 16×16, step mm apart, on the shelf.
func (s *shelf) stack(name string, frameOfReference dicom.UID, n int, from, step float64) viewer.Stack {
	series := clinic.Series{SeriesInstanceUID: dicom.DeriveUID(name), Modality: "CT"}
	var in []clinic.Instance
	for i := range n {
		values := make([]uint16, 256)
		for p := range values {
			values[p] = uint16(p + i)
		}
		uid, z := dicom.DeriveUID(name, fmt.Sprint(i)), from+step*float64(i)
		f := object(uid, 16, values)
		lie(f, frameOfReference, z)
		s.put(uid, f)
		in = append(in, clinic.Instance{SOPInstanceUID: uid, InstanceNumber: i + 1, Rows: 16, Columns: 16, FrameOfReferenceUID: frameOfReference,
			ImageOrientationPatient: axial, ImagePositionPatient: []float64{-10, -20, z}})
	}
	return viewer.Stacks(series, in)[0]
}

// ledger is a Journal in memory that can be made to fail.
type ledger struct {
	mu      sync.Mutex
	entries []viewer.Entry
	broken  atomic.Bool
}

var errFull = errors.New("disk full")

func (l *ledger) Record(_ context.Context, e viewer.Entry) error {
	if l.broken.Load() {
		return errFull
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	return nil
}

func (l *ledger) all() []viewer.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]viewer.Entry(nil), l.entries...)
}

// room is a session with a way to wait until a viewport is ready.
type room struct {
	*viewer.Session
	t       testing.TB
	changed chan struct{}
}

func newRoom(t testing.TB, p viewer.Params) *room {
	r := &room{t: t, changed: make(chan struct{}, 1)}
	p.Changed = func() {
		select {
		case r.changed <- struct{}{}:
		default:
		}
	}
	r.Session = viewer.New(p)
	t.Cleanup(func() { r.Close(context.Background()) })
	return r
}

// wait blocks until the viewport has left Loading.
func (r *room) wait(viewport int) viewer.Viewport {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for {
		if v := r.Viewport(viewport); v.Status != viewer.Loading {
			return v
		}
		select {
		case <-r.changed:
		case <-time.After(10 * time.Millisecond):
		case <-late:
			r.t.Fatal("the frame never became ready")
		}
	}
}

func (r *room) do(name string) {
	r.t.Helper()
	a, ok := r.Action(name)
	if !ok {
		r.t.Fatalf("no action %q", name)
	}
	a.Do()
}
