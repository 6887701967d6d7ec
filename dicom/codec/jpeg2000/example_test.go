package jpeg2000_test

import (
	"context"
	"fmt"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// A preview of half the size, of a frame whose size the data set declares.
func ExampleDecode() {
	m := codec.NewImage(300, 401, 1, 12, false)
	stream, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{Progression: jpeg2000.RPCL})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := jpeg2000.ReadHeader(stream)
	fmt.Println(h.Bits, "bits,", h.Levels, "levels", err)
	half, err := jpeg2000.Decode(context.Background(), stream, codec.Params{Rows: 300, Columns: 401}, jpeg2000.Options{Reduce: 1})
	fmt.Println(half.Rows, "rows,", half.Columns, "columns", err)
	// Output:
	// 12 bits, 3 levels <nil>
	// 150 rows, 201 columns <nil>
}
