// Package theme is the look of a reading room: near black, one accent, the
// current study in teal and priors in amber, red only for danger.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours with a meaning. None of them speaks alone: a word stands beside it.
var (
	Ground  = color.NRGBA{0x0d, 0x0e, 0x11, 0xff} // round the images
	Panel   = color.NRGBA{0x16, 0x18, 0x1c, 0xff}
	Raised  = color.NRGBA{0x21, 0x24, 0x2a, 0xff} // what lies on a panel
	Line    = color.NRGBA{0x32, 0x36, 0x3e, 0xff}
	Text    = color.NRGBA{0xe6, 0xe6, 0xe6, 0xff}
	Dim     = color.NRGBA{0x9a, 0xa1, 0xac, 0xff}
	Accent  = color.NRGBA{0x4c, 0x9a, 0xe8, 0xff}
	Current = color.NRGBA{0x2f, 0xb8, 0xac, 0xff} // teal: the current study
	Prior   = color.NRGBA{0xe8, 0xa3, 0x3d, 0xff} // amber: earlier studies
	Danger  = color.NRGBA{0xe5, 0x4b, 0x4b, 0xff}
	Good    = color.NRGBA{0x63, 0xb5, 0x6c, 0xff}
)

// Room is the theme of every window.
type Room struct {
	// Scale multiplies the text and the spaces; 0 is 1.
	Scale float32
}

var _ fyne.Theme = Room{}

// Color answers with the room's colours whatever the system prefers: images
// are read in the dark.
func (Room) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground:
		return Panel
	case theme.ColorNameButton, theme.ColorNameInputBackground:
		return Raised
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameHeaderBackground:
		return Raised
	case theme.ColorNameForeground:
		return Text
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder:
		return Dim
	case theme.ColorNamePrimary, theme.ColorNameFocus, theme.ColorNameHyperlink:
		return Accent
	case theme.ColorNameSelection:
		return color.NRGBA{0x4c, 0x9a, 0xe8, 0x40}
	case theme.ColorNameHover:
		return color.NRGBA{0xff, 0xff, 0xff, 0x12}
	case theme.ColorNameSeparator, theme.ColorNameInputBorder:
		return Line
	case theme.ColorNameError:
		return Danger
	case theme.ColorNameWarning:
		return Prior
	case theme.ColorNameSuccess:
		return Good
	}
	return theme.DefaultTheme().Color(name, theme.VariantDark)
}

// Font is the toolkit's own, which has Cyrillic.
func (Room) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon is the toolkit's own.
func (Room) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size is a little tighter than the toolkit's: lists are long and images want the space.
func (r Room) Size(name fyne.ThemeSizeName) float32 {
	scale := r.Scale
	if scale == 0 {
		scale = 1
	}
	switch name {
	case theme.SizeNameText:
		return 14 * scale
	case theme.SizeNameCaptionText:
		return 12 * scale
	case theme.SizeNameHeadingText:
		return 21 * scale
	case theme.SizeNameSubHeadingText:
		return 17 * scale
	case theme.SizeNamePadding:
		return 4 * scale
	case theme.SizeNameInnerPadding:
		return 6 * scale
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 3
	case theme.SizeNameSeparatorThickness:
		return 1
	case theme.SizeNameScrollBar:
		return 10
	}
	return theme.DefaultTheme().Size(name) * scale
}
