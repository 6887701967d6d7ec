package app

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"eris/app/command"
	"eris/app/demo"
	"eris/app/desk"
	"eris/app/read"
	"eris/app/route"
	"eris/app/settings"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/words"
	"eris/assets"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// tourSize is the size of the pictures.
var tourSize = fyne.NewSize(1600, 1000)

// Tour draws every page, filled with the demo, into PNG files of folder out
// and returns their paths. It needs no display.
func (Desktop) Tour(ctx context.Context, out, language string) ([]string, error) {
	return tour(ctx, out, language, demo.Full, tourSize)
}

func tour(ctx context.Context, out, language string, size demo.Size, window fyne.Size) (paths []string, err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "eris-tour-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var later atomic.Int64 // days by which the clock of the tour goes ahead
	now := func() time.Time { return time.Now().AddDate(0, 0, int(later.Load())) }
	room, err := demo.Open(ctx, demo.Params{Dir: dir, Size: size, Now: now, OpenCache: command.OpenCache})
	if err != nil {
		return nil, err
	}
	defer room.Close()
	if err := fetchAll(ctx, room); err != nil {
		return nil, err
	}
	w, err := words.Load(assets.Words(), language)
	if err != nil {
		return nil, err
	}
	program := test.NewApp()
	defer program.Quit()
	program.Settings().SetTheme(theme.Room{})
	wakeToolkit()
	defer task.Headless()()
	screen := test.NewWindow(nil)
	defer screen.Close()
	screen.SetPadded(false)
	s := newShell(ctx, room.Desk, w, screen, func(string) {})
	defer s.close()
	screen.SetContent(s.content())
	screen.Resize(window)
	if err := measureNodules(ctx, room); err != nil {
		return nil, err
	}
	stops, err := tourStops(ctx, room)
	if err != nil {
		return nil, err
	}
	// The link goes down and days pass: a repeat, and a patient of whom nothing is known.
	for i, away := range []stop{stops[0], stops[2]} {
		away.name, away.then = fmt.Sprintf("offline-%d", i+1), func(s *shell) {
			room.Cut()
			later.Store(9)
			s.Go(away.Route)
		}
		stops = slices.Insert(stops, len(stops)-1, away) // the last leaves its keys on the page
	}
	for i, stop := range stops {
		s.Go(stop.Route)
		s.settle()
		if stop.then != nil {
			stop.then(s)
			s.settle()
		}
		path := filepath.Join(out, fmt.Sprintf("%02d-%s-%s.png", i+1, stop.name, language))
		if err := draw(screen, path); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func draw(window fyne.Window, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, software.RenderCanvas(window.Canvas(), theme.Room{})); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// stop is one picture of the tour.
type stop struct {
	name string
	route.Route
	then func(*shell)
}

func tourStops(ctx context.Context, room *demo.Room) ([]stop, error) {
	var stops []stop
	orders, err := room.Desk.Store.Orders(ctx)
	if err != nil {
		return nil, err
	}
	for i, o := range orders {
		stops = append(stops, stop{name: fmt.Sprintf("check-%d", i+1), Route: route.Route{Page: route.Check, Order: o.AccessionNumber}})
	}
	stops = append(stops, stop{name: "studies", Route: route.Route{Page: route.Studies}})
	list, err := room.Desk.Store.Studies(ctx, store.StudyFilter{})
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s.Patient.PatientID] || s.StudyDescription == "" {
			continue
		}
		seen[s.Patient.PatientID] = true
		stops = append(stops, stop{name: fmt.Sprintf("reading-%d", len(seen)),
			Route: route.Route{Page: route.Reading, Study: s.StudyInstanceUID}, then: toTheFinding})
	}
	return append(stops, stop{name: "transfers", Route: route.Route{Page: route.Transfers}},
		stop{name: "effect", Route: route.Route{Page: route.Stats}},
		stop{name: "settings", Route: route.Route{Page: route.Settings}},
		stop{name: "rules", Route: route.Route{Page: route.Settings}, then: func(s *shell) { s.pages[route.Settings].(*settings.Page).ShowRules() }},
		stop{name: "screen", Route: route.Route{Page: route.Screen}},
		stop{name: "typed", Route: route.Route{Page: route.Check}, then: func(s *shell) { s.Key(route.Key{Name: fyne.KeyN}) }},
		stop{name: "keys", Route: route.Route{Page: route.Check}, then: (*shell).showKeys}), nil
}

// toTheFinding turns both viewports to the height of the demo's nodule.
func toTheFinding(s *shell) {
	session := s.pages[route.Reading].(*read.Page).Session()
	for i := range 2 {
		if v := session.Viewport(i); v.Stack.Located {
			session.GoTo(i, v.Stack.Nearest(dicomtest.LungSpot.Z))
		}
	}
}

// measureNodules puts a length across the nodule of each CT that shows one, as
// a reader would.
func measureNodules(ctx context.Context, room *demo.Room) error {
	studies, err := room.Desk.Store.Studies(ctx, store.StudyFilter{PatientID: demo.Orders(time.Now())[0].Patient.PatientID, Modality: "CT"})
	if err != nil {
		return err
	}
	for i, study := range studies {
		stacks, err := room.Desk.Stacks(ctx, study.StudyInstanceUID)
		if err != nil {
			return err
		}
		stack, ok := desk.MainStack(stacks)
		if !ok || i > 1 {
			continue
		}
		frame := stack.Frames[stack.Nearest(dicomtest.LungSpot.Z)]
		half := []float64{9.5 / 2, 3}[i]
		spot := geom.Point{X: dicomtest.LungSpot.X, Y: dicomtest.LungSpot.Y, Z: frame.Position}
		a, b := spot, spot
		a.X, b.X = spot.X-half, spot.X+half
		err = room.Desk.RecordMeasurement(ctx, viewer.Entry{ID: string(dicom.DeriveUID("tour", string(study.StudyInstanceUID))),
			StudyInstanceUID: study.StudyInstanceUID, SeriesInstanceUID: stack.Series.SeriesInstanceUID, SOPInstanceUID: frame.SOPInstanceUID,
			Kind: measure.KindLength, Space: viewer.InPatientSpace, FrameOfReferenceUID: stack.FrameOfReferenceUID,
			Points: []geom.Point{a, b}, Time: time.Now()})
		if err != nil {
			return err
		}
	}
	return nil
}

// fetchAll brings every study of the demo's orders into the cache.
func fetchAll(ctx context.Context, room *demo.Room) error {
	orders, err := room.Desk.Store.Orders(ctx)
	if err != nil {
		return err
	}
	for _, o := range orders {
		room.Desk.Ask(ctx, o.Patient)
		studies, err := room.Desk.Store.Studies(ctx, store.StudyFilter{PatientID: o.Patient.PatientID})
		if err != nil {
			return err
		}
		for _, s := range studies {
			if err := room.Desk.Fetch(ctx, s); err != nil {
				return err
			}
		}
	}
	return room.Desk.Settled(ctx)
}
