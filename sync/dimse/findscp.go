package dimse

import (
	"context"
	"errors"
	"slices"

	"eris/dicom"
)

// levels are those of each information model.
var levels = map[dicom.UID][]string{
	PatientRootFind: {levelPatient, levelStudy, levelSeries, levelImage},
	StudyRootFind:   {levelStudy, levelSeries, levelImage},
	PatientRootGet:  {levelPatient, levelStudy, levelSeries, levelImage},
	StudyRootGet:    {levelStudy, levelSeries, levelImage},
}

// question reads the identifier of a C-FIND or C-GET; the status says what is
// wrong with it.
func (s *session) question(m *message) (identifier *dicom.DataSet, level string, status Status, err error) {
	identifier, err = s.dataSet(m)
	if err != nil {
		return nil, "", 0, err
	}
	if s.Cache == nil || levels[m.context.AbstractSyntax] == nil || m.AffectedSOPClassUID != m.context.AbstractSyntax {
		return nil, "", SOPClassNotSupported, nil
	}
	if identifier == nil || !slices.Contains(levels[m.context.AbstractSyntax], identifier.String(dicom.QueryRetrieveLevel)) {
		return nil, "", DoesNotMatch, nil
	}
	return identifier, identifier.String(dicom.QueryRetrieveLevel), Success, nil
}

// found answers what lies here (C-FIND, PS3.4 C.4.1.3).
func (s *session) found(ctx context.Context, m *message) error {
	identifier, level, status, err := s.question(m)
	if err != nil {
		return err
	}
	if status == Success {
		status, err = s.answerAll(ctx, m, identifier, level)
	}
	if err != nil {
		return err
	}
	return s.respond(ctx, m, Command{Status: status}, nil)
}

func (s *session) answerAll(ctx context.Context, m *message, identifier *dicom.DataSet, level string) (Status, error) {
	stop := s.listen(ctx, m)
	status := Success
	for set, err := range s.known(ctx, level, identifier) {
		if err != nil {
			s.log().Error("a question could not be answered", "calling", s.CallingAE(), "error", err)
			status = ProcessingFailure
			break
		}
		if stop.canceled() {
			status = Canceled
			break
		}
		if err := s.respond(ctx, m, Command{Status: Pending}, s.asked(identifier, set, level)); err != nil {
			stop.wait()
			return 0, err
		}
	}
	return status, stop.wait()
}

// asked are the attributes that an identifier asks for, the level, and who has it
// (PS3.4 C.4.1.1.3.2). What is not known is empty.
func (s *session) asked(identifier, set *dicom.DataSet, level string) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetCharacterSet(identifier.String(dicom.SpecificCharacterSet)) // UTF-8 when that set is not written here
	for e := range identifier.All() {
		switch _, known := set.Get(e.Tag); {
		case e.Tag == dicom.SpecificCharacterSet:
		case known:
			d.CopyFrom(set, e.Tag)
		case e.VR == "SQ":
			d.SetItems(e.Tag)
		default:
			d.Put(dicom.Element{Tag: e.Tag, VR: e.VR})
		}
	}
	d.SetString(dicom.QueryRetrieveLevel, level)
	d.SetString(dicom.RetrieveAETitle, string(s.AETitle))
	return d
}

// ear waits for a C-CANCEL while answers go out.
type ear struct {
	stop  context.CancelFunc
	heard chan struct{} // closed when m was canceled
	over  chan error
}

// errAnswered ends the listening.
var errAnswered = errors.New("answered")

func (s *session) listen(ctx context.Context, m *message) *ear {
	ctx, stop := context.WithCancelCause(ctx)
	e := &ear{stop: func() { stop(errAnswered) }, heard: make(chan struct{}), over: make(chan error, 1)}
	go func() {
		next, err := s.receive(ctx)
		switch {
		case errors.Is(err, errAnswered):
			err = nil
		case err == nil && next.Field == CCancelRQ && next.RespondedTo == m.MessageID:
			close(e.heard)
		case err == nil:
			err = s.garbled("message %04XH before the answer to the last", uint16(next.Field))
		}
		e.over <- err
	}()
	return e
}

func (e *ear) canceled() bool {
	select {
	case <-e.heard:
		return true
	default:
		return false
	}
}

// wait ends the listening; the error says that the association is no good any more.
func (e *ear) wait() error {
	e.stop()
	return <-e.over
}
