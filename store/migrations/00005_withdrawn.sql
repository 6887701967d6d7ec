-- +goose Up
-- Instances that a rejection note (IHE RAD IOCM) takes back: they stay on the
-- disk and are not shown.
CREATE TABLE withdrawn (
  sop_instance_uid TEXT PRIMARY KEY,
  reason           TEXT NOT NULL
) WITHOUT ROWID;
ALTER TABLE study ADD COLUMN withdrawn TEXT NOT NULL DEFAULT ''; -- why nothing of it counts: 'rejected' or 'deleted'

-- +goose Down
ALTER TABLE study DROP COLUMN withdrawn;
DROP TABLE withdrawn;
