package store_test

import (
	"fmt"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
)

var orderDay = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

func ordered(number, patient, name string, hour int) clinic.Order {
	return clinic.Order{AccessionNumber: number, Modality: "CT", Text: "КТ ОГК", Scheduled: orderDay.Add(time.Duration(hour) * time.Hour),
		Patient: clinic.Patient{PatientID: patient, PatientName: dicom.ParsePersonName(name), PatientBirthDate: dicom.ParseDate("19610412")}}
}

func record(kind orders.Kind, id string, o clinic.Order) orders.Record {
	return orders.Record{Kind: kind, ID: id, Order: o}
}

func takeOrders(t *testing.T, s *store.Store, source string, whole *store.Window, records ...orders.Record) int {
	t.Helper()
	n, err := s.TakeOrders(t.Context(), source, records, whole)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func orderList(t *testing.T, s *store.Store) []clinic.Order {
	t.Helper()
	list, err := s.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOneOrderOfSeveralSources(t *testing.T) {
	s := open(t, store.Params{})
	mwl, emr := ordered("A-1", "T1", "Образцова^Мария", 9), ordered("P-1", "EMIAS-7", "OBRAZTSOVA^MARIIA", 8)
	mwl.PlacerOrderNumber, emr.Code = "P-1", "A06.09.005"
	if n := takeOrders(t, s, "emias", nil, record(orders.FHIR, "sr1", emr)); n != 1 {
		t.Errorf("%d changed", n)
	}
	takeOrders(t, s, "mwl", nil, record(orders.Worklist, "sps1", mwl))
	list := orderList(t, s)
	if len(list) != 1 || list[0].AccessionNumber != "A-1" || list[0].Code != "A06.09.005" || len(list[0].Sources) != 2 || !list[0].Scheduled.Equal(mwl.Scheduled) {
		t.Fatalf("%+v", list)
	}
	if n := takeOrders(t, s, "mwl", nil, record(orders.Worklist, "sps1", mwl)); n != 0 {
		t.Errorf("the same said again changed %d", n)
	}
	emr.Status = clinic.OrderRevoked
	takeOrders(t, s, "emias", nil, record(orders.FHIR, "sr1", emr))
	if list = orderList(t, s); len(list) != 1 || !list[0].Withdrawn() {
		t.Errorf("%+v", list)
	}
}

func TestTwoPatientsUnderOneNumberStayTwo(t *testing.T) {
	s := open(t, store.Params{})
	other := ordered("A-1", "T2", "Примеров^Пётр", 10)
	other.Patient.PatientBirthDate = dicom.ParseDate("19700101")
	takeOrders(t, s, "mwl", nil, record(orders.Worklist, "1", ordered("A-1", "T1", "Образцова^Мария", 9)), record(orders.Worklist, "2", other))
	takeOrders(t, s, "emias", nil, record(orders.FHIR, "1", other))
	list := orderList(t, s)
	if len(list) != 2 || list[0].Patient.PatientID != "T1" || list[1].Patient.PatientID != "T2" || len(list[1].Sources) != 2 {
		t.Errorf("%+v", list)
	}
}

func TestAnIDThatStandsForAnotherPatient(t *testing.T) {
	s := open(t, store.Params{})
	takeOrders(t, s, "mwl", nil, record(orders.Worklist, "1", ordered("A-1", "T1", "Образцова^Мария", 9)))
	other := ordered("A-1", "T2", "Примеров^Пётр", 9)
	takeOrders(t, s, "mwl", nil, record(orders.Worklist, "1", other))
	if list := orderList(t, s); len(list) != 1 || list[0].Patient.PatientID != "T2" {
		t.Errorf("%+v", list)
	}
}

func TestOrdersThatAreNotNamedAnyMore(t *testing.T) {
	s := open(t, store.Params{})
	whole := &store.Window{From: orderDay, To: orderDay.AddDate(0, 0, 1)}
	a, b, tomorrow := ordered("A-1", "T1", "Образцова", 9), ordered("A-2", "T2", "Примерова", 10), ordered("A-3", "T3", "Тестова", 33)
	takeOrders(t, s, "mwl", whole, record(orders.Worklist, "1", a), record(orders.Worklist, "2", b), record(orders.Worklist, "3", tomorrow))
	takeOrders(t, s, "here", nil, record(orders.Typed, "9", b))
	if n := takeOrders(t, s, "mwl", whole, record(orders.Worklist, "9", ordered("A-9", "T9", "Новая", 11))); n != 3 {
		t.Errorf("%d changed", n)
	}
	want := map[string]bool{"A-1": true, "A-2": false, "A-3": false, "A-9": false}
	for _, o := range orderList(t, s) {
		if o.Withdrawn() != want[o.AccessionNumber] {
			t.Errorf("%s withdrawn: %v", o.AccessionNumber, o.Withdrawn())
		}
	}
	takeOrders(t, s, "mwl", whole, record(orders.Worklist, "1", a))
	if o := orderList(t, s)[0]; o.AccessionNumber != "A-1" || o.Withdrawn() {
		t.Errorf("named again: %+v", o)
	}
	if err := s.ForgetOrders(t.Context(), orderDay.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if list := orderList(t, s); len(list) != 1 || list[0].AccessionNumber != "A-3" {
		t.Errorf("%+v", list)
	}
	if n := takeOrders(t, s, "mwl", nil, record(orders.Worklist, "1", a)); n != 1 {
		t.Error("one that was forgotten could not come back")
	}
}

func TestOrdersWithoutNumbersAreRefused(t *testing.T) {
	s := open(t, store.Params{})
	good := ordered("A-1", "T1", "Образцова", 9)
	for _, r := range []orders.Record{record(orders.Worklist, "", good), record(orders.Worklist, "1", ordered("", "T1", "Образцова", 9))} {
		if _, err := s.TakeOrders(t.Context(), "mwl", []orders.Record{record(orders.Worklist, "0", good), r}, nil); err == nil {
			t.Errorf("%+v was kept", r)
		}
	}
	if list := orderList(t, s); len(list) != 0 {
		t.Errorf("half an answer was kept: %+v", list)
	}
}

// BenchmarkTakeOrders is one poll of a worklist of 5,000 items of which nothing
// changed.
func BenchmarkTakeOrders(b *testing.B) {
	s, err := store.Open(b.Context(), store.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var records []orders.Record
	for i := range 5000 {
		records = append(records, record(orders.Worklist, fmt.Sprint(i), ordered(fmt.Sprint("A-", i), fmt.Sprint("T", i), "Образцова^Мария", i%24)))
	}
	poll := func() {
		if _, err := s.TakeOrders(b.Context(), "mwl", records, &store.Window{From: orderDay, To: orderDay.AddDate(0, 0, 1)}); err != nil {
			b.Fatal(err)
		}
	}
	poll()
	for b.Loop() {
		poll()
	}
}
