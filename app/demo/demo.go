// Package demo fills an archive with synthetic patients and an order list to
// go with them, so that the whole job can be tried without any real data. The
// pictures come from dicomtest; nobody in them exists.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
)

// Archive takes the demo's objects; *store.Store is one.
type Archive interface {
	Add(ctx context.Context, object *bytes.Reader) error
}

// Size says how large the demo is: tests take a small one.
type Size struct {
	Matrix int // rows and columns of CT slices
	Slices int // of a whole CT
	Film   int // rows of a radiograph
}

// Full is the demo that a person sees.
var Full = Size{Matrix: 512, Slices: 112, Film: 2140}

// Small is enough for tests.
var Small = Size{Matrix: 64, Slices: 8, Film: 120}

const (
	city  = "Городская поликлиника № 5 (синтетическая)"
	third = "Больница № 3 (синтетическая)"
)

// patient is one synthetic person.
type patient struct{ name, id, birth, sex string }

var (
	mariya = patient{"Образцова^Мария^Тестовна", "TEST-0001", "19610412", "F"}
	pyotr  = patient{"Примеров^Пётр^Тестович", "TEST-0002", "19551130", "M"}
	anna   = patient{"Тестова^Анна^Образцовна", "TEST-0003", "19740625", "F"}
	yuriy  = patient{"Демидов-Тестов^Юрий^Примерович", "TEST-0004", "19880219", "M"}
	semyon = patient{"Шаблонов^Семён^Тестович", "TEST-0005", "19490907", "M"}
	artyom = patient{"Образчиков^Артём^Тестович", "TEST-0006", "19670314", "M"}
	// artyomThere is what another hospital wrote down of somebody who may be artyom.
	artyomThere = patient{"Образчиков^Артем^Тестович", "H3-TEST-771", "19670314", "M"}
)

func (p patient) study(day time.Time, clock, accession, description, place string) dicomtest.Study {
	return dicomtest.Study{
		PatientName: p.name, PatientID: p.id, BirthDate: p.birth, Sex: p.sex,
		Date: day.Format("20060102"), Time: clock, AccessionNumber: accession,
		StudyDescription: description, InstitutionName: place,
	}
}

func (p patient) record() clinic.Patient {
	return clinic.Patient{PatientID: p.id, PatientName: dicom.ParsePersonName(p.name),
		PatientBirthDate: dicom.ParseDate(p.birth), PatientSex: p.sex}
}

// Orders is the order list of the demo's scanner on a day.
func Orders(today time.Time) []clinic.Order {
	at := func(hour, minute int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day(), hour, minute, 0, 0, today.Location())
	}
	order := func(p patient, number string, when time.Time, modality, code, text, part, side, contrast, reason string) clinic.Order {
		return clinic.Order{AccessionNumber: number, Patient: p.record(), Scheduled: when, StationAETitle: "DEMO",
			Ordered: when.Add(-26 * time.Hour), Modality: modality, Code: code, Text: text, BodyPart: part,
			Laterality: side, Contrast: contrast, Reason: reason}
	}
	return []clinic.Order{
		order(mariya, "DEMO-101", at(9, 20), "CT", "A06.09.005", "КТ органов грудной клетки без контраста", "CHEST", "", "none", "кашель, одышка"),
		order(pyotr, "DEMO-102", at(9, 40), "DX", "A06.04.005", "Рентгенография левого коленного сустава", "KNEE", "L", "", "боль при ходьбе"),
		order(anna, "DEMO-103", at(10, 0), "MG", "A06.20.004", "Маммография обеих молочных желёз", "BREAST", "B", "", "диспансеризация"),
		order(yuriy, "DEMO-104", at(10, 20), "DX", "A06.09.006", "Флюорография лёгких профилактическая", "CHEST", "", "", "профосмотр"),
		order(semyon, "DEMO-105", at(10, 40), "CT", "A06.30.005.002", "КТ брюшной полости с контрастом", "ABDOMEN", "", "iv", "похудание, анемия"),
		order(artyom, "DEMO-106", at(11, 0), "DX", "A06.09.007", "Рентгенография органов грудной клетки", "CHEST", "", "", "температура, кашель"),
	}
}

// Fill puts every study of the demo into the archive; today is the day the
// priors are counted back from. It uses all cores and stops with ctx.
func Fill(ctx context.Context, archive Archive, today time.Time, size Size) error {
	work, ctx := errgroup.WithContext(ctx)
	objects := make(chan *dicom.File)
	work.Go(func() error {
		defer close(objects)
		for f := range all(today, size) {
			select {
			case objects <- f:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range 8 { // the archive waits for its disk, so more than the cores
		work.Go(func() error {
			for f := range objects {
				var b bytes.Buffer
				if err := f.Write(&b); err != nil {
					return fmt.Errorf("synthetic object: %w", err)
				}
				if err := archive.Add(ctx, bytes.NewReader(b.Bytes())); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return work.Wait()
}

func all(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		for _, part := range []iter.Seq[*dicom.File]{
			marias(today, size), pyotrs(today, size), yuriys(today, size), semyons(today, size), artyoms(today, size),
		} {
			for f := range part {
				if !yield(f) {
					return
				}
			}
		}
	}
}
