package desk_test

import (
	"errors"
	"strings"
	"testing"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/dose"
	"eris/dicom"
	"eris/store"
)

// TestASitesOwnWindows narrows the window of CT: what it would have said of the
// list is shown first, then it is followed, also after a restart, until it is
// taken back.
func TestASitesOwnWindows(t *testing.T) {
	d := openDesk(t)
	knownStudy(t, d, order().Patient, "1.2.1", "20261011") // 43 days before
	o := order()
	if err := d.Store.SaveOrders(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if c := card(t, d, o); !c.Verdict.Repeat || c.Verdict.Rule != "R06" {
		t.Fatalf("%+v", c.Verdict)
	}
	table, site, err := d.Windows(t.Context())
	if err != nil || site {
		t.Fatal(site, err)
	}
	narrow, err := desk.WithDays(table, "R06", 30, "приказ\tглавного врача\n№ 1")
	if err != nil {
		t.Fatal(err)
	}
	judged, changes, err := d.PreviewWindows(t.Context(), narrow)
	if err != nil || judged != 1 || len(changes) != 1 || !changes[0].Before.Repeat || changes[0].After.Repeat {
		t.Errorf("%d judged, %+v, %v", judged, changes, err)
	}
	if c := card(t, d, o); !c.Verdict.Repeat {
		t.Error("a preview changed the rules")
	}
	if err := d.SaveWindows(t.Context(), narrow); err != nil {
		t.Fatal(err)
	}
	c := card(t, d, o)
	if c.Verdict.Repeat || c.Verdict.WindowDays != 30 || !strings.Contains(c.Verdict.RulesVersion, "+site-") {
		t.Errorf("%+v", c.Verdict)
	}
	again, err := desk.Open(t.Context(), desk.Params{Store: d.Store, Keyring: desk.NoKeyring{}, Now: d.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Rules().Version != d.Rules().Version {
		t.Errorf("after a restart %s, before %s", again.Rules().Version, d.Rules().Version)
	}
	for name, bad := range map[string]string{
		"no table": "hello", "days": strings.Replace(narrow, "\t30\t", "\tsoon\t", 1), "twice": narrow + "\n" + strings.Split(narrow, "\n")[3],
	} {
		if err := d.SaveWindows(t.Context(), bad); !errors.Is(err, anatomy.ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := d.PreviewWindows(t.Context(), bad); !errors.Is(err, anatomy.ErrTable) {
			t.Errorf("%s, preview: %v", name, err)
		}
	}
	if d.Rules().Version != c.Verdict.RulesVersion {
		t.Error("a bad table took the place of the good one")
	}
	if err := d.SaveWindows(t.Context(), ""); err != nil || strings.Contains(d.Rules().Version, "site") {
		t.Errorf("%v, %s", err, d.Rules().Version)
	}
	if _, err := desk.WithDays(table, "R99", 1, ""); !errors.Is(err, desk.ErrNoRule) {
		t.Error(err)
	}
}

// TestASitesTableOfAnotherVersion cannot be read any more: the program's own rules
// are followed, and the workstation opens.
func TestASitesTableOfAnotherVersion(t *testing.T) {
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SaveSetting(t.Context(), "site windows", "rule\tsomething else\n"); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Keyring: desk.NoKeyring{}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if len(d.Rules().Windows()) == 0 || strings.Contains(d.Rules().Version, "site") {
		t.Errorf("%s", d.Rules().Version)
	}
}

// TestASiteSaysWhatItsWordsMean has a name that nobody else could know.
func TestASiteSaysWhatItsWordsMean(t *testing.T) {
	d := openDesk(t)
	s := clinic.Study{StudyInstanceUID: "1.2.1", Patient: order().Patient, StudyDate: dicom.ParseDate("20261111"), StudyDescription: "Протокол  Ж-17", ModalitiesInStudy: []string{"CT"}, Source: "city"}
	if err := d.Store.SaveStudies(t.Context(), []clinic.Study{s}); err != nil {
		t.Fatal(err)
	}
	if c := card(t, d, order()); c.Verdict.Repeat || !c.Verdict.Priors[0].RegionUnknown {
		t.Fatalf("%+v", c.Verdict.Priors[0].Why)
	}
	m := anatomy.Mapping{Family: anatomy.FamilyOf("CT"), Text: "протокол Ж-17", Regions: []anatomy.Region{"chest"}}
	if err := d.Learn(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	c := card(t, d, order())
	if !c.Verdict.Repeat || c.Verdict.Priors[0].RegionUnknown || !strings.Contains(c.Verdict.RulesVersion, "+site-") {
		t.Errorf("%+v", c.Verdict)
	}
	if e, ok := c.DoseOf("1.2.1"); !ok || e.Basis != dose.FromTypical {
		t.Errorf("its dose: %+v", e)
	}
	o := order()
	o.Text = "ПРОТОКОЛ Ж-17"
	if c := card(t, d, o); c.Verdict.OrderUnknown || !c.Verdict.Repeat {
		t.Errorf("as an order: %+v", c.Verdict)
	}
	o.Modality = "MR"
	if c := card(t, d, o); !c.Verdict.OrderUnknown {
		t.Error("it holds for another family")
	}
	if err := d.SaveWindows(t.Context(), ""); err != nil || !card(t, d, order()).Verdict.Repeat {
		t.Errorf("forgotten with the windows: %v", err)
	}
	for _, bad := range []anatomy.Mapping{{Family: m.Family, Text: " ", Regions: m.Regions}, {Family: m.Family, Text: "x", Regions: []anatomy.Region{"nowhere"}}} {
		if err := d.Learn(t.Context(), bad); !errors.Is(err, anatomy.ErrTable) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	m.Regions = nil
	if err := d.Learn(t.Context(), m); err != nil || card(t, d, order()).Verdict.Repeat || strings.Contains(d.Rules().Version, "site") {
		t.Errorf("taken back: %v, %s", err, d.Rules().Version)
	}
}
