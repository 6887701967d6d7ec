package command

import (
	"fmt"

	"eris/app/intake"
	"eris/app/phrase"
)

type importCmd struct {
	Paths []string `arg:"" name:"path" help:"Files, folders, DICOMDIRs or ZIP archives."`
}

type importResult struct {
	Files      int       `json:"files"`
	Stored     int       `json:"stored"`
	Duplicates int       `json:"duplicates"`
	Aside      []string  `json:"aside"`
	Skipped    int       `json:"skipped"`
	Refused    []refused `json:"refused"`
	Bytes      int64     `json:"bytes"`
	Seconds    float64   `json:"seconds"`
}

type refused struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// Run imports and prints counts, and each refused file with its reason.
func (c *importCmd) Run(s *session) error {
	cache, err := s.cache()
	if err != nil {
		return err
	}
	defer cache.Close()
	report, err := (&intake.Intake{Store: cache}).Run(s, c.Paths...)
	result := importResult{Files: report.Files(), Stored: report.Stored, Duplicates: report.Duplicates, Aside: append([]string{}, report.Aside...),
		Skipped: report.Skipped, Refused: []refused{}, Bytes: report.Bytes, Seconds: report.Elapsed.Seconds()}
	for _, r := range report.Refused {
		result.Refused = append(result.Refused, refused{r.Path, phrase.Sentence(s.Words, r.Err), r.Err.Error()})
	}
	printed := s.print(result, func() {
		s.say("Files stored: %d (%s) in %.1f s.", result.Stored, s.Bytes(result.Bytes), result.Seconds)
		s.say("Already here: %d. Kept aside, because their content differs: %d. No images: %d. Refused: %d.",
			result.Duplicates, len(result.Aside), result.Skipped, len(result.Refused))
		for _, path := range result.Aside {
			fmt.Fprintf(s.out, "  %s: %s\n", path, s.L("kept aside, its content differs from what is here"))
		}
		for _, r := range result.Refused {
			fmt.Fprintf(s.out, "  %s: %s\n", r.Path, r.Reason)
		}
	})
	if err != nil {
		return err
	}
	if printed == nil && result.Stored+result.Duplicates+len(result.Aside) == 0 && len(result.Refused) > 0 {
		return failure(s.L("Nothing was taken into the cache. Files refused: %d.", len(result.Refused)))
	}
	return printed
}

type rebuildCmd struct{}

// Run makes the index anew.
func (c *rebuildCmd) Run(s *session) error {
	result, err := rebuildCache(s, s.dir)
	if err != nil {
		return err
	}
	if result.Refused == nil {
		result.Refused = []string{}
	}
	return s.print(map[string]any{"files": result.Files, "refused": result.Refused}, func() {
		s.say("The index was made anew. Files: %d.", result.Files)
		for _, line := range result.Refused {
			fmt.Fprintln(s.out, " ", line)
		}
	})
}

type verifyCmd struct{}

// Run compares the files with the index; problems are an error.
func (c *verifyCmd) Run(s *session) error {
	cache, err := s.cache()
	if err != nil {
		return err
	}
	defer cache.Close()
	v, err := cache.Verify(s)
	if err != nil {
		return err
	}
	problems := v.Problems
	if problems == nil {
		problems = []string{}
	}
	err = s.print(map[string]any{"files": v.Files, "bytes": v.Bytes, "aside": v.Aside, "problems": problems}, func() {
		s.say("Files compared with the index: %d (%s). Kept aside: %d.", v.Files, s.Bytes(v.Bytes), v.Aside)
		for _, p := range problems {
			fmt.Fprintln(s.out, " ", p)
		}
	})
	if err == nil && len(problems) > 0 {
		return failure(s.L("Problems of the cache: %d.", len(problems)))
	}
	return err
}
