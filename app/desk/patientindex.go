package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/sync/fhir"
)

// PatientIndex is the city's master patient index (IHE PIXm, PDQm). Its secret lies
// in the keyring under "patient index".
type PatientIndex struct {
	ArchiveOptions        // URL: the base of its FHIR service; empty: there is none
	System         string `json:"system,omitempty"` // of this clinic's PatientIDs there
}

const (
	patientIndexSetting = "patient index"
	// PatientIndexSecret is the secret's name in the keyring.
	PatientIndexSecret = "patient index"
)

// Times of the patient index.
const (
	patientIndexTime = 2 * time.Second // the archives wait for its answer
	patientIndexRest = time.Hour       // before it is asked again for the same patient
)

// PatientIndex is what is set up.
func (d *Desk) PatientIndex(ctx context.Context) (x PatientIndex, err error) {
	err = d.Store.Setting(ctx, patientIndexSetting, &x)
	return x, err
}

// SavePatientIndex changes it.
func (d *Desk) SavePatientIndex(ctx context.Context, x PatientIndex) error {
	if x.URL = strings.TrimSpace(x.URL); x.URL != "" {
		if x.System == "" {
			return errors.New("the patient index needs to know the system of this clinic's patient numbers")
		}
		c, err := d.indexClient(x)
		if err != nil {
			return err
		}
		c.Close()
	}
	d.mu.Lock()
	clear(d.indexAsked)
	d.mu.Unlock()
	return d.Store.SaveSetting(ctx, patientIndexSetting, x)
}

func (d *Desk) indexClient(x PatientIndex) (*fhir.Client, error) {
	secret, err := d.Keyring.Secret(PatientIndexSecret)
	if err != nil && x.Username != "" {
		return nil, fmt.Errorf("password of the patient index: %w", err)
	}
	web := x.web("patient index", secret, nil)
	return fhir.New(fhir.Options{Name: web.Name, URL: web.URL, CAFile: web.CAFile, CertFile: web.CertFile, KeyFile: web.KeyFile,
		Username: web.Username, Password: web.Password, Token: web.Token, Timeout: patientIndexTime})
}

// AskPatientIndex asks the index under which other numbers the patient is known,
// and links them: their exams count. Numbers of the whole country are no IDs of
// archives, and are left out. It returns how many IDs were named.
func (d *Desk) AskPatientIndex(ctx context.Context, p clinic.Patient) (named int, err error) {
	x, err := d.PatientIndex(ctx)
	if err != nil || x.URL == "" || p.PatientID == "" || !d.askIndexNow(p.PatientID) {
		return 0, err
	}
	c, err := d.indexClient(x)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	numbers, err := c.CrossReference(ctx, fhir.Identifier{System: x.System, Value: p.PatientID}, "")
	d.noteIndexAsked(p.PatientID, err)
	if err != nil {
		return 0, err
	}
	if p, err = d.complete(ctx, p); err != nil {
		return 0, err
	}
	for _, n := range numbers {
		id := clinic.Identifier{ID: n.Value, Issuer: n.System}
		if number := identity.ReadNumber(id); number.Kind != identity.Local && number.Kind != identity.EMIAS || n.Value == p.PatientID {
			continue
		}
		other, err := d.complete(ctx, clinic.Patient{PatientID: n.Value})
		if err != nil {
			return named, err
		}
		if _, err := d.LinkIndexed(ctx, p, other); err != nil {
			return named, err
		}
		named++
	}
	return named, nil
}

func (d *Desk) askIndexNow(patientID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Now().Sub(d.indexAsked[patientID]) >= patientIndexRest
}

// mostIndexAsked bounds what is remembered of questions.
const mostIndexAsked = 10_000

func (d *Desk) noteIndexAsked(patientID string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.indexErr = err; err != nil {
		return
	}
	if len(d.indexAsked) >= mostIndexAsked {
		clear(d.indexAsked)
	}
	d.indexAsked[patientID] = d.Now()
}

// PatientIndexError is why the index did not answer the last time; nil when it did,
// or is not set up.
func (d *Desk) PatientIndexError() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.indexErr
}

// askIndexFirst asks the index before the archives are asked, so that they are asked
// for all numbers. An index that does not answer holds nobody up for long.
func (d *Desk) askIndexFirst(ctx context.Context, p clinic.Patient) {
	limited, cancel := context.WithTimeout(ctx, patientIndexTime)
	defer cancel()
	if _, err := d.AskPatientIndex(limited, p); err != nil && ctx.Err() == nil {
		d.Log.Info("the patient index did not answer", "error", err)
	}
}

// patientOfIndex looks a number of the whole country up in the index (PDQm); ok is
// false when it names nobody, or several.
func (d *Desk) patientOfIndex(ctx context.Context, n identity.Number) (p clinic.Patient, ok bool, err error) {
	x, err := d.PatientIndex(ctx)
	if err != nil || x.URL == "" {
		return p, false, err
	}
	system, known := map[identity.Kind]string{identity.SNILS: identity.SystemSNILS, identity.ENP: identity.SystemENP}[n.Kind]
	if !known {
		return p, false, nil
	}
	c, err := d.indexClient(x)
	if err != nil {
		return p, false, err
	}
	defer c.Close()
	list, err := c.Demographics(ctx, fhir.Identifier{System: system, Value: n.Value}, clinic.Patient{})
	if err != nil {
		return p, false, err
	}
	own := slices.DeleteFunc(list, func(q clinic.Patient) bool { return q.PatientID == "" })
	if len(own) != 1 {
		return p, false, nil
	}
	return own[0], true, nil
}
