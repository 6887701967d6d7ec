-- +goose Up
-- Procedures as scanners told of them (MPPS), for whom they were and what they gave.
CREATE TABLE procedure_step (
  sop_instance_uid   TEXT PRIMARY KEY,
  study_instance_uid TEXT NOT NULL, -- the first that it was done for: its dose is counted once
  state              TEXT NOT NULL, -- PerformedProcedureStepStatus
  changed            INTEGER NOT NULL,
  body               TEXT NOT NULL, -- DICOM JSON of all that was told
  dose               TEXT NOT NULL  -- JSON of dose.Report
) WITHOUT ROWID;
CREATE INDEX procedure_step_study ON procedure_step (study_instance_uid);

-- +goose Down
DROP TABLE procedure_step;
