-- One service's log. Version 1 (PRAGMA user_version).

CREATE TABLE epochs (
  epoch    INTEGER PRIMARY KEY CHECK (epoch > 0),
  fork     INTEGER NOT NULL CHECK (fork >= 0), -- public position shared with the epoch before
  began_at INTEGER NOT NULL                    -- all times: microseconds since 1970, UTC
) STRICT;

CREATE TABLE events (
  position        INTEGER PRIMARY KEY,
  public_position INTEGER,
  stream          TEXT NOT NULL,
  version         INTEGER NOT NULL,
  event_id        BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
  type            TEXT NOT NULL,
  data            BLOB NOT NULL,
  meta            BLOB NOT NULL,
  recorded_at     INTEGER NOT NULL,
  UNIQUE (stream, version)
) STRICT;
CREATE UNIQUE INDEX events_public ON events (public_position) WHERE public_position IS NOT NULL;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only: UPDATE is refused'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only: DELETE is refused'); END;

-- INSERT OR REPLACE deletes what is in its way without asking the trigger
-- above, so nothing may be in the way.
CREATE TRIGGER events_dense BEFORE INSERT ON events
BEGIN
  SELECT RAISE(ABORT, 'events are dense: position is not the next one')
   WHERE NEW.position IS NOT 1 + coalesce((SELECT max(position) FROM events), 0);
  SELECT RAISE(ABORT, 'events are dense: public position is not the next one')
   WHERE NEW.public_position IS NOT NULL
     AND NEW.public_position IS NOT 1 + coalesce((SELECT max(public_position) FROM events WHERE public_position IS NOT NULL), 0);
  SELECT RAISE(ABORT, 'events are dense: version is not the next one of the stream')
   WHERE NEW.version IS NOT 1 + coalesce((SELECT max(version) FROM events WHERE stream = NEW.stream), 0);
  SELECT RAISE(ABORT, 'events are append-only: event id is taken')
   WHERE EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id);
END;

CREATE TABLE inbox (
  consumer   TEXT NOT NULL,
  message_id TEXT NOT NULL,
  position   INTEGER NOT NULL,
  PRIMARY KEY (consumer, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  consumer TEXT NOT NULL,
  source   TEXT NOT NULL,
  epoch    INTEGER NOT NULL CHECK (epoch > 0),
  position INTEGER NOT NULL CHECK (position >= 0),
  PRIMARY KEY (consumer, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE parked (
  seq         INTEGER PRIMARY KEY,
  id          BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  consumer    TEXT NOT NULL,
  source      TEXT NOT NULL,
  position    INTEGER NOT NULL,
  key         TEXT NOT NULL,
  type        TEXT NOT NULL,
  message_id  TEXT NOT NULL,
  sender      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  hash        TEXT NOT NULL,
  data        BLOB,
  parked_at   INTEGER NOT NULL,
  replayed_at INTEGER,
  settled_at  INTEGER -- log position at which it was replayed or discarded
) STRICT;
CREATE INDEX parked_waiting ON parked (seq) WHERE replayed_at IS NULL;

-- Where the bytes of a personal-data key lie in the key file; a destroyed key
-- stays as a row without a place.
CREATE TABLE personal_keys (
  id           TEXT PRIMARY KEY,
  start        INTEGER,
  length       INTEGER,
  destroyed_at INTEGER,
  CHECK ((start IS NULL) = (destroyed_at IS NOT NULL) AND (length IS NULL) = (start IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX personal_keys_place ON personal_keys (start, length) WHERE start IS NOT NULL;

-- Bytes of destroyed keys that are still to be overwritten in the key file.
CREATE TABLE shred (
  start  INTEGER PRIMARY KEY,
  length INTEGER NOT NULL
) STRICT;

CREATE TABLE results (
  key       TEXT PRIMARY KEY,
  body_hash TEXT NOT NULL,
  position  INTEGER NOT NULL,
  data      BLOB,
  at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  name     TEXT NOT NULL,
  schema   INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  data     BLOB NOT NULL,
  PRIMARY KEY (name, schema)
) STRICT;
