-- +goose Up
-- An order as each source knows it; orders holds what they say together.
CREATE TABLE order_record (
  source TEXT NOT NULL, -- empty: this workstation
  id     TEXT NOT NULL, -- of the order there
  number TEXT NOT NULL REFERENCES orders (accession_number) ON DELETE CASCADE,
  body   TEXT NOT NULL, -- JSON of orders.Record
  PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX order_record_number ON order_record (number);

-- The numbers by which another source's record of an order is found.
CREATE TABLE order_number (
  value  TEXT NOT NULL,
  number TEXT NOT NULL REFERENCES orders (accession_number) ON DELETE CASCADE,
  PRIMARY KEY (value, number)
) WITHOUT ROWID;
CREATE INDEX order_number_of ON order_number (number);
CREATE INDEX orders_scheduled ON orders (scheduled);

INSERT INTO order_record
  SELECT '', accession_number, accession_number, json_object('Kind', 'typed', 'ID', accession_number, 'Order', json(body)) FROM orders;
INSERT INTO order_number SELECT accession_number, accession_number FROM orders;

-- +goose Down
DROP TABLE order_number; DROP TABLE order_record; DROP INDEX orders_scheduled;
