-- +goose Up
-- The patients attached to the clinic: whose studies are known before anyone asks.
CREATE TABLE population (
  patient_id           TEXT NOT NULL,
  issuer_of_patient_id TEXT NOT NULL,
  patient_name         TEXT NOT NULL, -- as DICOM writes it, UTF-8
  patient_birth_date   TEXT NOT NULL,
  patient_sex          TEXT NOT NULL,
  source               TEXT NOT NULL,    -- which list
  listed               INTEGER NOT NULL, -- counts up with each reading of a list
  since                INTEGER NOT NULL, -- unix seconds, when the patient came in
  PRIMARY KEY (patient_id, issuer_of_patient_id)
) WITHOUT ROWID;

-- How far the studies of the population are known, archive by archive, for the
-- patients it answered about (asked) since.
CREATE TABLE indexed (
  node    TEXT PRIMARY KEY,
  since   INTEGER NOT NULL, -- unix seconds, when this began
  through INTEGER NOT NULL  -- unix seconds: what the archive had then is known
) WITHOUT ROWID;

-- The rule that brought a study nobody has looked at yet: such go first.
ALTER TABLE study ADD COLUMN prefetched TEXT NOT NULL DEFAULT '';
CREATE INDEX study_prefetched ON study (used) WHERE prefetched <> '' AND bytes > 0;

-- Words are taken out rarely, and then mostly found by the name: the second
-- index for it took a tenth of a city's index.
CREATE TABLE word (
  word      TEXT NOT NULL,
  study_id  INTEGER NOT NULL,
  sort_date TEXT NOT NULL,
  PRIMARY KEY (word, study_id)
) WITHOUT ROWID;
INSERT INTO word SELECT word, study_id, sort_date FROM study_word;
DROP TABLE study_word;
ALTER TABLE word RENAME TO study_word;

-- +goose Down
CREATE TABLE word (
  word      TEXT NOT NULL,
  study_id  INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  sort_date TEXT NOT NULL,
  PRIMARY KEY (word, study_id)
) WITHOUT ROWID;
INSERT INTO word SELECT word, study_id, sort_date FROM study_word;
DROP TABLE study_word;
ALTER TABLE word RENAME TO study_word;
CREATE INDEX study_word_study ON study_word (study_id);
DROP INDEX study_prefetched;
ALTER TABLE study DROP COLUMN prefetched;
DROP TABLE indexed; DROP TABLE population;
