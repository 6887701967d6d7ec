package dicomweb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"eris/sync/dicomweb"
	"eris/sync/node"
)

// TestArchiveWithALimitOfItsOwn pages through an archive that never gives more
// than 25 results at once and does not say so.
func TestArchiveWithALimitOfItsOwn(t *testing.T) {
	const has, most = 58, 25
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		var rows []string
		for i := offset; i < min(offset+most, has); i++ {
			rows = append(rows, fmt.Sprintf(`{"0020000D":{"vr":"UI","Value":["2.25.%d"]}}`, i+1))
		}
		w.Header().Set("Content-Type", "application/dicom+json")
		fmt.Fprintf(w, "[%s]", strings.Join(rows, ","))
	}))
	defer server.Close()
	client, err := dicomweb.New(dicomweb.Options{Name: "capped", URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	studies, err := client.Studies(t.Context(), node.Query{PatientID: "1"})
	if err != nil || len(studies) != has || asked != 3 {
		t.Errorf("%d of %d studies in %d questions, %v", len(studies), has, asked, err)
	}
}
