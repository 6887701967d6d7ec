package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/sync/node"
)

// mostNamesakes bounds the studies of people with one family name born on one
// day, in one archive.
const mostNamesakes = 500

// askForNamesakes asks for the studies under the patient's family name and birth
// date, and keeps those of other IDs who may be him: they become candidates. An
// archive that cannot look for a birth date, or for a name, is no failure.
func (d *Desk) askForNamesakes(ctx context.Context, a Archive, p clinic.Patient) error {
	p, err := d.complete(ctx, p)
	if err != nil {
		return err
	}
	family := strings.Trim(p.PatientName.Alphabetic.Family, " *?")
	if family == "" || !p.PatientBirthDate.Valid() || identity.Nobody(p) != "" {
		return nil
	}
	for _, name := range slices.Compact([]string{family + "*", clinic.Latin(family) + "*"}) {
		n, err := d.keepNamesakes(ctx, a, p, name)
		if err != nil {
			return without(err)
		}
		if n > 0 && name != clinic.Latin(name) {
			d.noteFindsNames(a.Name)
		}
	}
	if d.findsNames(a.Name) && family != clinic.Latin(family) {
		return nil
	}
	// Some archives never find a Cyrillic name over DICOMweb (Orthanc's plugin),
	// and a Latin one is not turned back: all who were born that day are asked for.
	_, err = d.keepNamesakes(ctx, a, p, "")
	return without(err)
}

// without is err unless the archive cannot do what was asked.
func without(err error) error {
	if errors.Is(err, node.ErrUnsupported) || errors.Is(err, node.ErrServer) {
		return nil
	}
	return err
}

// keepNamesakes asks once, keeps those who may be the patient, and says how many
// studies the archive named.
func (d *Desk) keepNamesakes(ctx context.Context, a Archive, p clinic.Patient, name string) (found int, err error) {
	studies, err := a.client.Studies(ctx, node.Query{PatientName: name, PatientBirthDate: p.PatientBirthDate, Limit: mostNamesakes})
	if err != nil {
		return 0, err
	}
	found = len(studies)
	asked := identity.Of(p)
	studies = slices.DeleteFunc(studies, func(s clinic.Study) bool {
		return SameID(p, s.Patient) || asked.Compare(identity.Of(s.Patient)).Confidence == identity.Different
	})
	return found, d.saveFrom(ctx, a, studies)
}

func (d *Desk) noteFindsNames(archive string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.namesFound[archive] = true
}

func (d *Desk) findsNames(archive string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.namesFound[archive]
}
