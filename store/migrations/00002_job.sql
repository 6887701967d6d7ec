-- +goose Up
CREATE TABLE job (
  id      TEXT PRIMARY KEY,
  added   INTEGER NOT NULL, -- counts up: the order in which jobs came
  body    TEXT NOT NULL     -- JSON of the job, as the one who works on it writes it
);
CREATE INDEX job_added ON job (added);

-- +goose Down
DROP TABLE job;
