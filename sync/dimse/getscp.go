package dimse

import (
	"context"
	"os"

	"eris/dicom"
)

// fetched sends what lies here on the same association (C-GET, PS3.4 C.4.3.3).
func (s *session) fetched(ctx context.Context, m *message) error {
	identifier, level, status, err := s.question(m)
	if err != nil {
		return err
	}
	if status != Success {
		return s.respond(ctx, m, Command{Status: status}, nil)
	}
	list, status := s.wanted(ctx, identifier, level)
	if status != Success {
		return s.respond(ctx, m, Command{Status: status}, nil)
	}
	n := Suboperations{Remaining: uint16(min(len(list), 0xFFFF))}
	for i, uid := range list {
		status, canceled, err := s.give(ctx, m, uid)
		switch {
		case err != nil:
			return err
		case canceled:
			return s.respond(ctx, m, Command{Status: Canceled, Suboperations: &n}, nil)
		}
		n.count(status, len(list)-i-1)
		if i < len(list)-1 {
			if err := s.respond(ctx, m, Command{Status: Pending, Suboperations: &n}, nil); err != nil {
				return err
			}
		}
	}
	return s.respond(ctx, m, Command{Status: n.outcome(), Suboperations: &n}, nil)
}

// count notes one sub-operation.
func (n *Suboperations) count(status Status, remaining int) {
	n.Remaining = uint16(min(remaining, 0xFFFF))
	switch status.Class() {
	case ClassSuccess:
		n.Completed++
	case ClassWarning:
		n.Warning++
	default:
		n.Failed++
	}
}

// outcome is the status at the end (PS3.4 Table C.4-3).
func (n *Suboperations) outcome() Status {
	switch {
	case n.Failed > 0 && n.Completed == 0 && n.Warning == 0:
		return UnableToPerform
	case n.Failed > 0:
		return SomeFailed
	}
	return Success
}

// wanted are the instances that an identifier names. A retrieval names things by
// their identifiers, so one that names none is refused.
func (s *session) wanted(ctx context.Context, identifier *dicom.DataSet, level string) ([]dicom.UID, Status) {
	unique := map[string]dicom.Tag{levelPatient: dicom.PatientID, levelStudy: dicom.StudyInstanceUID, levelSeries: dicom.SeriesInstanceUID, levelImage: dicom.SOPInstanceUID}
	if !identifier.Has(unique[level]) {
		return nil, DoesNotMatch
	}
	var list []dicom.UID
	for set, err := range s.known(ctx, levelImage, identifier) {
		if err != nil {
			s.log().Error("a request could not be answered", "calling", s.CallingAE(), "error", err)
			return nil, ProcessingFailure
		}
		list = append(list, set.UID(dicom.SOPInstanceUID))
	}
	return list, Success
}

// give sends one object; its status is the other side's, or says why it cannot be
// sent. canceled: C-CANCEL came instead of the next answer.
func (s *session) give(ctx context.Context, m *message, uid dicom.UID) (status Status, canceled bool, err error) {
	path, err := s.Cache.Path(ctx, uid)
	if err != nil {
		return ProcessingFailure, false, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return ProcessingFailure, false, nil
	}
	defer f.Close()
	o, err := newOutgoing(ctx, f)
	if err != nil {
		return CannotUnderstand, false, nil
	}
	defer o.Close()
	c, same, ok := s.contextFor(o.SOPClassUID, o.syntax)
	if !ok || !c.SCP {
		return SOPClassNotSupported, false, nil
	}
	if !same {
		if err := o.rewrite(ctx, c.TransferSyntax); err != nil {
			return CannotUnderstand, false, nil
		}
	}
	q := &Command{}
	if err := s.send(ctx, c, o, q); err != nil {
		return 0, false, err
	}
	for {
		answer, err := s.receive(ctx)
		switch {
		case err != nil:
			return 0, false, err
		case answer.Field == CCancelRQ && answer.RespondedTo == m.MessageID:
			canceled = true
		case answer.Field == CStoreRQ|response && answer.RespondedTo == q.MessageID:
			return answer.Status, canceled, nil
		default:
			return 0, false, s.garbled("message %04XH in the middle of a C-GET", uint16(answer.Field))
		}
	}
}
