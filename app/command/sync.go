package command

import (
	"fmt"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/store"
	"eris/sync/transfer"
)

type syncCmd struct {
	Archive string   `placeholder:"NAME" help:"Only from this archive."`
	Patient []string `placeholder:"ID" help:"PatientIDs; without any, the patients of the order list."`
}

type syncResult struct {
	Patients  int      `json:"patients"`
	Studies   int      `json:"studies"`
	Instances int      `json:"instances"`
	Failed    []string `json:"failed"`
}

// Run fetches what the archives know of the patients and waits until it is here.
func (c *syncCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	patients, err := c.patients(s, d)
	if err != nil {
		return err
	}
	if len(d.ArchiveNames()) == 0 {
		return failure(s.L("No archive is set up. Try: eris archive add NAME URL"))
	}
	result := syncResult{Patients: len(patients), Failed: []string{}}
	wanted := map[string]bool{}
	for _, id := range patients {
		d.Ask(s, clinic.Patient{PatientID: id})
		studies, err := d.Store.Studies(s, store.StudyFilter{PatientID: id})
		if err != nil {
			return err
		}
		for _, study := range studies {
			if study.Completeness == clinic.Complete || study.Source == "" || c.Archive != "" && study.Source != c.Archive {
				continue
			}
			if err := d.Fetch(s, study); err != nil {
				return err
			}
			wanted[string(study.StudyInstanceUID)] = true
		}
	}
	if err := c.wait(s, d, wanted, &result); err != nil {
		return err
	}
	printed := s.print(result, func() {
		s.say("Patients: %d. Fetched: %d studies, %d images.", result.Patients, result.Studies, result.Instances)
		for _, line := range result.Failed {
			fmt.Fprintln(s.out, " ", line)
		}
	})
	for _, name := range d.ArchiveNames() {
		if err := d.LastError(name); err != nil && printed == nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
	}
	if printed == nil && len(result.Failed) > 0 {
		return failure(s.L("Studies that could not be fetched: %d.", len(result.Failed)))
	}
	return printed
}

func (c *syncCmd) patients(s *session, d *desk.Desk) ([]string, error) {
	if len(c.Patient) > 0 {
		return c.Patient, nil
	}
	orders, err := d.OrdersOn(s, d.Now())
	if err != nil {
		return nil, err
	}
	var list []string
	seen := map[string]bool{"": true}
	for _, o := range orders {
		if !seen[o.Patient.PatientID] {
			seen[o.Patient.PatientID] = true
			list = append(list, o.Patient.PatientID)
		}
	}
	return list, nil
}

// wait returns when every wanted study is here or has failed for good. A
// command does not wait for an archive that went away: it says so.
func (c *syncCmd) wait(s *session, d *desk.Desk, wanted map[string]bool, result *syncResult) error {
	for {
		open := 0
		*result = syncResult{Patients: result.Patients, Failed: []string{}}
		for _, j := range d.Transfer.Jobs() {
			if !wanted[string(j.StudyInstanceUID)] {
				continue
			}
			switch j.State {
			case transfer.Done:
				result.Studies++
				result.Instances += j.Done
			case transfer.Failed, transfer.Offline, transfer.Canceled:
				result.Failed = append(result.Failed, fmt.Sprintf("%s: %s", j.StudyInstanceUID, j.Error))
			default:
				open++
			}
		}
		if open == 0 {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-s.Done():
			return s.Err()
		}
	}
}
