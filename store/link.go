package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"eris/clinic"
	"eris/clinic/identity"
)

// The journal's kinds of links. Their body is an identity.Link.
const (
	linkKind   = "link"
	unlinkKind = "unlink"
)

// ordered puts the lesser key first, so that two patients have one row.
func ordered(a, b clinic.Patient) (first, second clinic.Patient) {
	if b.Key() < a.Key() {
		return b, a
	}
	return a, b
}

// RecordLink journals that two patients are one person, or with linked false
// that they are not, or not known to be.
func (s *Store) RecordLink(ctx context.Context, l identity.Link, linked bool) (identity.Link, error) {
	l.A, l.B = ordered(l.A, l.B)
	if l.Made.IsZero() {
		l.Made = s.Now()
	}
	body, err := json.Marshal(l)
	if err != nil {
		return l, fmt.Errorf("link: %w", err)
	}
	kind := unlinkKind
	if linked {
		kind = linkKind
	}
	e, err := s.Record(ctx, Entry{Kind: kind, Made: l.Made, Body: body})
	l.Entry, l.Linked = e.ID, linked
	return l, err
}

// noteLink gives the latest word about two patients its row. The journal is
// read in the order in which it was written.
func noteLink(tx *sql.Tx, e Entry) error {
	var l identity.Link
	if err := json.Unmarshal(e.Body, &l); err != nil || l.A.PatientID == "" || l.B.PatientID == "" {
		return nil // a damaged entry links nobody
	}
	l.A, l.B = ordered(l.A, l.B)
	_, err := tx.Exec(`INSERT OR REPLACE INTO link VALUES (?,?,?,?,?,?,?,?)`, l.A.PatientID, l.A.IssuerOfPatientID,
		l.B.PatientID, l.B.IssuerOfPatientID, e.Kind == linkKind, e.ID, e.Made.UnixMilli(), string(e.Body))
	return err
}

// LinksOf lists the links of a PatientID, those that were undone too, the oldest first.
func (s *Store) LinksOf(ctx context.Context, patientID string) (list []identity.Link, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT linked, entry, made, body FROM link WHERE first_id = ?1
		UNION SELECT linked, entry, made, body FROM link WHERE second_id = ?1 ORDER BY made`, patientID)
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l identity.Link
		var linked bool
		var entry, body string
		var made int64
		if err := rows.Scan(&linked, &entry, &made, &body); err != nil {
			return nil, fmt.Errorf("links: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return nil, fmt.Errorf("links: %w: %w", ErrDamaged, err)
		}
		l.Linked, l.Entry, l.Made = linked, entry, time.UnixMilli(made)
		list = append(list, l)
	}
	return list, rows.Err()
}

// DecisionsSince lists the entries of kind "decision" made at a time or later.
func (s *Store) DecisionsSince(ctx context.Context, since time.Time) ([]Entry, error) {
	return s.entries(ctx, `kind = 'decision' AND made >= ?`, since.UnixMilli())
}
