// Package view puts the reading room on the screen: a Viewport shows one of a
// session's pictures and hands it the pointer, a Grid lays several side by
// side, a Preview shows one study in a corner of a page.
package view
