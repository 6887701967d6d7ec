-- +goose Up
-- What has to leave is looked for all the time among what never leaves.
DROP INDEX journal_unsent;
CREATE INDEX journal_unsent ON journal (kind, made) WHERE sent = 0;
CREATE INDEX journal_unsent_study ON journal (study_instance_uid) WHERE sent = 0;

-- +goose Down
DROP INDEX journal_unsent_study; DROP INDEX journal_unsent;
CREATE INDEX journal_unsent ON journal (made) WHERE sent = 0;
