package desk

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/zalando/go-keyring"
)

// Keyring keeps passwords and tokens by name. One that was never set is empty.
type Keyring interface {
	Secret(name string) (string, error)
	SetSecret(name, secret string) error
}

// ErrNoKeyring means that the operating system's keyring does not answer, as on a
// server that nobody logs in to: there the environment holds the secrets.
var ErrNoKeyring = errors.New("this computer has no keyring that answers")

// systemKeyring is that of the operating system. A secret in the environment comes
// before it: ERIS_SECRET_ and the name in capitals, _ for all but letters and
// digits.
type systemKeyring struct{}

// environmentName is the variable that holds a secret.
func environmentName(name string) string {
	return "ERIS_SECRET_" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, name)
}

// keyringService is the name under which secrets lie there.
const keyringService = "eris-workstation"

// Secret finds a secret.
func (systemKeyring) Secret(name string) (string, error) {
	if secret, set := os.LookupEnv(environmentName(name)); set {
		return secret, nil
	}
	secret, err := keyring.Get(keyringService, name)
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return "", fmt.Errorf("%w (or set %s): %w", ErrNoKeyring, environmentName(name), err)
	}
	return secret, nil
}

// SetSecret keeps a secret; an empty one is forgotten.
func (systemKeyring) SetSecret(name, secret string) error {
	var err error
	if secret == "" {
		err = keyring.Delete(keyringService, name)
	} else {
		err = keyring.Set(keyringService, name, secret)
	}
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("%w (or set %s): %w", ErrNoKeyring, environmentName(name), err)
	}
	return nil
}

// NoKeyring forgets everything: for a desk whose archives need no login.
type NoKeyring struct{}

// Secret is empty.
func (NoKeyring) Secret(string) (string, error) { return "", nil }

// SetSecret refuses, since what seems kept and is not would be asked for in vain.
func (NoKeyring) SetSecret(string, string) error { return errors.New("there is no keyring here") }
