package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic/anatomy"
	"eris/clinic/priors"
)

// ruleEditor changes one repeat window: which orders fall under it, what answers
// them, for how long, and who says so.
type ruleEditor struct {
	*Page
	take    func(rule string, row []string)
	rule    string // that is changed; empty: a new one
	shown   []string
	name    *fynewidget.Entry
	family  *fynewidget.Select
	regions *fynewidget.Entry
	add     *fynewidget.Select
	kind    *fynewidget.Select // technique
	when    *fynewidget.Select
	days    *fynewidget.Entry
	covers  *fynewidget.Entry
	answers *fynewidget.Entry
	source  *fynewidget.Entry
	remove  *fynewidget.Button
	content *fynewidget.Card
}

func newRuleEditor(p *Page, take func(rule string, row []string)) *ruleEditor {
	w := p.words
	e := &ruleEditor{Page: p, take: take, name: entry("S01"), regions: entry(w.L("all; a,b = any of them; a+b = all of them")), days: fynewidget.NewEntry(),
		covers: entry(w.L("in words")), answers: entry(w.L("in words")), source: entry(w.L("order, guideline, whose decision"))}
	var families, techniques []string
	for _, f := range anatomy.Families() {
		families = append(families, string(f))
	}
	for _, t := range append([]anatomy.Technique{""}, p.desk.Rules().Atlas().Techniques()...) {
		techniques = append(techniques, anyOr(w, string(t)))
	}
	e.family = fynewidget.NewSelect(families, nil)
	e.kind = fynewidget.NewSelect(techniques, nil)
	e.when = fynewidget.NewSelect(conditionNames(w), nil)
	e.add = e.placeChoice()
	form := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("Rule"), e.name),
		fynewidget.NewFormItem(w.L("Kind of exam"), e.family),
		fynewidget.NewFormItem(w.L("Regions"), container.NewBorder(nil, nil, nil, e.add, e.regions)),
		fynewidget.NewFormItem(w.L("Technique"), e.kind),
		fynewidget.NewFormItem(w.L("Only when"), e.when),
		fynewidget.NewFormItem(w.L("Window, days"), e.days),
		fynewidget.NewFormItem(w.L("Orders"), e.covers),
		fynewidget.NewFormItem(w.L("Answered by"), e.answers),
		fynewidget.NewFormItem(w.L("Source"), e.source))
	done := fynewidget.NewButton(w.L("Take into the table"), e.done)
	done.Importance = fynewidget.HighImportance
	e.remove = fynewidget.NewButton(w.L("Leave this rule out"), func() { e.take(e.rule, nil) })
	e.content = fynewidget.NewCard("", "", nil)
	cancel := fynewidget.NewButton(w.L("Close"), e.content.Hide)
	e.content.SetContent(container.New(&column{760}, container.NewVBox(form, container.NewHBox(done, e.remove, cancel))))
	e.content.Hide()
	return e
}

// placeChoice adds a region by its name to those that are written.
func (e *ruleEditor) placeChoice() *fynewidget.Select {
	byName := map[string]string{}
	var names []string
	for _, p := range e.desk.Rules().Atlas().Places() {
		name := p.Names[e.words.Language]
		byName[name] = string(p.Region)
		names = append(names, name)
	}
	slices.Sort(names)
	choice := fynewidget.NewSelect(names, nil)
	choice.PlaceHolder = e.words.L("add a region")
	choice.OnChanged = func(name string) {
		if name == "" {
			return
		}
		e.regions.SetText(strings.Trim(strings.TrimSpace(e.regions.Text)+","+byName[name], ","))
		choice.ClearSelected()
	}
	return choice
}

// anyOr names a value of a choice whose first is any.
func anyOr(w *words.Words, value string) string {
	if value == "" {
		return w.L("any")
	}
	return value
}

// conditionNames are priors.Conditions in words.
func conditionNames(w *words.Words) []string {
	return []string{w.L("always"), w.L("a screening order"), w.L("both sides, without spot or magnified views")}
}

// open shows a rule's row.
func (e *ruleEditor) open(rule string, row []string) {
	w := e.words
	e.rule, e.shown = rule, row
	title := w.L("Rule %s", rule)
	if rule == "" {
		title = w.L("A new rule, tried before the others")
	}
	e.content.SetTitle(title)
	for field, text := range map[*fynewidget.Entry]string{e.name: row[desk.RuleColumn], e.regions: row[desk.RegionsColumn], e.days: row[desk.DaysColumn],
		e.covers: w.L(row[desk.CoversColumn]), e.answers: w.L(row[desk.EquivalentsColumn]), e.source: w.L(row[desk.SourceColumn])} {
		field.SetText(text)
	}
	e.family.SetSelected(row[desk.FamilyColumn])
	e.kind.SetSelected(anyOr(w, row[desk.TechniqueColumn]))
	e.when.SetSelectedIndex(max(0, slices.Index(priors.Conditions, row[desk.WhenColumn])))
	if rule == "" {
		e.remove.Hide()
	} else {
		e.remove.Show()
	}
	e.content.Show()
}

// done hands over what is written, or says what is missing.
func (e *ruleEditor) done() {
	w, row := e.words, e.row()
	if row[desk.RuleColumn] == "" || row[desk.FamilyColumn] == "" || row[desk.DaysColumn] == "" || row[desk.SourceColumn] == "" {
		e.shell.Toast(w.L("A rule needs a name, a kind of exam, days and a source."))
		return
	}
	for _, id := range strings.FieldsFunc(row[desk.RegionsColumn], func(r rune) bool { return r == ',' || r == '+' }) {
		if _, ok := e.desk.Rules().Atlas().Place(anatomy.Region(id)); !ok {
			e.shell.Toast(w.L("There is no region “%s”; add it from the list.", id))
			return
		}
	}
	e.take(e.rule, row)
}

// row is what is written; words that were only shown in the reader's language stay
// as they are.
func (e *ruleEditor) row() []string {
	row := make([]string, desk.SourceColumn+1)
	row[desk.RuleColumn], row[desk.FamilyColumn] = strings.TrimSpace(e.name.Text), e.family.Selected
	row[desk.RegionsColumn] = strings.ReplaceAll(e.regions.Text, " ", "")
	if e.kind.SelectedIndex() > 0 {
		row[desk.TechniqueColumn] = e.kind.Selected
	}
	row[desk.WhenColumn] = priors.Conditions[max(0, e.when.SelectedIndex())]
	row[desk.DaysColumn], row[desk.CoversColumn], row[desk.EquivalentsColumn], row[desk.SourceColumn] =
		strings.TrimSpace(e.days.Text), e.covers.Text, e.answers.Text, strings.TrimSpace(e.source.Text)
	for _, column := range []int{desk.CoversColumn, desk.EquivalentsColumn, desk.SourceColumn} {
		if row[column] == e.words.L(e.shown[column]) {
			row[column] = e.shown[column]
		}
	}
	return row
}
