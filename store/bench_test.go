package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// BenchmarkAdd stores CT slices of 530 kB from sixteen goroutines, as an import does.
func BenchmarkAdd(b *testing.B) {
	s := open(b, store.Params{})
	f := firstSlice(512)
	template := encode(b, f)
	uid := []byte(f.UID(dicom.SOPInstanceUID))
	b.SetBytes(int64(len(template)))
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for n := range numbers {
				// Every instance is its own: the UID's last digits count.
				fresh := fmt.Appendf(nil, "%s%08d", uid[:len(uid)-8], n)
				object := bytes.ReplaceAll(template, uid, fresh)
				if _, err := s.Add(b.Context(), bytes.NewReader(object), ""); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ResetTimer()
	for n := range b.N {
		numbers <- n
	}
	close(numbers)
	workers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

func firstSlice(size int) *dicom.File {
	for f := range dicomtest.CT(dicomtest.CTParams{Study: person("Тестов^Тест", "B"), Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: size, Slices: 1}) {
		return f
	}
	return nil
}

// BenchmarkSearch finds a name's prefix among 100,000 studies.
func BenchmarkSearch(b *testing.B) {
	s := open(b, store.Params{})
	fill(b, s, 100_000)
	b.ResetTimer()
	for i := range b.N {
		prefix := []string{"Образцов", "щуки", "SHABL", "Прим"}[i%4]
		got, err := s.Studies(b.Context(), store.StudyFilter{Text: prefix, Limit: 200})
		if err != nil || len(got) == 0 {
			b.Fatal(len(got), err)
		}
	}
}

// fill makes a cache that knows n studies of made-up people.
func fill(tb testing.TB, s *store.Store, n int) {
	families := []string{"Образцов", "Примеров", "Тестов", "Шаблонов", "Щукин", "Макетов", "Эталонов", "Заглушкин"}
	given := []string{"Алексей", "Борис", "Виктор", "Глеб", "Ёж", "Жанна", "Зоя", "Инна"}
	random := rand.New(rand.NewPCG(1, 2))
	batch := make([]clinic.Study, 0, 2000)
	for i := range n {
		name := fmt.Sprintf("%s%d^%s", families[random.IntN(8)], random.IntN(900), given[random.IntN(8)])
		batch = append(batch, clinic.Study{
			Patient:           clinic.Patient{PatientID: fmt.Sprint("P", i/4), PatientName: dicom.ParsePersonName(name), PatientBirthDate: dicom.ParseDate("19700101")},
			StudyInstanceUID:  dicom.UID(fmt.Sprint("2.25.", 1000+i)),
			StudyDate:         dicom.ParseDate(fmt.Sprintf("20%02d%02d%02d", 10+random.IntN(17), 1+random.IntN(12), 1+random.IntN(28))),
			StudyDescription:  "КТ органов грудной клетки",
			ModalitiesInStudy: []string{"CT"}, ExpectedInstances: 100,
		})
		if len(batch) == cap(batch) || i == n-1 {
			if err := s.SaveStudies(tb.Context(), batch); err != nil {
				tb.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}
