package settings

import (
	"strings"
	"testing"

	"eris/app/desk"
	"eris/app/route"
)

// A person changes one rule in all its parts, adds one, leaves one out, and the
// rest of the table stays word for word.
func TestRulesAreChangedOnThePage(t *testing.T) {
	p, d, window, settle := openPage(t, "ru")
	w := p.words
	p.Enter(route.Route{})
	settle()
	own, _, err := d.Windows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := p.rules
	f.save() // nothing was changed: the program's rules stay the program's
	settle()
	if _, site, err := d.Windows(t.Context()); err != nil || site {
		t.Errorf("an unchanged table became the site's own: %v", err)
	}

	f.days["R08"].SetText("60")
	rows, err := desk.WindowRows(own)
	if err != nil {
		t.Fatal(err)
	}
	row := func(rule string) []string {
		for _, r := range rows {
			if r[desk.RuleColumn] == rule {
				return r
			}
		}
		t.Fatal("no rule " + rule)
		return nil
	}
	f.edit("R05", row("R05"))
	f.editor.regions.SetText("грудь")
	f.editor.done()
	if len(window.toasts) == 0 || !strings.Contains(window.toasts[len(window.toasts)-1], "«грудь»") {
		t.Errorf("an unknown region was taken: %q", window.toasts)
	}
	f.editor.regions.SetText("chest")
	f.editor.days.SetText("400")
	f.editor.source.SetText("приказ № 17")
	f.editor.done()
	f.edit("", make([]string, desk.SourceColumn+1))
	f.editor.name.SetText("S01")
	f.editor.family.SetSelected("CT")
	f.editor.add.SetSelected("головной мозг")
	f.editor.days.SetText("14")
	f.editor.done() // it has no source yet
	if last := window.toasts[len(window.toasts)-1]; !strings.Contains(last, "источник") {
		t.Errorf("a rule without a source: %q", last)
	}
	f.editor.source.SetText("главный врач")
	f.editor.done()
	f.edit("R25", row("R25"))
	f.take("R25", nil)
	if len(window.failed) > 0 {
		t.Fatal(window.failed)
	}
	f.preview()
	settle()
	f.save()
	settle()
	table, site, err := d.Windows(t.Context())
	if err != nil || !site {
		t.Fatal(site, err)
	}
	now, err := desk.WindowRows(table)
	if err != nil || len(now) != len(rows) {
		t.Fatal(len(now), err)
	}
	if first := strings.Join(now[0], "|"); first != "S01|CT|brain|||14|||главный врач" {
		t.Errorf("the new rule: %s", first)
	}
	for _, r := range now[1:] {
		want := strings.Join(row(r[desk.RuleColumn]), "|")
		switch r[desk.RuleColumn] {
		case "R08":
			want = strings.Replace(strings.Replace(want, "|90|", "|60|", 1), row("R08")[desk.SourceColumn], w.L("Set by this site"), 1)
		case "R05":
			want = strings.Replace(strings.Replace(want, "|365|", "|400|", 1), row("R05")[desk.SourceColumn], "приказ № 17", 1)
		case "R25":
			t.Error("a rule that was left out is there")
		}
		if got := strings.Join(r, "|"); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// Whom the city offers beside the archives is set on the page, and what stands
// elsewhere in the services stays.
func TestTheCitysServicesAreSet(t *testing.T) {
	p, d, window, settle := openPage(t, "ru")
	if err := d.SaveServices(t.Context(), desk.Services{Clinic: "5", HooksOrigins: []string{"https://emr"}}); err != nil {
		t.Fatal(err)
	}
	p.Enter(route.Route{})
	settle()
	c := p.city
	c.index.SetText("https://127.0.0.1:1/fhir")
	c.save()
	settle()
	if len(window.toasts) != 1 || len(window.failed) != 0 {
		t.Errorf("an index without a system: %q %v", window.toasts, window.failed)
	}
	c.system.SetText("urn:oid:1.2.643.5")
	c.advice.SetText("https://127.0.0.1:1/cds")
	c.save()
	settle()
	p.station.save()
	settle()
	index, err := d.PatientIndex(t.Context())
	if err != nil || index.URL != "https://127.0.0.1:1/fhir" || index.System != "urn:oid:1.2.643.5" {
		t.Errorf("%+v, %v", index, err)
	}
	services, err := d.Services(t.Context())
	if err != nil || services.Advice != "https://127.0.0.1:1/cds" || services.Clinic != "5" || len(services.HooksOrigins) != 1 {
		t.Errorf("%+v, %v", services, err)
	}
	if shown := strings.Join(texts(p.Content()), "\n"); !strings.Contains(shown, "https://127.0.0.1:1/fhir") {
		t.Error("the page does not say which index is asked")
	}
	if len(window.failed) != 0 {
		t.Error(window.failed)
	}
}
