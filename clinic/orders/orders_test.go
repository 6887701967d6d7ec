package orders_test

import (
	"reflect"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
	"eris/dicom"
)

func base() clinic.Order {
	return clinic.Order{AccessionNumber: "A-1", Modality: "CT", Text: "КТ ОГК", Patient: clinic.Patient{PatientID: "T1",
		PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}}
}

func TestSame(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*clinic.Order)
		want   bool
	}{
		"equal":                   {func(*clinic.Order) {}, true},
		"other words":             {func(o *clinic.Order) { o.Text, o.Modality = "CT chest", "" }, true},
		"another number":          {func(o *clinic.Order) { o.AccessionNumber = "A-2" }, false},
		"no number":               {func(o *clinic.Order) { o.AccessionNumber = "" }, false},
		"its number as placer's":  {func(o *clinic.Order) { o.AccessionNumber, o.PlacerOrderNumber = "A-2", "A-1" }, true},
		"another patient":         {func(o *clinic.Order) { o.Patient.PatientName = dicom.ParsePersonName("Примеров^Пётр") }, false},
		"another birth date":      {func(o *clinic.Order) { o.Patient.PatientBirthDate = dicom.ParseDate("19610413") }, false},
		"another exam":            {func(o *clinic.Order) { o.Modality = "MR" }, false},
		"ID of another system":    {func(o *clinic.Order) { o.Patient.PatientID = "EMIAS-77" }, true},
		"another ID, and no name": {func(o *clinic.Order) { o.Patient = clinic.Patient{PatientID: "EMIAS-77"} }, false},
		"one ID, and no name":     {func(o *clinic.Order) { o.Patient = clinic.Patient{PatientID: "T1"} }, true},
		"one of his other IDs": {func(o *clinic.Order) {
			o.Patient = clinic.Patient{PatientID: "EMIAS-77", OtherPatientIDs: []clinic.Identifier{{ID: "T1"}}}
		}, true},
	} {
		other := base()
		c.change(&other)
		if a, b := orders.Same(base(), other), orders.Same(other, base()); a != c.want || b != c.want {
			t.Errorf("%s: %v and back %v, want %v", name, a, b, c.want)
		}
	}
}

func TestMerge(t *testing.T) {
	typed, worklist, emr := base(), base(), base()
	typed.Text, typed.Reason, typed.Scheduled = "что-то с грудью", "кашель", time.Unix(1, 0)
	worklist.Modality, worklist.StationAETitle, worklist.Scheduled = "CT", "CT01", time.Unix(100, 0)
	emr.Text, emr.Code, emr.PlacerOrderNumber, emr.Scheduled = "КТ органов грудной клетки", "A06.09.005", "P-1", time.Unix(50, 0)
	emr.Patient.PatientID, emr.Patient.OtherPatientIDs = "EMIAS-77", []clinic.Identifier{{ID: "112-233-445 95", Issuer: "PFR"}}
	records := []orders.Record{{Kind: orders.Typed, ID: "1", Order: typed}, {Source: "emias", Kind: orders.FHIR, ID: "2", Order: emr}, {Source: "mwl", Kind: orders.Worklist, ID: "3", Order: worklist}}
	o := orders.Merge(records)
	if o.Text != "КТ ОГК" || !o.Scheduled.Equal(time.Unix(100, 0)) || o.StationAETitle != "CT01" || o.Code != "A06.09.005" || o.Reason != "кашель" ||
		o.PlacerOrderNumber != "P-1" || o.Status != clinic.OrderActive || o.Withdrawn() {
		t.Errorf("%+v", o)
	}
	if want := []clinic.Identifier{{ID: "EMIAS-77"}, {ID: "112-233-445 95", Issuer: "PFR"}}; o.Patient.PatientID != "T1" || !reflect.DeepEqual(o.Patient.OtherPatientIDs, want) {
		t.Errorf("%+v", o.Patient)
	}
	if want := []clinic.OrderSource{{Name: "mwl", ID: "3"}, {Name: "emias", ID: "2"}, {ID: "1"}}; !reflect.DeepEqual(o.Sources, want) {
		t.Errorf("%+v", o.Sources)
	}
}

// Whoever still names an order says how far it has come; one that only speaks of
// what it knew says nothing while others speak.
func TestMergeStates(t *testing.T) {
	record := func(source string, status clinic.OrderStatus, gone bool) orders.Record {
		o := base()
		o.Status = status
		return orders.Record{Source: source, Kind: orders.Worklist, ID: source, Gone: gone, Order: o}
	}
	for name, c := range map[string]struct {
		records   []orders.Record
		want      clinic.OrderStatus
		withdrawn bool
	}{
		"one revokes":         {[]orders.Record{record("a", "", false), record("b", clinic.OrderRevoked, false)}, clinic.OrderRevoked, true},
		"revoked and gone":    {[]orders.Record{record("a", clinic.OrderRevoked, true)}, clinic.OrderRevoked, true},
		"gone, others remain": {[]orders.Record{record("a", "", false), record("b", clinic.OrderRevoked, true)}, clinic.OrderActive, false},
		"gone everywhere":     {[]orders.Record{record("a", "", true), record("b", "", true)}, clinic.OrderActive, true},
		"done":                {[]orders.Record{record("a", "", false), record("b", clinic.OrderCompleted, false)}, clinic.OrderCompleted, false},
		"on hold":             {[]orders.Record{record("a", clinic.OrderOnHold, false)}, clinic.OrderOnHold, false},
	} {
		if o := orders.Merge(c.records); o.Status != c.want || o.Withdrawn() != c.withdrawn {
			t.Errorf("%s: %v, withdrawn %v", name, o.Status, o.Withdrawn())
		}
	}
}
