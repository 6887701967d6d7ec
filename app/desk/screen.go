package desk

import (
	"context"

	"eris/viewer/lut"
)

// screenSetting is where the curve of the screen is kept.
const screenSetting = "screen"

// Screen is how the grays of this workstation's screen are sent: as they are,
// or calibrated to the GSDF between two measured luminances in cd/m².
type Screen struct {
	GSDF         bool
	Black, White float64
}

// Screen is the setting in force.
func (d *Desk) Screen(ctx context.Context) (Screen, error) {
	s := Screen{Black: 0.5, White: 350}
	return s, d.Store.Setting(ctx, screenSetting, &s)
}

// SetScreen changes it; pictures drawn from now on follow. Errors: lut.ErrLuminance.
func (d *Desk) SetScreen(ctx context.Context, s Screen) error {
	if err := d.applyScreen(s); err != nil {
		return err
	}
	return d.Store.SaveSetting(ctx, screenSetting, s)
}

func (d *Desk) loadScreen(ctx context.Context) error {
	s, err := d.Screen(ctx)
	if err != nil {
		return err
	}
	return d.applyScreen(s)
}

func (d *Desk) applyScreen(s Screen) error {
	if !s.GSDF {
		d.display.Store(nil)
		return nil
	}
	curve, err := lut.GSDF(s.Black, s.White)
	if err != nil {
		return err
	}
	d.display.Store(curve)
	return nil
}

// Display is the curve of the screen; nil when grays are sent as they are.
func (d *Desk) Display() *lut.Display { return d.display.Load() }
