package clinic_test

import (
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

func TestLatinIsAsPassportsWriteIt(t *testing.T) {
	for name, want := range map[string]string{"Щукин^Пётр": "SHCHUKIN^PETR", "Хабибулин*": "KHABIBULIN*", "Smith^Ann": "SMITH^ANN"} {
		if got := clinic.Latin(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
