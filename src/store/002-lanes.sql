-- What is urgent goes first when there is a backlog.
ALTER TABLE journal ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;

-- `urgent`: it is, or one that waits behind it is. `reason` in our words, `said` and `issues` in
-- the destination's. `cause` and `basis`: which part of the configuration held it, and that part's
-- digest. `replayed` by a person; `forced`: it may overwrite what is newer.
ALTER TABLE delivery ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN said TEXT;
ALTER TABLE delivery ADD COLUMN issues TEXT;
ALTER TABLE delivery ADD COLUMN cause TEXT;
ALTER TABLE delivery ADD COLUMN basis TEXT;
ALTER TABLE delivery ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN forced INTEGER NOT NULL DEFAULT 0;

DROP INDEX delivery_first;
CREATE INDEX delivery_first ON delivery (destination, urgent DESC, id)
  WHERE state = 'pending' AND ahead = 0;

-- The holding tank in the order of arrival, and by reason.
CREATE INDEX delivery_held ON delivery (id) WHERE state = 'held';
CREATE INDEX delivery_reason ON delivery (destination, reason, settled_at) WHERE state = 'held';

CREATE INDEX delivery_of_message ON delivery (message_id);

-- A delivery that leaves its lanes from the middle joins those on either side of it.
CREATE INDEX lane_then ON lane (then_id);

-- The last message of each subject that a destination was given: what was replayed and is older
-- must not overwrite it.
CREATE TABLE latest (
  destination TEXT NOT NULL,
  subject     BLOB NOT NULL,
  message_id  INTEGER NOT NULL,
  PRIMARY KEY (destination, subject)
) STRICT, WITHOUT ROWID;

-- `blocks`: what is held keeps its place in its lanes. `paused_…`: by a person, until one ends it.
CREATE TABLE destination (
  name          TEXT PRIMARY KEY,
  blocks        INTEGER NOT NULL DEFAULT 0,
  paused_at     INTEGER,
  paused_by     TEXT,
  paused_reason TEXT
) STRICT, WITHOUT ROWID;
