package dicom

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
)

// preambleBytes stand before the letters DICM (PS3.10 7.1).
const preambleBytes = 128

var magic = []byte("DICM")

// part10 is a file while it is being read.
type part10 struct {
	win     *window
	limits  Limits
	at      int64 // where the next element stands
	meta    *DataSet
	syntax  UID
	repairs []string
}

// readMeta reads the group 0002 elements (PS3.10 7.1), or does without.
func (p *part10) readMeta() error {
	if err := p.findStart(); err != nil {
		return err
	}
	w := &walker{win: p.win, limits: p.limits}
	elements, err := p.metaElements(w)
	if err != nil {
		return fmt.Errorf("meta information: %w", err)
	}
	p.repairs = append(p.repairs, w.repairs...)
	p.meta = &DataSet{elements: w.ordered(elements)}
	if p.syntax = p.meta.UID(TransferSyntaxUID); p.syntax == "" {
		p.repairs = append(p.repairs, "no transfer syntax given; guessed from the first element")
	}
	return nil
}

// findStart looks for the first element: behind the preamble, or where sloppy
// writers put it.
func (p *part10) findStart() error {
	b, err := p.win.bytes(0, min(preambleBytes+8, p.win.size))
	if err != nil {
		return err
	}
	switch {
	case len(b) >= preambleBytes+4 && bytes.Equal(b[preambleBytes:preambleBytes+4], magic) && !markByChance(b):
		p.at = preambleBytes + 4
		return nil
	case bytes.HasPrefix(b, magic):
		p.at = 4
	case len(b) >= 8 && plausibleStart(b):
		p.at = 0
	default:
		return fmt.Errorf("%w: no DICM mark and no data element at its start", ErrNotDICOM)
	}
	p.repairs = append(p.repairs, "no preamble")
	return nil
}

// markByChance says that the letters DICM belong to a value of a data set
// without preamble: it begins at once, and no meta information follows them.
func markByChance(b []byte) bool {
	return plausibleStart(b) && len(b) >= preambleBytes+8 && readTag(b[preambleBytes+4:], coding{}).Group() != 2
}

// plausibleStart says whether b begins with an element as data sets do: group
// 0002 or 0008 and a VR or a short length behind it.
func plausibleStart(b []byte) bool {
	for _, c := range []coding{{}, {big: true}} {
		t := readTag(b, c)
		if g := t.Group(); g != 2 && g != 4 && g != 8 || t.Element() > 0x1200 {
			continue
		}
		if _, known := vrTable[string(b[4:6])]; known {
			return true
		}
		if c.order().Uint32(b[4:]) <= 256 && t.Keyword() != "" {
			return true
		}
	}
	return false
}

// metaElements walks group 0002, explicit little endian. The group length is
// believed only where it agrees, since many writers count wrongly.
func (p *part10) metaElements(w *walker) ([]Element, error) {
	var elements []Element
	var announced int64
	for p.at+8 <= p.win.size {
		if p.at == announced && !p.nextIsMeta() {
			break
		}
		h, err := w.head(p.at, p.win.size, coding{explicit: true})
		if h.tag.Group() != 2 {
			break
		}
		if err != nil {
			return nil, err
		}
		e, next, err := w.element(h, p.win.size, coding{explicit: true}, 0)
		if err != nil {
			return nil, err
		}
		if e.Tag == FileMetaInformationGroupLength && len(e.Raw) == 4 {
			announced = next + int64(uint32At(e.Raw, 0))
		}
		elements, p.at = append(elements, e), next
	}
	if announced != 0 && announced != p.at {
		p.repairs = append(p.repairs, "meta information length was wrong")
	}
	return elements, nil
}

// nextIsMeta says whether the bytes at the announced end of the group are one
// more element of it; deflated bytes could look so only by having a VR as well.
func (p *part10) nextIsMeta() bool {
	b, err := p.win.bytes(p.at, 8)
	if err != nil || readTag(b, coding{}).Group() != 2 {
		return false
	}
	_, known := vrTable[string(b[4:6])]
	return known
}

// inflate replaces the rest of a deflated file by its content (PS3.5 A.5).
func (p *part10) inflate() error {
	if p.syntax != DeflatedExplicitVRLittleEndian {
		return nil
	}
	packed := io.NewSectionReader(p.win.r, p.at, p.win.size-p.at)
	var plain bytes.Buffer
	n, err := io.Copy(&plain, io.LimitReader(flate.NewReader(packed), p.limits.HeaderBytes+1))
	if n > p.limits.HeaderBytes {
		return fmt.Errorf("%w: deflated data set of more than %d bytes", ErrLimit, p.limits.HeaderBytes)
	}
	if err != nil && (n == 0 || !errors.Is(err, io.ErrUnexpectedEOF)) {
		return fmt.Errorf("%w: deflated data set: %v", ErrCorrupt, err)
	}
	if err != nil {
		p.repairs = append(p.repairs, "the file ends early; what was there was kept")
	}
	p.win = &window{r: bytes.NewReader(plain.Bytes()), size: n, most: p.limits.HeaderBytes, buf: plain.Bytes()}
	p.at = 0
	return nil
}

// coding is how the data set is written: as the transfer syntax says, unless
// its first element plainly says otherwise.
func (p *part10) coding() coding {
	said := codingOf(p.syntax)
	b, err := p.win.bytes(p.at, min(8, p.win.size-p.at))
	if err != nil || len(b) < 8 {
		p.defaultSyntax(said)
		return said
	}
	seen := said
	_, known := vrTable[string(b[4:6])]
	if known != said.explicit && (known || !twoLetters(b[4:6])) {
		seen.explicit = known
	}
	other := coding{explicit: seen.explicit, big: !said.big}
	if readTag(b, said).Keyword() == "" && startsDataSet(readTag(b, other)) && p.fits(other) {
		seen.big = other.big
	}
	if p.syntax == "" {
		p.defaultSyntax(seen)
	} else if seen != said {
		p.repairs = append(p.repairs, "the data set is not written as its transfer syntax says")
		if native(p.syntax) {
			p.defaultSyntax(seen)
		}
	}
	return seen
}

// startsDataSet says whether data sets commonly begin with t.
func startsDataSet(t Tag) bool {
	return (t.Group() == 8 || t.Group() == 4) && t.Element() != 0 && t.Keyword() != ""
}

// fits says whether the first element, read so, ends inside the file.
func (p *part10) fits(c coding) bool {
	w := &walker{win: p.win}
	h, err := w.head(p.at, p.win.size, c)
	return err == nil && (h.length == undefined || h.end() <= p.win.size)
}

// defaultSyntax names the native syntax of a coding.
func (p *part10) defaultSyntax(c coding) {
	switch {
	case p.syntax == GEPrivateImplicitVRLittleEndian && !c.big:
	case !c.explicit:
		p.syntax = ImplicitVRLittleEndian
	case c.big:
		p.syntax = ExplicitVRBigEndian
	case p.syntax != DeflatedExplicitVRLittleEndian:
		p.syntax = ExplicitVRLittleEndian
	}
}

// codingOf is how a transfer syntax writes elements (PS3.5 A).
func codingOf(syntax UID) coding {
	implicit := syntax == ImplicitVRLittleEndian || syntax == GEPrivateImplicitVRLittleEndian || syntax == ""
	return coding{explicit: !implicit, big: syntax == ExplicitVRBigEndian}
}

var nativeSyntaxes = []UID{
	ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian,
	GEPrivateImplicitVRLittleEndian,
}

// native says whether pixel data lies uncompressed and unwrapped (PS3.5 8.1).
func native(syntax UID) bool { return slices.Contains(nativeSyntaxes, syntax) }
