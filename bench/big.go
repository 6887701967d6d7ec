package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"eris/dicom"
	"eris/dicom/dicomtest"
)

// A multi-frame object of 2 GB: slices of a CT in one file.
const (
	bigFrames     = 4000
	bigFrameBytes = 512 * 512 * 2
)

// bigs measures the program on a multi-frame object of 2 GB: from its start
// until its last frame is drawn into a file, and what memory that takes.
func (b *bench) bigs(ctx context.Context) ([]Row, error) {
	object, err := b.bigObject()
	if err != nil {
		return nil, err
	}
	defer os.Remove(object)
	var took, memory []float64
	for range b.runs {
		start := time.Now()
		c := exec.CommandContext(ctx, b.eris, "render", object, "--frame", strconv.Itoa(bigFrames), "--out", object+".png")
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("render: %w: %s", err, out)
		}
		took, memory = append(took, millis(time.Since(start))), append(memory, peakMemory(c.ProcessState))
	}
	return []Row{
		limited("multi-frame object of 2 GB: start, open, draw the last frame", took, "ms", AtMost, 1000),
		limited("multi-frame object of 2 GB: most memory", memory, "MB", AtMost, 200),
	}, nil
}

// bigObject writes an object whose first frame is drawn and whose others are
// a hole in the file.
func (b *bench) bigObject() (string, error) {
	var head bytes.Buffer
	for f := range dicomtest.CT(dicomtest.CTParams{Study: person("TEST-BIG", "BENCH-2"), Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Slices: 1}) {
		f.SetInt(dicom.NumberOfFrames, bigFrames)
		if err := f.Write(&head); err != nil {
			return "", err
		}
	}
	object := head.Bytes()
	pixels := len(object) - bigFrameBytes
	binary.LittleEndian.PutUint32(object[pixels-4:], bigFrames*bigFrameBytes)
	dir, err := b.folder("big")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "big.dcm")
	if err := os.WriteFile(path, object, 0o600); err != nil {
		return "", err
	}
	return path, os.Truncate(path, int64(pixels)+bigFrames*bigFrameBytes)
}
