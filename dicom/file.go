package dicom

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// File is one Part 10 object (PS3.10 7): meta information, data set, and where
// its pixel data lies. Pixel data stays in the file until a frame is asked for.
type File struct {
	Meta *DataSet
	*DataSet
	// TransferSyntax is that of the data set; never empty after a successful read.
	TransferSyntax UID
	// Repairs lists in plain words what had to be mended to read the file.
	Repairs []string

	pixels *pixelData
	tail   []Element // elements behind the pixel data
}

// Open reads the header of the Part 10 file at path; the frames stay on disk
// and are read by Frame. Errors: ErrNotDICOM, ErrCorrupt, ErrLimit,
// ErrUnsupported, or the file system's, wrapped with the path.
//
// No descriptor is kept: each frame opens the file anew, so that thousands of
// Files may be held.
func Open(path string) (*File, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer disk.Close()
	info, err := disk.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file", path, ErrNotDICOM)
	}
	f, err := Read(disk, info.Size(), DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if f.pixels != nil && f.pixels.src == source(readerSource{disk}) {
		f.pixels.src = pathSource(path)
	}
	return f, nil
}

// Read reads a Part 10 object from r; frames are read from r later, so r must
// outlive the File.
func Read(r io.ReaderAt, size int64, limits Limits) (*File, error) {
	limits = limits.orDefault()
	win := &window{r: r, size: size, most: limits.HeaderBytes}
	p := &part10{win: win, limits: limits}
	if err := p.readMeta(); err != nil {
		return nil, err
	}
	if err := p.inflate(); err != nil {
		return nil, err
	}
	return p.readDataSet()
}

// readDataSet reads what follows the meta information.
func (p *part10) readDataSet() (*File, error) {
	c := p.coding()
	w := &walker{win: p.win, limits: p.limits, repairs: p.repairs, charsetAt: -1}
	elements, end, err := w.topLevel(p.at, c)
	if err = w.salvage(err, len(elements) > 0 || p.meta.Len() > 0 && p.win.size-p.at < 8); err != nil {
		return nil, err
	}
	if len(w.repairs) == 0 {
		elements = w.confirmed(elements, p.at, end, c)
	}
	elements = w.withoutMeta(elements, p.meta)
	f := &File{Meta: p.meta, TransferSyntax: p.syntax}
	if w.pixel != nil {
		f.pixels, f.tail, err = w.locate(p.syntax, c)
		if err != nil {
			return nil, err
		}
		elements = append(elements, Element{Tag: w.pixel.tag, VR: w.pixel.vr, stored: true})
		elements = append(elements, f.tail...)
	}
	f.DataSet = &DataSet{elements: w.ordered(elements)}
	f.DataSet.settleText()
	f.Repairs = w.repairs
	f.settleSyntax(c.explicit)
	return f, nil
}

// salvage turns the error of a file that ends early into a repair when some
// elements were read.
func (w *walker) salvage(err error, some bool) error {
	if errors.Is(err, errTruncated) && some {
		w.repair("the file ends early; what was there was kept")
		return nil
	}
	return err
}

// withoutMeta moves meta information that stands in the data set to its place.
func (w *walker) withoutMeta(elements []Element, meta *DataSet) []Element {
	return slices.DeleteFunc(elements, func(e Element) bool {
		if e.Tag.Group() != 2 {
			return false
		}
		w.repair("meta information inside the data set moved to its place")
		if _, there := meta.Get(e.Tag); !there {
			meta.Put(e)
		}
		return true
	})
}
