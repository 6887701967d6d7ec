package invoke

import (
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// register writes the user's own classes, for which no rights are needed.
func register(program string, args ...string) error {
	const class = `Software\Classes\eris`
	command := windows.ComposeCommandLine(append([]string{program}, args...)) + ` "%1"`
	for _, v := range []struct{ key, name, value string }{
		{class, "", "URL:ERIS"}, {class, "URL Protocol", ""}, {class + `\shell\open\command`, "", command},
	} {
		key, _, err := registry.CreateKey(registry.CURRENT_USER, v.key, registry.SET_VALUE)
		if err == nil {
			err = key.SetStringValue(v.name, v.value)
			key.Close()
		}
		if err != nil {
			return fmt.Errorf("the registry's entry for eris:// addresses: %w", err)
		}
	}
	return nil
}
