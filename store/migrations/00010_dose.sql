-- +goose Up
-- What the objects of a study tell of dose. It stays when the files go, and is
-- read anew when more of them come.
CREATE TABLE dose (
  study_id  INTEGER PRIMARY KEY REFERENCES study (id) ON DELETE CASCADE,
  instances INTEGER NOT NULL, -- that were here when it was read
  version   INTEGER NOT NULL, -- of the way it was read
  body      TEXT NOT NULL -- JSON array of dose.Report
);

-- +goose Down
DROP TABLE dose;
