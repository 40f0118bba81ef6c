-- The codes that no code map has, each with the last message it was met in. `deliveries`: how often
-- it went out so, or was held for it.
CREATE TABLE unmapped_code (
  source     TEXT NOT NULL,
  field      TEXT NOT NULL,
  system     TEXT NOT NULL,
  code       TEXT NOT NULL,
  code_map   TEXT NOT NULL,
  display    TEXT NOT NULL,
  deliveries INTEGER NOT NULL,
  first_at   INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (source, field, system, code)
) STRICT, WITHOUT ROWID;
