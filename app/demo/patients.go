package demo

import (
	"iter"
	"time"

	"eris/dicom"
	"eris/dicom/dicomtest"
)

// marias studies: a nodule of the right lung that grew from 6 to 9.5 mm
// between two CTs, and a chest film between them.
func marias(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		thorax := func(diameter float64) *dicomtest.Body {
			return dicomtest.Thorax(dicomtest.ThoraxParams{Seed: 61, Nodules: []dicomtest.Nodule{{Center: dicomtest.LungSpot, DiameterMM: diameter}}})
		}
		recent := mariya.study(today.AddDate(0, 0, -12), "101500", "DEMO-081", "КТ органов грудной клетки без контраста", city)
		recent.BodyPartExamined = "CHEST"
		old := mariya.study(today.AddDate(-1, -1, -3), "143000", "DEMO-015", "КТ ОГК", third)
		old.BodyPartExamined = "CHEST"
		film := mariya.study(today.AddDate(0, -8, -2), "090700", "DEMO-044", "Рентгенография ОГК в прямой проекции", city)
		film.BodyPartExamined = "CHEST"
		for f := range lungCT(recent, thorax(9.5), size, 1) {
			if !yield(f) {
				return
			}
		}
		for f := range lungCT(old, thorax(6), size, 2) {
			if !yield(f) {
				return
			}
		}
		_ = yield(dicomtest.Report(recent, "В S3 правого лёгкого солидный очаг 9,5 мм, ранее 6 мм. Других очагов нет. Плевра без особенностей.",
			"Рост солитарного очага правого лёгкого. Контроль по протоколу.")) &&
			yield(dicomtest.Report(old, "В S3 правого лёгкого солидный очаг 6 мм.", "Солитарный очаг правого лёгкого, наблюдение.")) &&
			yield(dicomtest.ChestRadiograph(film, thorax(8), size.Film, size.Film*880/1070)) &&
			yield(dicomtest.Report(film, "Очаговых и инфильтративных теней не выявлено.", "Без видимой патологии."))
	}
}

// lungCT is a CT with a lung and a soft-tissue reading of the same slices.
func lungCT(s dicomtest.Study, body *dicomtest.Body, size Size, seed uint64) iter.Seq[*dicom.File] {
	return dicomtest.CT(dicomtest.CTParams{Study: s, Body: body, Size: size.Matrix, Slices: size.Slices,
		SeriesDescription: "Лёгкие 2.5", WindowCenter: -600, WindowWidth: 1500, Seed: seed})
}

// pyotrs studies: both knees two years ago.
func pyotrs(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		knees := pyotr.study(today.AddDate(-2, -1, 0), "112000", "DEMO-007", "Рентгенография обоих коленных суставов", city)
		knees.BodyPartExamined, knees.Laterality = "KNEE", "B"
		_ = yield(dicomtest.KneeRadiograph(knees, 2.5, size.Film*900/1070, size.Film*1000/1070)) &&
			yield(dicomtest.Report(knees, "Сужение внутренней суставной щели левого коленного сустава.", "Гонартроз слева, I ст."))
	}
}

// yuriys study: a chest CT five months before a fluorogram is due, written in ISO_IR 144.
func yuriys(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		ct := yuriy.study(today.AddDate(0, -5, -6), "164500", "DEMO-058", "КТ ОГК с в/в контрастированием", third)
		ct.BodyPartExamined, ct.CharacterSet, ct.Contrast = "CHEST", "ISO_IR 144", true
		body := dicomtest.Thorax(dicomtest.ThoraxParams{Seed: 88, Contrast: true, Girth: 0.96})
		for f := range dicomtest.CT(dicomtest.CTParams{Study: ct, Body: body, Size: size.Matrix, Slices: max(4, size.Slices/3),
			SeriesDescription: "Venous 5.0", Seed: 7}) {
			if !yield(f) {
				return
			}
		}
		yield(dicomtest.Report(ct, "Лёгочные поля без очаговых изменений.", "Без патологии органов грудной клетки."))
	}
}

// semyons study: an exam under a name that only its hospital understands.
func semyons(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		unknown := semyon.study(today.AddDate(0, 0, -40), "120000", "", "Протокол № 7", third)
		body := dicomtest.Thorax(dicomtest.ThoraxParams{Seed: 49, Girth: 1.08})
		for f := range dicomtest.CT(dicomtest.CTParams{Study: unknown, Body: body, Size: size.Matrix, Slices: max(4, size.Slices/8),
			SeriesDescription: "5.0", Seed: 9, FirstZ: -140, Thickness: 5}) {
			if !yield(f) {
				return
			}
		}
	}
}

// artyoms study: a chest film of the week before, under another hospital's ID.
func artyoms(today time.Time, size Size) iter.Seq[*dicom.File] {
	return func(yield func(*dicom.File) bool) {
		film := artyomThere.study(today.AddDate(0, 0, -9), "181500", "DEMO-093", "Рентгенография ОГК в прямой проекции", third)
		film.BodyPartExamined = "CHEST"
		body := dicomtest.Thorax(dicomtest.ThoraxParams{Seed: 77, Girth: 1.02})
		_ = yield(dicomtest.ChestRadiograph(film, body, size.Film, size.Film*880/1070)) &&
			yield(dicomtest.Report(film, "Очаговых и инфильтративных теней не выявлено.", "Без видимой патологии."))
	}
}
