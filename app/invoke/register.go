package invoke

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrNoRegistry is a system on which only an installer can say who opens addresses.
var ErrNoRegistry = errors.New("on this system the installed program alone can be named for eris:// addresses")

// Register tells the system, for this user, that this program opens eris://
// addresses, in the cache in a folder. Errors: ErrNoRegistry.
func Register(dir string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	return register(program, "--data", dir, "open")
}
