-- What the box is: its epoch, its mark, the configuration it runs under.
CREATE TABLE box (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The messages in the order they came. The ack waits for one row here and for nothing else, so
-- it has no index but its key. AUTOINCREMENT: an id is never used twice, also after a purge.
-- `reused`: another message came under this control id before.
CREATE TABLE journal (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  source      TEXT NOT NULL,
  peer        TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  type        TEXT NOT NULL,
  reused      INTEGER NOT NULL,
  control     BLOB NOT NULL,
  digest      BLOB NOT NULL,
  subjects    BLOB NOT NULL,
  bytes       BLOB NOT NULL
) STRICT;

-- What can't be taken for a message, kept for the person who has to find out why.
CREATE TABLE quarantine (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  source      TEXT NOT NULL,
  peer        TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  size        INTEGER NOT NULL,
  bytes       BLOB NOT NULL
) STRICT;

-- The duplicate check, in runs of messages that followed one another: of each the key of its
-- control id and that of its bytes. It outlives the messages, and is written at its end only.
CREATE TABLE seen (
  first_id INTEGER PRIMARY KEY,
  last_at  INTEGER NOT NULL,
  keys     BLOB NOT NULL
) STRICT;

CREATE TABLE source_tally (
  source   TEXT PRIMARY KEY,
  stored   INTEGER NOT NULL,
  unrouted INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `ahead`: how many unsettled deliveries go right before it in its lanes. The states are compared
-- one by one: IN builds a table of them for each row, which cost following a third of its time.
CREATE TABLE delivery (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id  INTEGER NOT NULL,
  destination TEXT NOT NULL,
  subjects    BLOB NOT NULL,
  state       TEXT NOT NULL DEFAULT 'pending'
              CHECK (state = 'pending' OR state = 'delivered' OR state = 'held' OR
                     state = 'discarded'),
  ahead       INTEGER NOT NULL CHECK (ahead >= 0),
  attempts    INTEGER NOT NULL DEFAULT 0,
  due_at      INTEGER NOT NULL DEFAULT 0,
  reason      TEXT,
  receipt     TEXT,
  settled_at  INTEGER
) STRICT;

CREATE INDEX delivery_first ON delivery (destination, id) WHERE state = 'pending' AND ahead = 0;
CREATE INDEX delivery_waiting ON delivery (destination, due_at)
  WHERE state = 'pending' AND ahead = 0 AND due_at > 0;

-- Of the unsettled deliveries of a lane, which goes right before which.
CREATE TABLE lane (
  first_id INTEGER NOT NULL,
  then_id  INTEGER NOT NULL,
  PRIMARY KEY (first_id, then_id)
) STRICT, WITHOUT ROWID;

-- How many deliveries are in each state, so that status costs the same at any backlog. Following
-- counts what it adds, once a batch; what moves on is counted here.
CREATE TABLE delivery_tally (
  destination TEXT NOT NULL,
  state       TEXT NOT NULL,
  deliveries  INTEGER NOT NULL,
  PRIMARY KEY (destination, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER delivery_moved AFTER UPDATE OF state ON delivery WHEN old.state <> new.state BEGIN
  UPDATE delivery_tally SET deliveries = deliveries - 1
    WHERE destination = old.destination AND state = old.state;
  INSERT INTO delivery_tally VALUES (new.destination, new.state, 1)
    ON CONFLICT DO UPDATE SET deliveries = deliveries + 1;
END;

-- The second truth beside the journal: what each destination was told of each resource.
CREATE TABLE known (
  destination TEXT NOT NULL,
  resource    TEXT NOT NULL,
  part        TEXT NOT NULL,
  value       TEXT,
  message_id  INTEGER NOT NULL,
  PRIMARY KEY (destination, resource, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE trail (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  event      TEXT NOT NULL,
  detail     TEXT NOT NULL
) STRICT;

CREATE INDEX trail_of_message ON trail (message_id);
