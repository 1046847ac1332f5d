-- One service's log. @schema@ is the Postgres schema that holds it.

-- The row that every writer locks: it gives out positions in commit order.
CREATE TABLE @schema@.log_head (
  one             boolean PRIMARY KEY DEFAULT true CHECK (one),
  position        bigint NOT NULL DEFAULT 0,
  public_position bigint NOT NULL DEFAULT 0 CHECK (public_position <= position)
) WITH (fillfactor = 50);
INSERT INTO @schema@.log_head DEFAULT VALUES;

CREATE TABLE @schema@.epochs (
  epoch    bigint PRIMARY KEY CHECK (epoch > 0),
  fork     bigint NOT NULL CHECK (fork >= 0), -- public position shared with the epoch before
  began_at timestamptz NOT NULL
);
INSERT INTO @schema@.epochs VALUES (1, 0, clock_timestamp());

-- json, not jsonb: the bytes that were said stay the bytes.
CREATE TABLE @schema@.events (
  position        bigint PRIMARY KEY CHECK (position > 0),
  public_position bigint CHECK (public_position > 0),
  stream          text COLLATE "C" NOT NULL,
  version         bigint NOT NULL CHECK (version > 0),
  event_id        uuid NOT NULL UNIQUE,
  type            text COLLATE "C" NOT NULL,
  data            json NOT NULL,
  meta            json NOT NULL,
  recorded_at     timestamptz NOT NULL,
  UNIQUE (stream, version)
);
CREATE UNIQUE INDEX events_public ON @schema@.events (public_position) WHERE public_position IS NOT NULL;

CREATE FUNCTION @schema@.events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only: % is refused', TG_OP;
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @schema@.events
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.events_append_only();

CREATE FUNCTION @schema@.events_dense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lo bigint; hi bigint; n bigint; plo bigint; phi bigint; pn bigint;
BEGIN
  SELECT min(position), max(position), count(*), min(public_position), max(public_position), count(public_position)
    INTO lo, hi, n, plo, phi, pn FROM added;
  IF n > 0 AND (hi - lo + 1 <> n OR lo > 1 AND NOT EXISTS (SELECT FROM @schema@.events WHERE position = lo - 1)) THEN
    RAISE EXCEPTION 'events are dense: positions % to % leave a hole', lo, hi;
  END IF;
  IF pn > 0 AND (phi - plo + 1 <> pn OR plo > 1 AND NOT EXISTS (SELECT FROM @schema@.events WHERE public_position = plo - 1)) THEN
    RAISE EXCEPTION 'events are dense: public positions % to % leave a hole', plo, phi;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER events_dense AFTER INSERT ON @schema@.events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.events_dense();

CREATE TABLE @schema@.inbox (
  consumer   text COLLATE "C",
  message_id text COLLATE "C",
  position   bigint NOT NULL,
  PRIMARY KEY (consumer, message_id)
);

CREATE TABLE @schema@.checkpoints (
  consumer text COLLATE "C",
  source   text COLLATE "C",
  epoch    bigint NOT NULL CHECK (epoch > 0),
  position bigint NOT NULL CHECK (position >= 0),
  PRIMARY KEY (consumer, source)
) WITH (fillfactor = 50);

CREATE TABLE @schema@.parked (
  seq         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  id          uuid PRIMARY KEY,
  consumer    text NOT NULL,
  source      text NOT NULL,
  position    bigint NOT NULL,
  key         text NOT NULL,
  type        text NOT NULL,
  message_id  text NOT NULL,
  sender      text NOT NULL,
  reason      text NOT NULL,
  hash        text NOT NULL,
  data        bytea,
  parked_at   timestamptz NOT NULL,
  replayed_at timestamptz,
  settled_at  bigint -- log position at which it was replayed or discarded
);
CREATE INDEX parked_waiting ON @schema@.parked (seq) WHERE replayed_at IS NULL;

-- Personal-data keys; a destroyed one stays as a row without bytes. Old row
-- versions are vacuumed away at once, not after the usual share of the table.
CREATE TABLE @schema@.personal_keys (
  id           text COLLATE "C" PRIMARY KEY,
  wrapped      bytea,
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE @schema@.results (
  key       text COLLATE "C" PRIMARY KEY,
  body_hash text NOT NULL,
  position  bigint NOT NULL,
  data      bytea,
  at        timestamptz NOT NULL
);

CREATE TABLE @schema@.snapshots (
  name     text COLLATE "C",
  schema   bigint,
  epoch    bigint NOT NULL,
  position bigint NOT NULL,
  data     bytea NOT NULL,
  PRIMARY KEY (name, schema)
);
