package desk

import (
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// Keyring keeps passwords and tokens by name. One that was never set is empty.
type Keyring interface {
	Secret(name string) (string, error)
	SetSecret(name, secret string) error
}

// systemKeyring is that of the operating system.
type systemKeyring struct{}

// keyringService is the name under which secrets lie there.
const keyringService = "eris-workstation"

// Secret finds a secret.
func (systemKeyring) Secret(name string) (string, error) {
	secret, err := keyring.Get(keyringService, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", nil
	}
	return secret, err
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
		return fmt.Errorf("keyring: %w", err)
	}
	return nil
}

// NoKeyring forgets everything: for a desk whose archives need no login.
type NoKeyring struct{}

// Secret is empty.
func (NoKeyring) Secret(string) (string, error) { return "", nil }

// SetSecret refuses, since what seems kept and is not would be asked for in vain.
func (NoKeyring) SetSecret(string, string) error { return errors.New("there is no keyring here") }
