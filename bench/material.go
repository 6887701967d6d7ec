package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// folder makes a folder below the bench's own.
func (b *bench) folder(name string) (string, error) {
	dir, err := os.MkdirTemp(b.dir, name)
	if err != nil {
		return "", fmt.Errorf("bench folder: %w", err)
	}
	return dir, nil
}

// person is who all synthetic studies belong to.
func person(id, accession string) dicomtest.Study {
	return dicomtest.Study{PatientName: "Тестов^Замер", PatientID: id, BirthDate: "19700101", Sex: "M",
		Date: "20260901", Time: "101500", AccessionNumber: accession, StudyDescription: "КТ органов грудной клетки", BodyPartExamined: "CHEST"}
}

// slices writes n CT slices of 530 kB into a new folder. One is drawn, the
// others differ from it in the SOPInstanceUID only, which is what an archive
// tells them apart by.
func (b *bench) slices(n int) (string, error) {
	dir, err := b.folder("slices")
	if err != nil {
		return "", err
	}
	template, uid, err := oneSlice()
	if err != nil {
		return "", err
	}
	for i := range n {
		fresh := fmt.Appendf(nil, "%s%05d", uid[:len(uid)-5], i)
		object := bytes.ReplaceAll(template, uid, fresh)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.dcm", i)), object, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func oneSlice() (object, uid []byte, err error) {
	body := dicomtest.Thorax(dicomtest.ThoraxParams{})
	var out bytes.Buffer
	for f := range dicomtest.CT(dicomtest.CTParams{Study: person("TEST-IMPORT", "BENCH-1"), Body: body, Slices: 1}) {
		uid = []byte(f.UID(dicom.SOPInstanceUID))
		err = f.Write(&out)
	}
	return out.Bytes(), uid, err
}

// shelf makes a cache that holds a CT of n slices, or with n 0 a chest
// radiograph of 2140 × 1760, and an order whose best prior it is.
func (b *bench) shelf(ctx context.Context, n int) (dir string, study dicom.UID, err error) {
	if dir, err = b.folder("cache"); err != nil {
		return "", "", err
	}
	s, err := store.Open(ctx, store.Params{Dir: dir})
	if err != nil {
		return "", "", err
	}
	defer s.Close()
	of := person("TEST-READ", "BENCH-2")
	modality := "CT"
	if n == 0 {
		modality, of.StudyDescription = "DX", "Рентгенография органов грудной клетки"
	}
	if err := s.SaveOrders(ctx, order(of, modality)); err != nil {
		return "", "", err
	}
	return dir, of.UID(), draw(ctx, s, of, n)
}

func order(of dicomtest.Study, modality string) clinic.Order {
	now := time.Now()
	patient := clinic.Patient{PatientID: of.PatientID, PatientName: dicom.ParsePersonName(of.PatientName),
		PatientBirthDate: dicom.ParseDate(of.BirthDate), PatientSex: of.Sex}
	return clinic.Order{AccessionNumber: "BENCH-3", Patient: patient, Scheduled: now, Ordered: now.Add(-time.Hour),
		Modality: modality, Text: of.StudyDescription, BodyPart: of.BodyPartExamined}
}

// draw stores the pictures of a study, drawn by all cores.
func draw(ctx context.Context, s *store.Store, of dicomtest.Study, n int) error {
	body := dicomtest.Thorax(dicomtest.ThoraxParams{})
	if n == 0 {
		return add(ctx, s, dicomtest.ChestRadiograph(of, body, 2140, 1760))
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8) // they wait for the disk as well
	for f := range dicomtest.CT(dicomtest.CTParams{Study: of, Body: body, Slices: n}) {
		work.Go(func() error { return add(ctx, s, f) })
	}
	return work.Wait()
}

func add(ctx context.Context, s *store.Store, f *dicom.File) error {
	var object bytes.Buffer
	if err := f.Write(&object); err != nil {
		return err
	}
	_, err := s.Add(ctx, &object, "")
	return err
}

// film is a radiograph of 3000 × 2500, larger than any screen.
func film(of dicomtest.Study) *dicom.File {
	return dicomtest.ChestRadiograph(of, dicomtest.Thorax(dicomtest.ThoraxParams{}), 3000, 2500)
}

// families are prefixes of made-up names; searches look for them.
var families = []string{"Образцов", "Примеров", "Тестов", "Шаблонов", "Щукин", "Макетов", "Эталонов", "Заглушкин"}

// city makes a cache that knows n studies of made-up people, without pictures.
func (b *bench) city(ctx context.Context, n int) (string, error) {
	dir, err := b.folder("city")
	if err != nil {
		return "", err
	}
	s, err := store.Open(ctx, store.Params{Dir: dir})
	if err != nil {
		return "", err
	}
	defer s.Close()
	const batch = 2000
	random := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < n; from += batch {
		var studies []clinic.Study
		for i := from; i < min(from+batch, n); i++ {
			studies = append(studies, citizen(i, random))
		}
		if err := s.SaveStudies(ctx, studies); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// citizen is study i of a city in which each person has four.
func citizen(i int, random *rand.Rand) clinic.Study {
	given := []string{"Алексей", "Борис", "Виктор", "Глеб", "Ёж", "Жанна", "Зоя", "Инна"}
	name := fmt.Sprintf("%s%d^%s", families[random.IntN(len(families))], random.IntN(900), given[random.IntN(len(given))])
	day := fmt.Sprintf("20%02d%02d%02d", 10+random.IntN(17), 1+random.IntN(12), 1+random.IntN(28))
	return clinic.Study{
		Patient:          clinic.Patient{PatientID: fmt.Sprint("TEST-", i/4), PatientName: dicom.ParsePersonName(name), PatientBirthDate: dicom.ParseDate("19700101")},
		StudyInstanceUID: dicom.UID(fmt.Sprint("2.25.", 1000+i)), StudyDate: dicom.ParseDate(day),
		StudyDescription: "КТ органов грудной клетки", ModalitiesInStudy: []string{"CT"}, ExpectedInstances: 100,
	}
}
