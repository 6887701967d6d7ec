package desk_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/orthanctest"
)

// A city clinic's population. Six studies a patient are three years of two
// procedures a year: 0.86 mSv per inhabitant at 0.43 mSv per procedure (Russia
// 2022, domain facts S12). Figures scale with the number of studies.
const (
	cityPatients      = 50_000
	studiesPerPatient = 6
)

var (
	cityFamilies = []string{"Образцов", "Примеров", "Тестов", "Шаблонов", "Щукин", "Макетов", "Эталонов", "Заглушкин"}
	cityGiven    = []string{"Алексей", "Борис", "Виктор", "Глеб", "Ёж", "Жанна", "Зоя", "Инна"}
	cityMiddle   = []string{"Алексеевич", "Борисовна", "Викторович", "Глебовна"}
	cityExams    = []struct{ modality, description, part string }{
		{"DX", "Рентгенография органов грудной клетки", "CHEST"}, {"DX", "Флюорография лёгких профилактическая", "CHEST"},
		{"CT", "КТ органов грудной клетки без контраста", "CHEST"}, {"MG", "Маммография обеих молочных желёз", "BREAST"},
		{"MR", "МРТ головного мозга", "HEAD"}, {"US", "УЗИ органов брюшной полости", ""}, {"DX", "РГ левого коленного сустава", "KNEE"},
	}
)

func citizen(i int, random *rand.Rand) clinic.Patient {
	name := fmt.Sprintf("%s%d^%s^%s", cityFamilies[random.IntN(8)], random.IntN(900), cityGiven[random.IntN(8)], cityMiddle[random.IntN(4)])
	birth := fmt.Sprintf("%d%02d%02d", 1940+random.IntN(80), 1+random.IntN(12), 1+random.IntN(28))
	return clinic.Patient{PatientID: fmt.Sprintf("TEST-%08d", i), IssuerOfPatientID: "TEST-CITY", PatientName: dicom.ParsePersonName(name),
		PatientBirthDate: dicom.ParseDate(birth), PatientSex: []string{"M", "F"}[random.IntN(2)]}
}

func cityStudy(p clinic.Patient, n int, random *rand.Rand) clinic.Study {
	exam := cityExams[random.IntN(len(cityExams))]
	s := clinic.Study{Patient: p, StudyDate: dicom.ParseDate(fmt.Sprintf("20%02d%02d%02d", 24+random.IntN(3), 1+random.IntN(11), 1+random.IntN(28))),
		StudyInstanceUID: dicom.UID(fmt.Sprintf("1.2.826.0.1.3680043.8.498.%d.%d.%d", 1e9+random.IntN(8e9), 1e9+random.IntN(8e9), n)),
		StudyTime:        dicom.ParseTime("101500"), AccessionNumber: fmt.Sprintf("A%012d", n), StudyDescription: exam.description,
		ModalitiesInStudy: []string{exam.modality}, InstitutionName: fmt.Sprintf("Городская поликлиника № %d (синтетическая)", random.IntN(99)),
		NumberOfSeries: 3, ExpectedInstances: 300, Source: "city"}
	if exam.part != "" {
		s.BodyPartsExamined = []string{exam.part}
	}
	return s
}

// fillCity attaches the population and lets the index know its studies.
func fillCity(b *testing.B, s *store.Store) (patients []clinic.Patient) {
	random := rand.New(rand.NewPCG(1, 2))
	if err := s.NoteIndexed(b.Context(), "city", s.Now()); err != nil {
		b.Fatal(err)
	}
	for i := range cityPatients {
		patients = append(patients, citizen(i, random))
	}
	if _, _, err := s.SavePopulation(b.Context(), "clinic", patients, false); err != nil {
		b.Fatal(err)
	}
	n := 0
	for chunk := range slices.Chunk(patients, 500) {
		var ids []string
		var studies []clinic.Study
		for _, p := range chunk {
			ids = append(ids, p.PatientID)
			for range studiesPerPatient {
				studies = append(studies, cityStudy(p, n, random))
				n++
			}
		}
		if err := s.SaveAnswers(b.Context(), "city", ids, studies); err != nil {
			b.Fatal(err)
		}
	}
	return patients
}

// BenchmarkIndex makes the index of a population, says how large it is, and
// judges orders from it while the archive is away: the median and the slowest.
func BenchmarkIndex(b *testing.B) {
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	s, err := store.Open(b.Context(), store.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	d, err := desk.Open(b.Context(), desk.Params{Store: s, Log: slog.New(slog.DiscardHandler), Keyring: desk.NoKeyring{}})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.SaveArchive(b.Context(), "city", desk.ArchiveOptions{URL: away.URL}); err != nil {
		b.Fatal(err)
	}
	patients := fillCity(b, s)
	state, err := d.Population(b.Context())
	if err != nil || state.Patients != cityPatients || state.Studies != cityPatients*studiesPerPatient {
		b.Fatal(state, err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		for range 500 {
			order := clinic.Order{AccessionNumber: "O1", Patient: patients[random.IntN(len(patients))], Modality: "CT", Text: "КТ ОГК без контраста", Ordered: d.Now()}
			start := time.Now()
			card, err := d.Card(b.Context(), order)
			took = append(took, time.Since(start))
			if _, ok := card.FromIndex(); err != nil || card.Sources[0].Indexed.IsZero() || len(card.Verdict.Priors) != studiesPerPatient {
				b.Fatal(card, ok, err)
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(state.Bytes)/1e6, "MB")
	b.ReportMetric(float64(state.Bytes)/float64(state.Studies), "B/study")
	b.ReportMetric(took[len(took)/2].Seconds()*1e3, "card-ms")
	b.ReportMetric(took[len(took)-1].Seconds()*1e3, "slowest-ms")
}

// BenchmarkIndexSync fills the index from a real Orthanc, patient by patient and
// without a limit on the rate, and then lists its days.
func BenchmarkIndexSync(b *testing.B) {
	const patients = 500
	archive := orthanctest.Start(b)
	random := rand.New(rand.NewPCG(1, 2))
	now := time.Now()
	var list []clinic.Patient
	for i := range patients {
		p := citizen(i, random)
		list = append(list, p)
		study := dicomtest.Study{PatientName: p.PatientName.String(), PatientID: p.PatientID, BirthDate: p.PatientBirthDate.Raw, Sex: p.PatientSex,
			Date: now.Format("20060102"), Time: "000001", StudyDescription: "КТ ОГК", AccessionNumber: fmt.Sprint("A", i)}
		for f := range dicomtest.CT(dicomtest.CTParams{Study: study, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 16, Slices: 1}) {
			var object bytes.Buffer
			if err := f.Write(&object); err != nil {
				b.Fatal(err)
			}
			answer, err := http.Post(strings.TrimSuffix(archive.URL, "/dicom-web")+"/instances", "application/dicom", &object)
			if err != nil || answer.StatusCode != http.StatusOK {
				b.Fatal(answer, err)
			}
			answer.Body.Close()
		}
	}
	b.ResetTimer()
	var filled, listed []float64
	for range b.N {
		func() {
			s, err := store.Open(b.Context(), store.Params{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			d, err := desk.Open(b.Context(), desk.Params{Store: s, Log: slog.New(slog.DiscardHandler), Keyring: desk.NoKeyring{}})
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			if err := d.SaveArchive(b.Context(), "city", desk.ArchiveOptions{URL: archive.URL}); err != nil {
				b.Fatal(err)
			}
			if _, _, err := s.SavePopulation(b.Context(), "clinic", list, false); err != nil {
				b.Fatal(err)
			}
			for _, values := range []*[]float64{&filled, &listed} {
				start := time.Now()
				results, err := d.SyncIndex(b.Context(), desk.IndexOptions{Rate: 1e9})
				if err != nil || results[0].Err != nil {
					b.Fatal(results, err)
				}
				*values = append(*values, patients/time.Since(start).Seconds())
			}
		}()
	}
	slices.Sort(filled)
	slices.Sort(listed)
	b.ReportMetric(filled[len(filled)/2], "patients/s")
	b.ReportMetric(listed[len(listed)/2], "studies/s")
}
