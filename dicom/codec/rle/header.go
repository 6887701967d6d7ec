package rle

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// headerBytes is the size of the RLE header (PS3.5 G.5).
const headerBytes = 64

// maxSegments is the most the header has room for.
const maxSegments = 15

// split finds the segments by the header. They may lie in any order: each ends
// where another begins, or with the data.
func split(b []byte, want int) ([][]byte, error) {
	starts, err := offsets(b, want)
	if err != nil {
		return nil, err
	}
	segments := make([][]byte, want)
	for i, start := range starts {
		end := len(b)
		for _, other := range starts {
			if other > start {
				end = min(end, other)
			}
		}
		segments[i] = b[start:end]
	}
	return segments, nil
}

// offsets reads where the segments begin. A wrong number of segments is
// forgiven when just as many offsets are there as are needed.
func offsets(b []byte, want int) (starts []int, err error) {
	if len(b) < headerBytes {
		return nil, fmt.Errorf("%w: %d bytes, shorter than the header", codec.ErrCorrupt, len(b))
	}
	count := int64(binary.LittleEndian.Uint32(b))
	given := 0
	for given < maxSegments && offset(b, given) != 0 {
		given++
	}
	if count != int64(want) && given != want {
		return nil, fmt.Errorf("%w: %d segments where %d are needed", codec.ErrCorrupt, count, want)
	}
	for i := range want {
		start := offset(b, i)
		if start < headerBytes || start > int64(len(b)) {
			return nil, fmt.Errorf("%w: segment %d begins at %d", codec.ErrCorrupt, i, start)
		}
		starts = append(starts, int(start))
	}
	return starts, nil
}

func offset(b []byte, i int) int64 { return int64(binary.LittleEndian.Uint32(b[4+4*i:])) }
