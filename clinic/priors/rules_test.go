package priors_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"eris/clinic/anatomy"
	"eris/clinic/priors"
)

// TestEveryWindowIsReached names an order for each rule of the window table.
func TestEveryWindowIsReached(t *testing.T) {
	orders := map[string][2]string{
		"R01": {"DX", "ФЛГ"}, "R02": {"DX", "РГ ОГК перед госпитализацией"}, "R03": {"DX", "РГ ОГК, кашель"}, "R04": {"DX", "CXR portable"},
		"R05": {"CT", "НДКТ ОГК, скрининг"}, "R06": {"CT", "КТ ГМ"}, "R07": {"CT", "КТ-ангиография БЦА"}, "R08": {"MR", "МРТ ПОП"},
		"R09": {"DX", "РГ стопы слева"}, "R10": {"DX", "РГ ШОП"}, "R11": {"DX", "Позвоночник целиком стоя, сколиоз"}, "R12": {"DX", "РГ ППН"},
		"R13": {"DX", "Обзорная РГ ОБП"}, "R14": {"RF", "Цистография"}, "R15": {"RF", "Ирригоскопия"}, "R16": {"MG", "ММГ скрининг"},
		"R17": {"MG", "ММГ слева"}, "R18": {"BMD", "Денситометрия"}, "R19": {"PX", "ОПТГ"}, "R20": {"CT", "КЛКТ ВНЧС"}, "R21": {"IO", "Снимок зуба 11"},
		"R22": {"PT", "ПЭТ/КТ"}, "R23": {"NM", "Остеосцинтиграфия"}, "R24": {"US", "УЗИ ОБП"}, "R25": {"XA", "КАГ"}, "R26": {"DX", "Костный возраст"},
		"R27": {"CT", "Ca-score"},
	}
	windows := loadRules(t).Windows()
	if len(windows) != len(orders) {
		t.Errorf("%d windows, want %d", len(windows), len(orders))
	}
	for _, w := range windows {
		o := orders[w.Rule]
		if v := check(t, order(o[0], o[1])); v.Rule != w.Rule || v.WindowDays != w.Days {
			t.Errorf("%s: order %q falls under %q (%d days)", w.Rule, o[1], v.Rule, v.WindowDays)
		}
		if w.Days < 1 || w.Source == "" || w.Equivalents == "" {
			t.Errorf("%s is incomplete: %+v", w.Rule, w)
		}
	}
}

func TestLoadRefusesAFolderWithoutTables(t *testing.T) {
	if _, err := priors.Load(fstest.MapFS{}); !errors.Is(err, anatomy.ErrTable) {
		t.Errorf("got %v, want ErrTable", err)
	}
}
