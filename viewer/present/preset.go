package present

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"eris/viewer/lut"
)

// ErrPresets says that the table of presets cannot be used.
var ErrPresets = errors.New("window presets cannot be read")

// Preset is a named window. Name is an English word to be translated.
type Preset struct {
	Key    int // 1 to 9, the key that sets it; 0 belongs to the image's own window
	Name   string
	Center float64
	Width  float64
}

// Window is the window of the preset.
func (p Preset) Window() lut.Window { return lut.Window{Center: p.Center, Width: p.Width} }

// Presets is the table of window presets; the zero value has none.
type Presets struct {
	Version    string
	Modalities map[string][]Preset
}

// ReadPresets reads the table name from fsys, e.g. rules/window_presets.json.
// Errors: the file system's, or ErrPresets with the entry that is wrong.
func ReadPresets(fsys fs.FS, name string) (Presets, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Presets{}, fmt.Errorf("%s: %w", name, err)
	}
	var p Presets
	if err := json.Unmarshal(b, &p); err != nil {
		return Presets{}, fmt.Errorf("%w: %s: %w", ErrPresets, name, err)
	}
	return p, p.check(name)
}

func (p Presets) check(name string) error {
	for modality, list := range p.Modalities {
		keys := map[int]bool{}
		for _, e := range list {
			if e.Key < 1 || e.Key > 9 || keys[e.Key] || e.Name == "" || !e.Window().Valid(lut.Linear) {
				return fmt.Errorf("%w: %s: %s key %d %q %v", ErrPresets, name, modality, e.Key, e.Name, e.Window())
			}
			keys[e.Key] = true
		}
	}
	return nil
}

// Of finds the preset of a modality under a key.
func (p Presets) Of(modality string, key int) (Preset, bool) {
	for _, e := range p.Modalities[modality] {
		if e.Key == key {
			return e, true
		}
	}
	return Preset{}, false
}
