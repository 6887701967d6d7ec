-- +goose Up
-- Every way in which a patient is written down, for finding who may be the same
-- person: identity.Blocks of each.
CREATE TABLE person (
  id                   INTEGER PRIMARY KEY,
  patient_id           TEXT NOT NULL,
  issuer_of_patient_id TEXT NOT NULL,
  patient_name         TEXT NOT NULL, -- as DICOM writes it, UTF-8
  patient_birth_date   TEXT NOT NULL,
  patient_sex          TEXT NOT NULL,
  other_patient_ids    TEXT NOT NULL DEFAULT '[]', -- JSON of clinic.Identifier
  UNIQUE (patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex)
);
CREATE TABLE person_block (
  block  TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (block, person)
) WITHOUT ROWID;

-- Two patients taken for one person, or no more: the latest word of the journal.
CREATE TABLE link (
  first_id      TEXT NOT NULL, -- the lesser of the two keys
  first_issuer  TEXT NOT NULL,
  second_id     TEXT NOT NULL,
  second_issuer TEXT NOT NULL,
  linked        INTEGER NOT NULL,
  entry         TEXT NOT NULL, -- of the journal
  made          INTEGER NOT NULL, -- unix milliseconds
  body          TEXT NOT NULL, -- JSON of identity.Link
  PRIMARY KEY (first_id, first_issuer, second_id, second_issuer)
) WITHOUT ROWID;
CREATE INDEX link_second ON link (second_id);

-- +goose Down
DROP TABLE link; DROP TABLE person_block; DROP TABLE person;
