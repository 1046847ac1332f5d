-- compatible: 3
-- What is old lies apart, so that the table that is written to stays small. The
-- archive is always the log's beginning: positions 1 to its end, the rest is in
-- events.
CREATE TABLE @schema@.archive (
  position        bigint PRIMARY KEY,
  public_position bigint,
  stream          text COLLATE "C" NOT NULL,
  version         bigint NOT NULL,
  event_id        uuid NOT NULL UNIQUE,
  type            text COLLATE "C" NOT NULL,
  data            json NOT NULL,
  meta            json NOT NULL,
  recorded_at     timestamptz NOT NULL,
  UNIQUE (stream, version)
);
CREATE UNIQUE INDEX archive_public ON @schema@.archive (public_position) WHERE public_position IS NOT NULL;
CREATE TRIGGER archive_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @schema@.archive
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.events_append_only();

-- An event that enters the archive leaves events in the same statement, and only
-- the one that stood there can enter, in its turn.
CREATE FUNCTION @schema@.archive_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lo bigint; hi bigint; n bigint; moved bigint;
BEGIN
  SELECT min(position), max(position), count(*) INTO lo, hi, n FROM added;
  IF n = 0 THEN
    RETURN NULL;
  END IF;
  IF hi - lo + 1 <> n OR lo > 1 AND NOT EXISTS (SELECT FROM @schema@.archive WHERE position = lo - 1) THEN
    RAISE EXCEPTION 'the archive is the beginning of the log: positions % to % leave a hole', lo, hi;
  END IF;
  DELETE FROM @schema@.events e USING added a
    WHERE e.position = a.position AND e.public_position IS NOT DISTINCT FROM a.public_position
      AND e.stream = a.stream AND e.version = a.version AND e.event_id = a.event_id AND e.type = a.type
      AND e.data::text = a.data::text AND e.meta::text = a.meta::text AND e.recorded_at = a.recorded_at;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> n THEN
    RAISE EXCEPTION 'the archive takes events as they stand in the log: of positions % to % only % do', lo, hi, moved;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER archive_moves AFTER INSERT ON @schema@.archive REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.archive_moves();

CREATE FUNCTION @schema@.events_only_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM gone g WHERE NOT EXISTS (SELECT FROM @schema@.archive a WHERE a.position = g.position AND a.event_id = g.event_id)) THEN
    RAISE EXCEPTION 'events are append-only: DELETE is refused';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER events_append_only ON @schema@.events;
CREATE TRIGGER events_append_only BEFORE UPDATE OR TRUNCATE ON @schema@.events
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.events_append_only();
CREATE TRIGGER events_only_move AFTER DELETE ON @schema@.events REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION @schema@.events_only_move();

-- As before; what stands before the new events may be in the archive, they may not.
CREATE OR REPLACE FUNCTION @schema@.events_dense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lo bigint; hi bigint; n bigint; plo bigint; phi bigint; pn bigint;
BEGIN
  SELECT min(position), max(position), count(*), min(public_position), max(public_position), count(public_position)
    INTO lo, hi, n, plo, phi, pn FROM added;
  IF n > 0 AND (hi - lo + 1 <> n OR lo > 1 AND NOT EXISTS (SELECT FROM @schema@.events WHERE position = lo - 1)
      AND NOT EXISTS (SELECT FROM @schema@.archive WHERE position = lo - 1) OR EXISTS (SELECT FROM @schema@.archive WHERE position = lo)) THEN
    RAISE EXCEPTION 'events are dense: positions % to % leave a hole or stand in the archive', lo, hi;
  END IF;
  IF pn > 0 AND (phi - plo + 1 <> pn OR plo > 1 AND NOT EXISTS (SELECT FROM @schema@.events WHERE public_position = plo - 1)
      AND NOT EXISTS (SELECT FROM @schema@.archive WHERE public_position = plo - 1) OR EXISTS (SELECT FROM @schema@.archive WHERE public_position = plo)) THEN
    RAISE EXCEPTION 'events are dense: public positions % to % leave a hole or stand in the archive', plo, phi;
  END IF;
  RETURN NULL;
END $$;

-- Room that moved rows leave is used again soon, not after a fifth of the table.
ALTER TABLE @schema@.events SET (autovacuum_vacuum_scale_factor = 0.02);

-- Where the log was written last: the cluster of Postgres and its timeline. Where
-- that is another one, the log was restored, or a standby took over; see
-- docs/backup.md.
ALTER TABLE @schema@.log_head ADD COLUMN cluster text, ADD COLUMN timeline text;
-- The oldest program, by the version that it knows, that may go on with these tables.
ALTER TABLE @schema@.log_schema ADD COLUMN compatible bigint;
