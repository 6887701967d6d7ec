-- +goose Up
-- A card asks when the archives last answered for its patient, and what was
-- decided over its order; both lists grow for years.
CREATE INDEX asked_patient ON asked (patient_id);
CREATE INDEX journal_decision ON journal (json_extract(body, '$.AccessionNumber')) WHERE kind = 'decision';

-- +goose Down
DROP INDEX journal_decision; DROP INDEX asked_patient;
