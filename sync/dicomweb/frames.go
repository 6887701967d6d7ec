package dicomweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"eris/dicom"
)

// Frame is one frame as an archive sends it.
type Frame struct {
	Number         int // from 1
	TransferSyntax dicom.UID
	io.Reader      // the codestream, or native pixels in little endian
}

// framesOf is the Accept header for frames as the archive keeps them (PS3.18
// 8.7.3.3.2). Orthanc 1.10 refuses a list of types.
const framesOf = `multipart/related; type="application/octet-stream"; transfer-syntax=*`

// Frames fetches frames of an instance, numbered from 1 (WADO-RS, PS3.18
// 10.4.1.1.6), as the archive keeps them. each gets one after the other as it
// comes in; it may leave it half read. An error of each ends the retrieval and
// is returned as it is. ErrPartial: there were fewer than asked for.
func (c *Client) Frames(ctx context.Context, study, series, instance dicom.UID, numbers []int, each func(Frame) error) error {
	resp, err := c.askFrames(ctx, pathTo(study, series, instance), numbers, 0)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n := 0
	err = c.frames(resp, func(f Frame) error {
		if n == len(numbers) {
			return c.fault(ErrGarbled, errors.New("there are more frames than were asked for"))
		}
		f.Number = numbers[n]
		n++
		return each(f)
	})
	if err == nil && n < len(numbers) {
		return c.fault(ErrPartial, nil)
	}
	return err
}

// askFrames asks for frames of the instance at path, or for the first span
// bytes of the answer. Archives that refuse the wildcard are asked for anything.
func (c *Client) askFrames(ctx context.Context, path []string, numbers []int, span int64) (*http.Response, error) {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.Itoa(n)
	}
	r := request{method: http.MethodGet, path: append(path, "frames", strings.Join(list, ",")), accept: framesOf, span: span}
	resp, err := c.send(ctx, r)
	if errors.Is(err, ErrUnsupported) {
		r.accept = "*/*"
		if other, again := c.send(ctx, r); again == nil {
			return other, nil
		}
	}
	return resp, err
}

// frames gives each the frames of an answer, not numbered.
func (c *Client) frames(resp *http.Response, each func(Frame) error) error {
	_, params := mediaType(resp.Header.Get("Content-Type"))
	return c.bodies(resp, "image/", func(h textproto.MIMEHeader, r io.Reader) error {
		head := make([]byte, 16)
		n, err := io.ReadFull(r, head)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		syntax := syntaxOf(h.Get("Content-Type"), params["type"], head[:n])
		return each(Frame{TransferSyntax: syntax, Reader: io.MultiReader(bytes.NewReader(head[:n]), r)})
	})
}

// typeSyntax is what media types mean when no transfer syntax is named
// (PS3.18 Table 8.7.3-5).
var typeSyntax = map[string]dicom.UID{
	"image/jpeg": dicom.JPEGLosslessSV1, "image/jls": dicom.JPEGLSLossless, "image/jp2": dicom.JPEG2000Lossless,
	"image/jpx": dicom.JPEG2000MCLossless, "image/jphc": dicom.HTJ2KLossless, "image/dicom-rle": dicom.RLELossless,
}

// streamHeads are the first bytes of codestreams. Archives send them as octets
// that say nothing (cornerstoneWADOImageLoader pull 228).
var streamHeads = []struct {
	head   string
	syntax dicom.UID
}{
	{"\xFF\x4F\xFF\x51", dicom.JPEG2000Lossless}, // 15444-1 A.2: SOC, SIZ
	{"\x00\x00\x00\x0CjP  \r\n\x87\n", dicom.JPEG2000Lossless},
	{"\xFF\xD8\xFF\xF7", dicom.JPEGLSLossless}, // 14495-1 C.1.1: SOI, SOF55
	{"\xFF\xD8\xFF", dicom.JPEGLosslessSV1},
}

// syntaxOf is the transfer syntax of a frame: the part's own word goes before
// the word of the whole answer, and that before what the bytes look like.
func syntaxOf(part, whole string, head []byte) dicom.UID {
	var kind string
	for _, s := range []string{part, whole} {
		is, params := mediaType(s)
		if named := params["transfer-syntax"]; named != "" && named != "*" {
			return dicom.UID(named)
		}
		if kind == "" {
			kind = is
		}
	}
	if syntax, ok := typeSyntax[kind]; ok {
		return syntax
	}
	for _, s := range streamHeads {
		if bytes.HasPrefix(head, []byte(s.head)) {
			return s.syntax
		}
	}
	return dicom.ExplicitVRLittleEndian
}
