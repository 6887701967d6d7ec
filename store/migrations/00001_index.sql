-- +goose Up
CREATE TABLE study (
  id                   INTEGER PRIMARY KEY,
  study_instance_uid   TEXT NOT NULL UNIQUE,
  patient_id           TEXT NOT NULL,
  issuer_of_patient_id TEXT NOT NULL,
  patient_name         TEXT NOT NULL, -- as DICOM writes it, UTF-8
  patient_birth_date   TEXT NOT NULL,
  patient_sex          TEXT NOT NULL,
  study_date           TEXT NOT NULL, -- as written; see sort_date
  sort_date            TEXT NOT NULL, -- YYYYMMDD, empty when no real date
  study_time           TEXT NOT NULL,
  accession_number     TEXT NOT NULL,
  study_description    TEXT NOT NULL,
  modalities           TEXT NOT NULL, -- \CT\SR\ : framed, so that LIKE finds whole codes
  body_parts           TEXT NOT NULL, -- backslash separated
  series_descriptions  TEXT NOT NULL, -- JSON array, in series order
  laterality           TEXT NOT NULL,
  institution_name     TEXT NOT NULL,
  referring_physician  TEXT NOT NULL,
  number_of_series     INTEGER NOT NULL DEFAULT 0,
  number_of_instances  INTEGER NOT NULL DEFAULT 0,
  expected_instances   INTEGER NOT NULL DEFAULT 0,
  bytes                INTEGER NOT NULL DEFAULT 0,
  source               TEXT NOT NULL,
  contrast             TEXT NOT NULL,
  report               TEXT NOT NULL DEFAULT 'none',
  report_text          TEXT NOT NULL DEFAULT '',
  defect               INTEGER NOT NULL DEFAULT 0,
  seen                 INTEGER NOT NULL, -- unix seconds, when the archive or the files last told us
  used                 INTEGER NOT NULL  -- unix seconds, when a person last opened it or something of it came
);
CREATE INDEX study_patient   ON study (patient_id, sort_date);
CREATE INDEX study_accession ON study (accession_number);
CREATE INDEX study_date      ON study (sort_date);
CREATE INDEX study_used      ON study (used) WHERE bytes > 0;

-- One row per word of the patient's name, as clinic.NameKey folds it; with the
-- date, so that the newest of many are found without reading the others.
CREATE TABLE study_word (
  word      TEXT NOT NULL,
  study_id  INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  sort_date TEXT NOT NULL,
  PRIMARY KEY (word, study_id)
) WITHOUT ROWID;
CREATE INDEX study_word_study ON study_word (study_id);

CREATE TABLE series (
  id                  INTEGER PRIMARY KEY,
  study_id            INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  series_instance_uid TEXT NOT NULL,
  series_number       INTEGER NOT NULL,
  modality            TEXT NOT NULL,
  series_description  TEXT NOT NULL,
  body_part_examined  TEXT NOT NULL,
  laterality          TEXT NOT NULL,
  protocol_name       TEXT NOT NULL,
  number_of_instances INTEGER NOT NULL DEFAULT 0,
  expected_instances  INTEGER NOT NULL DEFAULT 0,
  thumbnail           BLOB, -- PNG
  UNIQUE (study_id, series_instance_uid)
);
CREATE INDEX series_uid ON series (series_instance_uid);

CREATE TABLE instance (
  sop_instance_uid    TEXT PRIMARY KEY,
  series_id           INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  sop_class_uid       TEXT NOT NULL,
  transfer_syntax_uid TEXT NOT NULL,
  instance_number     INTEGER NOT NULL,
  number_of_frames    INTEGER NOT NULL,
  rows                INTEGER NOT NULL,
  columns             INTEGER NOT NULL,
  place               TEXT NOT NULL, -- JSON: image type, position, orientation, frame of reference
  path                TEXT NOT NULL, -- below the cache's folder, with slashes
  file_bytes          INTEGER NOT NULL,
  sha256              TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX instance_series ON instance (series_id);

CREATE TABLE aside (
  id               INTEGER PRIMARY KEY,
  sop_instance_uid TEXT NOT NULL,
  path             TEXT NOT NULL,
  sha256           TEXT NOT NULL,
  source           TEXT NOT NULL,
  received         INTEGER NOT NULL,
  UNIQUE (sop_instance_uid, sha256)
);

CREATE TABLE pin (
  patient_id           TEXT NOT NULL,
  issuer_of_patient_id TEXT NOT NULL,
  PRIMARY KEY (patient_id, issuer_of_patient_id)
) WITHOUT ROWID;

CREATE TABLE journal (
  id                 TEXT PRIMARY KEY,
  kind               TEXT NOT NULL,
  study_instance_uid TEXT NOT NULL,
  made               INTEGER NOT NULL, -- unix milliseconds
  body               TEXT NOT NULL,
  sent               INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX journal_study ON journal (study_instance_uid, kind);
CREATE INDEX journal_kind ON journal (kind, made);
CREATE INDEX journal_unsent ON journal (made) WHERE sent = 0;

CREATE TABLE node (
  name    TEXT PRIMARY KEY,
  options TEXT NOT NULL -- JSON; secrets are elsewhere
);

CREATE TABLE orders (
  accession_number TEXT PRIMARY KEY,
  scheduled        INTEGER NOT NULL,
  body             TEXT NOT NULL -- JSON of clinic.Order
);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- When an archive last answered for a patient: a check says how old its knowledge is.
CREATE TABLE asked (
  node       TEXT NOT NULL,
  patient_id TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (node, patient_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE asked; DROP TABLE setting; DROP TABLE orders; DROP TABLE node; DROP TABLE journal;
DROP TABLE pin; DROP TABLE aside; DROP TABLE instance; DROP TABLE series;
DROP TABLE study_word; DROP TABLE study;
