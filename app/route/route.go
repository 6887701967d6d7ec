// Package route names the places of the program, so that pages can send a
// person to each other without knowing each other.
package route

import (
	"fyne.io/fyne/v2"

	"eris/clinic"
	"eris/dicom"
)

// Name is a page.
type Name string

// The pages, in the order of the rail.
const (
	Check     Name = "check"
	Studies   Name = "studies"
	Reading   Name = "reading"
	Transfers Name = "transfers"
	Stats     Name = "stats"
	Settings  Name = "settings"
	// Screen is reached from the settings.
	Screen Name = "screen"
)

// Route is a place: a page and what it shows.
type Route struct {
	Page  Name
	Order string         // Check: the order's accession number
	Text  string         // Studies: what is searched for
	Study dicom.UID      // Reading: the study shown as current
	Prior dicom.UID      // Reading: the earlier study beside it; empty chooses
	Of    clinic.Patient // Reading: whose, for the header while it loads
}

// Shell is what a page may ask of the window around it.
type Shell interface {
	Go(Route)
	// Toast says something in passing; nothing waits for an answer.
	Toast(text string)
	// Failed says what did not work, in one sentence, with the detail to copy.
	Failed(err error)
	// Key hands on a key that reached a widget of the page first.
	Key(Key)
	// Window is for file dialogs only.
	Window() fyne.Window
}

// Page is one page of the window.
type Page interface {
	Content() fyne.CanvasObject
	// Enter shows the page at a place; Leave stops what only runs while it is seen.
	Enter(Route)
	Leave()
	// Key handles a key that no entry took; false leaves it to the window.
	Key(Key) bool
	// Keys are what F1 shows.
	Keys() []Help
	// Wait returns when what was begun is shown; for pictures and tests.
	Wait()
	// Close ends what the page owns.
	Close()
}

// Help is one line of the page's keys.
type Help struct{ Keys, Does string }
