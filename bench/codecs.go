package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpeg"
	"eris/dicom/codec/jpeg2000"
	"eris/dicom/codec/jpegls"
	"eris/dicom/codec/rle"
)

// codecRow is a codec against the library that other workstations use for it:
// the same frames, decoded from memory.
type codecRow struct {
	what   string
	cores  int     // ours; the peer has one
	wanted float64 // ratio of the rates
	syntax dicom.UID
	peer   codecPeer
	encode encoder
	decode func(context.Context, []byte, *codec.Image) (*codec.Image, error)
}

type encoder func(*bench, context.Context, *codec.Image) ([]byte, error)

// codecPeer measures how long a peer takes for some frames.
type codecPeer interface {
	name() string
	seconds(context.Context, *bench, encodedFrames) (float64, error)
}

// codecRows is what is measured.
var codecRows = []codecRow{
	{"JPEG lossless", 1, 1, dicom.JPEGLosslessSV1, dcmtkJPEG, encodeJPEG, decodeJPEG},
	{"RLE", 1, 2, dicom.RLELossless, gdcmRLE, encodeRLE, decodeRLE},
	{"JPEG-LS", 1, 0.8, dicom.JPEGLSLossless, charls, charls.encode, decodeJPEGLS},
	{"JPEG 2000", 1, 0.7, dicom.JPEG2000Lossless, openJPEG, openJPEG.encode, decodeJPEG2000(1)},
	{"JPEG 2000, both cores", 2, 1.2, dicom.JPEG2000Lossless, openJPEG, openJPEG.encode, decodeJPEG2000(2)},
	{"HTJ2K", 1, 0.8, dicom.HTJ2KLossless, openJPEG, encodeHTJ2K, decodeJPEG2000(1)},
}

func encodeJPEG(_ *bench, _ context.Context, m *codec.Image) ([]byte, error) {
	return jpeg.EncodeLossless(m, jpeg.LosslessParams{})
}

func decodeJPEG(ctx context.Context, b []byte, m *codec.Image) (*codec.Image, error) {
	return jpeg.Decode(ctx, b, codec.Params{Rows: m.Rows, Columns: m.Columns})
}

func decodeJPEGLS(ctx context.Context, b []byte, m *codec.Image) (*codec.Image, error) {
	return jpegls.Decode(ctx, b, codec.Params{Rows: m.Rows, Columns: m.Columns})
}

func decodeJPEG2000(workers int) func(context.Context, []byte, *codec.Image) (*codec.Image, error) {
	return func(ctx context.Context, b []byte, m *codec.Image) (*codec.Image, error) {
		return jpeg2000.Decode(ctx, b, codec.Params{Rows: m.Rows, Columns: m.Columns}, jpeg2000.Options{Workers: workers})
	}
}

func encodeRLE(_ *bench, _ context.Context, m *codec.Image) ([]byte, error) {
	return rle.Encode(nativeBytes(m), rleLayout(m))
}

func decodeRLE(ctx context.Context, b []byte, m *codec.Image) (*codec.Image, error) {
	return rle.Decode(ctx, b, rleLayout(m))
}

func rleLayout(m *codec.Image) rle.Layout {
	return rle.Layout{Rows: m.Rows, Columns: m.Columns, Samples: 1, Bytes: 2}
}

// codecs measures the codecs, each with a slice and with a radiograph.
func (b *bench) codecs(ctx context.Context) (rows []Row, err error) {
	for _, m := range codecMaterial() {
		for _, c := range codecRows {
			row, err := b.codec(ctx, c, m)
			if errors.Is(err, errNoPeer) {
				row = skipped(m.title(c), err.Error())
			} else if err != nil {
				return rows, fmt.Errorf("%s: %w", m.title(c), err)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// codec measures one codec and its peer in turns.
func (b *bench) codec(ctx context.Context, c codecRow, m codecFrame) (Row, error) {
	frames, err := b.encoded(ctx, c, m)
	if err != nil {
		return Row{}, err
	}
	var ours, theirs []float64
	for range b.runs {
		took, err := c.seconds(ctx, frames)
		if err != nil {
			return Row{}, err
		}
		peer, err := c.peer.seconds(ctx, b, frames)
		if err != nil {
			return Row{}, err
		}
		ours, theirs = append(ours, frames.megabytes()/took), append(theirs, frames.megabytes()/peer)
	}
	return againstPeer(m.title(c), ours, "MB/s", c.peer.name(), theirs, c.wanted), nil
}

// seconds is how long our decoder takes; what it decodes must be right.
func (c codecRow) seconds(ctx context.Context, f encodedFrames) (float64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.cores))
	start := time.Now()
	var last *codec.Image
	for range f.count {
		var err error
		if last, err = c.decode(ctx, f.stream, f.image); err != nil {
			return 0, err
		}
	}
	took := time.Since(start).Seconds()
	if !slices.Equal(last.Pix16, f.image.Pix16) {
		return 0, errors.New("decoded to another picture")
	}
	return took, nil
}
