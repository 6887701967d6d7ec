package route

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// Key is a key with its modifiers, the same for every keyboard layout: Name is
// Fyne's name of the key on a Latin keyboard.
type Key struct {
	Name             fyne.KeyName
	Shift, Ctrl, Alt bool
}

// russianKeys are the Latin keys under the letters of the Russian layout, so
// that a key does the same whatever layout is on.
var russianKeys = func() map[rune]fyne.KeyName {
	keys := map[rune]fyne.KeyName{}
	latin := []rune("QWERTYUIOP[]ASDFGHJKL;'ZXCVBNM,.")
	for i, r := range []rune("йцукенгшщзхъфывапролджэячсмитьбю") {
		keys[r] = fyne.KeyName(latin[i])
	}
	return keys
}()

// KeyOfRune is the key that typed a character on a Latin or Russian layout.
func KeyOfRune(r rune) Key {
	k := Key{Name: fyne.KeyName(strings.ToUpper(string(r))), Shift: unicode.IsUpper(r)}
	if latin, ok := russianKeys[unicode.ToLower(r)]; ok {
		k.Name = latin
	}
	return k
}
