package command

import (
	"fmt"
	"image"
	"image/png"
	"os"

	"eris/dicom"
	"eris/viewer"
	"eris/viewer/lut"
)

type renderCmd struct {
	File   string `arg:"" type:"existingfile" help:"A DICOM file."`
	Out    string `required:"" placeholder:"PNG" help:"The picture to write."`
	Frame  int    `default:"1" help:"Which frame, from 1."`
	Window string `placeholder:"C,W" help:"Window center and width; the file's own when not given."`
	Size   string `placeholder:"WxH" help:"Size in pixels; the frame's own when not given."`
}

// Run draws one frame through the viewer's own pipeline.
func (c *renderCmd) Run(s *session) error {
	still, err := c.still(s)
	if err != nil {
		return err
	}
	f, err := dicom.Open(c.File)
	if err != nil {
		return err
	}
	if n := f.NumberOfFrames(); c.Frame < 1 || c.Frame > n {
		return failure(s.L("%s has %d frames, not frame %d.", c.File, n, c.Frame))
	}
	img, err := viewer.RenderFrame(s, f, c.Frame-1, still)
	if err != nil {
		return err
	}
	if err := writePNG(c.Out, img); err != nil {
		return err
	}
	size := img.Bounds().Size()
	return s.print(map[string]any{"out": c.Out, "width": size.X, "height": size.Y}, func() {
		s.say("%d × %d pixels, written to %s.", size.X, size.Y, c.Out)
	})
}

func (c *renderCmd) still(s *session) (still viewer.Still, err error) {
	if c.Window != "" {
		var w lut.Window
		if n, err := fmt.Sscanf(c.Window, "%g,%g", &w.Center, &w.Width); err != nil || n != 2 || w.Width < 1 {
			return still, failure(s.L("%q is no window; write center and width as 40,400.", c.Window))
		}
		still.Window = w
	}
	if c.Size != "" {
		var size image.Point
		if n, err := fmt.Sscanf(c.Size, "%dx%d", &size.X, &size.Y); err != nil || n != 2 || size.X < 1 || size.Y < 1 || size.X > 16384 || size.Y > 16384 {
			return still, failure(s.L("%q is no size; write it as 800x600.", c.Size))
		}
		still.Size = size
	}
	return still, nil
}

func writePNG(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, img); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
