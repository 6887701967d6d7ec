package read

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"eris/app/task"
)

// openOutside gives the image of the active viewport to the program that the
// system opens such files with.
func (p *Page) openOutside() {
	session := p.grid.Session
	v := session.Viewport(session.View().Active)
	if v.Index >= len(v.Stack.Frames) {
		return
	}
	instance := v.Stack.Frames[v.Index].SOPInstanceUID
	task.Load(p.tasks, "outside", func(ctx context.Context) (string, error) { return p.desk.Outside(ctx, instance) },
		func(path string, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			// On Windows a path begins with its drive, and a URL path with a slash all the same.
			file := &url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}
			if err := fyne.CurrentApp().OpenURL(file); err != nil {
				p.shell.Toast(p.words.L("This system opens such files with no program. The file lies in %s", path))
			}
		})
}
