package clinic_test

import (
	"slices"
	"strings"
	"testing"

	"eris/clinic"
)

func TestNameKeyMeetsAcrossScripts(t *testing.T) {
	for _, same := range [][]string{
		{"Щукина", "SHCHUKINA", "Schukina", "щукина"},
		{"Фёдоров", "Федоров", "FEDOROV", "Fyodorov"},
		{"Юрий", "IURII", "Yuriy", "Yury"},
		{"Хомяков", "KHOMIAKOV", "Homyakov"},
		{"Цыганов", "TSYGANOV", "Tsyganov"},
		{"Müller", "Muller"},
		{"Жуков", "ZHUKOV", "Zhukov", "Joukov"},
		{"Ульянов", "ULIANOV", "Ulyanov", "Oulianov"},
		{"Чайкина", "CHAIKINA", "Chaykina", "Tchaikina", "Chajkina"},
		{"Подъячев", "PODIEIACHEV", "Podyachev", "Podjachev"},
		{"Объедков", "OBIEEDKOV", "Obyedkov", "Obedkov"},
		{"Щёголев", "SHCHEGOLEV", "Shhyogolev", "Shchyogolev"},
		{"Мария", "MARIIA", "Maria", "Mariya", "Marija"},
		{"Наталья", "Наталия", "NATALIIA", "Natalya", "Natalia", "Nataliya"},
		{"Юлия", "IULIIA", "Yulia", "Yuliya", "Julija"},
		{"Алексей", "ALEKSEI", "Alexey", "Aleksej", "Alexei"},
		{"Алексеевич", "ALEKSEEVICH", "Alexeyevich", "Aleksejevich"},
		{"Геннадий", "GENNADII", "Gennady", "Genadiy"},
		{"Михайлов", "MIKHAILOV", "Mihaylov", "Mixajlov"},
		{"Соловьёв", "SOLOVEV", "Solovyov", "Soloviev", "Solovyev"},
		{"Елена", "ELENA", "Yelena", "Jelena"},
		{"Виктор", "VIKTOR", "Victor"},
		{"Пушкин", "PUSHKIN", "Pushkine"},
		{"Смирнов", "Smirnoff", "SMIRNOV"},
		{"Макаров", "Mакаров", "МАKAРОВ", "MAKAPOВ"},
		{"Тестов", "Tестов", "ТЕСТОB"},
		{"Ivanov", "Ivаnоv"},
	} {
		for _, w := range same[1:] {
			if got, want := clinic.NameKey(w), clinic.NameKey(same[0]); got != want {
				t.Errorf("NameKey(%q) = %q, but NameKey(%q) = %q", w, got, same[0], want)
			}
		}
	}
}

func TestNameKeyPrefixes(t *testing.T) {
	whole := clinic.NameKey("Образцова")
	for _, typed := range []string{"О", "Обра", "obraz", "OBRAZTS"} {
		if !strings.HasPrefix(whole, clinic.NameKey(typed)) {
			t.Errorf("%q does not begin with the key of %q, %q", whole, typed, clinic.NameKey(typed))
		}
	}
}

func TestNameKeysStayApart(t *testing.T) {
	for _, apart := range [][2]string{{"Яна", "Анна"}, {"Иванов", "Иваново"}, {"Петров", "Петухов"}, {"Марина", "Карина"}, {"Шубин", "Зубин"}} {
		if a, b := clinic.NameKey(apart[0]), clinic.NameKey(apart[1]); a == b {
			t.Errorf("%s and %s are both %q", apart[0], apart[1], a)
		}
	}
}

func TestLatinCapitalsAmongCyrillicWords(t *testing.T) {
	want := clinic.NameWords("Роман^Тест")
	if got := clinic.NameWords("POMAH^Тест"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := clinic.NameWords("Котов^Тест=KOTOV^TEST"); len(got) != 2 {
		t.Errorf("one name in two groups: %v", got)
	}
}

func FuzzNameWords(f *testing.F) {
	f.Add("Образцова-Тестова^Mария=\xff")
	f.Fuzz(func(t *testing.T, name string) {
		for _, w := range clinic.NameWords(name) {
			if w == "" {
				t.Error("an empty word")
			}
		}
	})
}

func TestLatinIsAsPassportsWriteIt(t *testing.T) {
	for name, want := range map[string]string{"Щукин^Пётр": "SHCHUKIN^PETR", "Хабибулин*": "KHABIBULIN*", "Smith^Ann": "SMITH^ANN"} {
		if got := clinic.Latin(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
