package app

import (
	"context"

	"eris/app/invoke"
	"eris/app/route"
	"eris/app/task"
	"eris/clinic"
)

// invoke shows what another program asks for.
func (s *shell) invoke(address string) {
	request, err := invoke.Parse(address)
	if err != nil {
		s.Failed(err)
		return
	}
	task.Load(s.tasks, "invoke", func(ctx context.Context) (route.Route, error) { return s.placeOf(ctx, request) }, func(r route.Route, err error) {
		if err != nil {
			s.Failed(err)
			return
		}
		s.Go(r)
	})
}

// placeOf finds the place of a request: a study, an order, else an order of its
// words, else what is known of the number.
func (s *shell) placeOf(ctx context.Context, r invoke.Request) (route.Route, error) {
	if r.StudyInstanceUID != "" {
		return route.Route{Page: route.Reading, Study: r.StudyInstanceUID}, nil
	}
	number := r.AccessionNumber
	if number == "" {
		number = r.PatientID
	}
	o, ok, err := s.desk.FindOrder(ctx, number)
	if err != nil {
		return route.Route{}, err
	}
	if ok && (r.AccessionNumber != "" || r.Text == "" && r.Code == "") {
		return route.Route{Page: route.Check, Order: o.AccessionNumber}, nil
	}
	if r.PatientID == "" || r.Text == "" && r.Code == "" {
		return route.Route{Page: route.Studies, Text: number}, nil
	}
	made, err := s.desk.OrderFor(ctx, clinic.Order{AccessionNumber: r.AccessionNumber, Modality: r.Modality, Text: r.Text, Code: r.Code,
		Patient: clinic.Patient{PatientID: r.PatientID}})
	return route.Route{Page: route.Check, Order: made.AccessionNumber}, err
}
