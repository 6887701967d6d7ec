package dimse

import (
	"errors"
	"strings"
	"testing"

	"eris/sync/node"
)

func TestStatusesHaveTheirKinds(t *testing.T) {
	for _, c := range []struct {
		status  Status
		service []meaning
		kind    error
	}{
		{Success, ofStore, nil},
		{0xB000, ofStore, nil},
		{0xB007, ofStore, nil},
		{0xA700, ofStore, node.ErrServer},
		{0xA955, ofStore, node.ErrConflict},
		{0xC123, ofStore, node.ErrConflict},
		{0x0122, ofStore, node.ErrUnsupported},
		{0x0124, ofFind, node.ErrRefused},
		{0xA900, ofFind, node.ErrUnsupported},
		{0xC001, ofFind, node.ErrServer},
		{Canceled, ofFind, node.ErrPartial},
		{0xA801, ofRetrieve, node.ErrUnsupported},
		{0xB000, ofRetrieve, node.ErrPartial},
		{0x0112, ofNormalized, node.ErrNotFound},
		{0x1234, ofNormalized, node.ErrServer},
	} {
		err := c.status.fault("north", c.service)
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", c.status, err, c.kind)
		}
		if err != nil && !strings.Contains(err.Error(), c.status.String()) {
			t.Errorf("%s is not in %q", c.status, err)
		}
	}
}

// TestTablesAreInOrder: the first row that fits counts, so narrow ones stand first.
func TestTablesAreInOrder(t *testing.T) {
	for _, table := range [][]meaning{general, ofStore, ofFind, ofRetrieve, ofNormalized} {
		for i, m := range table {
			if m.from > m.to || m.text == "" {
				t.Errorf("row %+v", m)
			}
			for _, before := range table[:i] {
				if before.from <= m.from && m.to <= before.to {
					t.Errorf("%s is hidden by %s", m.from, before.from)
				}
			}
		}
	}
	for i := 1; i < len(fields); i++ {
		if fields[i-1].element >= fields[i].element {
			t.Errorf("field %04X stands behind %04X", fields[i].element, fields[i-1].element)
		}
	}
}
