package dimse_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"eris/sync/dimse"
	"eris/sync/node"
)

// An archive is asked for a patient's studies, and the first is fetched into files.
func Example() {
	archive, err := dimse.New(dimse.Options{Name: "north", Address: "10.0.0.5:104", CalledAE: "NORTH", CallingAE: "ERIS"})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	studies, err := archive.Studies(ctx, node.Query{PatientName: "Образцова*"})
	if err != nil || len(studies) == 0 {
		log.Fatal(err)
	}
	n := 0
	err = archive.Retrieve(ctx, studies[0].StudyInstanceUID, "", func(object io.Reader) error {
		n++
		f, err := os.Create(fmt.Sprintf("%d.dcm", n))
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(f, object)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
}
