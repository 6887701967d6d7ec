package dcmtktest

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"eris/clinic"
	"eris/dicom"
)

// WorklistTitle is the worklist's AE title.
const WorklistTitle = "WLM"

// modalityWorklist is the SOP class of items (PS3.4 K.6.1.4).
const modalityWorklist = dicom.UID("1.2.840.10008.5.1.4.31")

// Worklist is a modality worklist, wlmscpfs, with its items as files.
type Worklist struct {
	Address string // host:port

	dir, items string
	port       int
	stop       func()
}

// StartWorklist runs an empty worklist until the test ends.
func StartWorklist(t testing.TB) *Worklist {
	t.Helper()
	w := &Worklist{dir: t.TempDir(), port: FreePort(t)}
	w.items = filepath.Join(w.dir, WorklistTitle)
	if err := os.Mkdir(w.items, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.items, "lockfile"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Start(t)
	return w
}

// Start runs it again after Stop.
func (w *Worklist) Start(t testing.TB) {
	t.Helper()
	w.Address, w.stop = Daemon(t, nil, w.port, "wlmscpfs", "-dfr", "-dfp", w.dir, "-csk", strconv.Itoa(w.port))
}

// Stop ends it; its items stay.
func (w *Worklist) Stop() { w.stop() }

// Put adds an order, or changes it, written in a character set (empty: none
// named). change may change the item before it is written, or be nil.
func (w *Worklist) Put(t testing.TB, name string, o clinic.Order, set string, change func(item, step *dicom.DataSet)) {
	t.Helper()
	step := dicom.NewDataSet()
	step.SetString(dicom.ScheduledStationAETitle, string(o.StationAETitle))
	step.SetString(dicom.Modality, o.Modality)
	step.SetString(dicom.ScheduledProcedureStepStartDate, o.Scheduled.Format("20060102"))
	step.SetString(dicom.ScheduledProcedureStepStartTime, o.Scheduled.Format("150405"))
	step.SetString(dicom.ScheduledProcedureStepID, "S-"+name)
	step.SetString(dicom.ScheduledProcedureStepDescription, o.Text)
	d := dicom.NewDataSet()
	if set != "" {
		if err := d.SetCharacterSet(set); err != nil {
			t.Fatal(err)
		}
	}
	d.SetString(dicom.AccessionNumber, o.AccessionNumber)
	d.SetString(dicom.PatientName, o.Patient.PatientName.String())
	d.SetString(dicom.PatientID, o.Patient.PatientID)
	d.SetString(dicom.PatientBirthDate, o.Patient.PatientBirthDate.DICOM())
	d.SetString(dicom.PatientSex, o.Patient.PatientSex)
	d.SetUID(dicom.StudyInstanceUID, o.StudyInstanceUID)
	d.SetString(dicom.RequestedProcedureID, "R-"+name)
	d.SetString(dicom.RequestedProcedureDescription, o.Text)
	d.SetString(dicom.ReasonForTheRequestedProcedure, o.Reason)
	if o.Code != "" {
		code := dicom.NewDataSet()
		code.SetString(dicom.CodeValue, o.Code)
		code.SetString(dicom.CodingSchemeDesignator, "NMU")
		code.SetString(dicom.CodeMeaning, "КТ")
		d.SetItems(dicom.RequestedProcedureCodeSequence, code)
	}
	if change != nil {
		change(d, step)
	}
	d.SetItems(dicom.ScheduledProcedureStepSequence, step)
	meta := dicom.NewDataSet()
	meta.SetUID(dicom.MediaStorageSOPClassUID, modalityWorklist)
	meta.SetUID(dicom.MediaStorageSOPInstanceUID, dicom.DeriveUID("item", name))
	var b bytes.Buffer
	if err := (&dicom.File{Meta: meta, DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}).Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.items, name+".wl"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Remove takes an order off.
func (w *Worklist) Remove(t testing.TB, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(w.items, name+".wl")); err != nil {
		t.Fatal(err)
	}
}
