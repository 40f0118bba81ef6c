-- What had come when, by a clock that was believed: so far the journal, the trail and quarantine
-- had grown. Purging asks this and no message's own time, which a wrong clock may have given it.
CREATE TABLE calendar (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL,
  journal_id    INTEGER NOT NULL,
  trail_id      INTEGER NOT NULL,
  quarantine_id INTEGER NOT NULL
) STRICT;

