package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// attempts bounds how many dead connections of the pool one commit tries, as
// after a restart of the server.
const attempts = 4

// Commit writes the units in one transaction of two round trips: the first
// takes the log and asks what the units need to know, the second writes and
// commits. Once the second is on its way the context no longer stops it, so
// that its outcome is known.
func (s *Store) Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	doing := fmt.Sprintf("commit %d units", len(units))
	if err := s.usable(); err != nil {
		return nil, err
	}
	malformed := make([]error, len(units))
	for i, u := range units {
		malformed[i] = verdict.Check(u)
	}
	questions := verdict.Ask(units, malformed)
	asked, all := questions.Likely(), false
	for attempt := 1; ; attempt++ {
		outcomes, began, err := s.commit(ctx, units, malformed, asked, all)
		if !all && (errors.Is(err, errRefused) || taken(err)) {
			asked, all = questions, true
			continue
		}
		if err == nil || began || attempt == attempts || !broken(err) {
			return outcomes, s.explain(doing, err)
		}
	}
}

// errRefused: without all facts, it is not known why a unit is refused.
var errRefused = errors.New("a unit is refused")

// commit tries once, judging by the answers to the questions; unless all are
// asked, every unit must be written. began: the writing pipeline was sent.
func (s *Store) commit(ctx context.Context, units []eventlog.Unit, malformed []error, q verdict.Questions, all bool) (_ []eventlog.Outcome, began bool, _ error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	defer conn.Release() // ends the connection when a transaction is still open
	facts, err := s.load(ctx, conn, q)
	if err != nil {
		s.rollBack(ctx, conn)
		return nil, false, err
	}
	outcomes, writes := verdict.Judge(facts, units, malformed, s.opts.Now())
	if !all && verdict.Refused(outcomes, malformed) {
		s.rollBack(ctx, conn)
		return nil, false, errRefused
	}
	if writes.Empty() || ctx.Err() != nil {
		s.rollBack(ctx, conn)
		return outcomes, false, ctx.Err()
	}
	batch, err := s.writing(writes)
	if err != nil {
		s.rollBack(ctx, conn)
		return nil, false, err
	}
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opts.StatementTimeout+2*time.Second)
	defer cancel()
	if err := send(sending, conn, batch); err != nil {
		s.rollBack(ctx, conn)
		return nil, true, err
	}
	s.bell.Ring()
	return outcomes, true, nil
}

// rollBack gives the log free at once; if it cannot, the connection is dropped
// on release and the server does it.
func (s *Store) rollBack(ctx context.Context, conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() || conn.Conn().PgConn().TxStatus() == 'I' {
		return
	}
	quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	// A failure needs no answer: Release ends a connection that is not idle.
	_, _ = conn.Exec(quick, "ROLLBACK")
}

// send runs the writing pipeline. An error that the server gave is a refusal:
// nothing was written. Anything else leaves the commit in doubt.
func send(ctx context.Context, conn *pgxpool.Conn, batch *batch) error {
	results := conn.SendBatch(ctx, &batch.Batch)
	var err error
	var tag pgconn.CommandTag
	for range batch.Len() {
		if tag, err = results.Exec(); err != nil {
			break
		}
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	var pgErr *pgconn.PgError
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil:
		return fmt.Errorf("the server answered the commit with %q: nothing was written", tag.String())
	case errors.As(err, &pgErr) && pgErr.Severity != "FATAL" && pgErr.Severity != "PANIC":
		return err
	case errors.As(err, &pgErr) && pgErr.Code == idleCutOff:
		return err
	default:
		return fmt.Errorf("%w: %w", eventlog.ErrUnknown, err)
	}
}

// writing is the second pipeline.
func (s *Store) writing(w *verdict.Writes) (*batch, error) {
	b := s.batch()
	if err := queueEvents(b, w.Events); err != nil {
		return nil, err
	}
	queueBeside(b, w)
	if len(w.Events) > 0 {
		b.queue(`UPDATE @.log_head SET position = $1, public_position = $2 WHERE one`, w.Position, w.PublicPosition)
	}
	b.queue(`COMMIT`)
	return b, nil
}

func queueEvents(b *batch, events []eventlog.Event) error {
	n := len(events)
	if n == 0 {
		return nil
	}
	positions, versions := make([]int64, n), make([]int64, n)
	publics := make([]*int64, n)
	streams, types := make([]string, n), make([]string, n)
	ids := make([][16]byte, n)
	data, meta := make([]string, n), make([]string, n) // text: not to be taken for bytea where the driver is not told the type
	for i := range events {
		e := &events[i]
		encoded, err := verdict.EncodeMeta(e.Meta)
		if err != nil {
			return err
		}
		positions[i], versions[i], streams[i], types[i] = e.Position, e.Version, e.Stream, e.Type
		ids[i], data[i], meta[i] = e.ID, string(e.Data), string(encoded)
		if e.PublicPosition > 0 {
			publics[i] = &e.PublicPosition
		}
	}
	b.queue(`INSERT INTO @.events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
		SELECT u.*, $9::timestamptz
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::json[], $8::json[]) AS u`,
		positions, publics, streams, versions, ids, types, data, meta, events[0].RecordedAt)
	return nil
}

func queueBeside(b *batch, w *verdict.Writes) {
	if len(w.Inbox) > 0 {
		var consumers, messages []string
		var positions []int64
		for _, r := range w.Inbox {
			consumers, messages, positions = append(consumers, r.Consumer), append(messages, r.MessageID), append(positions, r.Position)
		}
		b.queue(`INSERT INTO @.inbox (consumer, message_id, position) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])`,
			consumers, messages, positions)
	}
	if len(w.Checkpoints) > 0 {
		var consumers, sources []string
		var epochs, positions []int64
		for lane, to := range w.Checkpoints {
			consumers, sources = append(consumers, lane.Consumer), append(sources, lane.Source)
			epochs, positions = append(epochs, to.Epoch), append(positions, to.Position)
		}
		b.queue(`INSERT INTO @.checkpoints (consumer, source, epoch, position)
			SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
			ON CONFLICT (consumer, source) DO UPDATE SET epoch = excluded.epoch, position = excluded.position`,
			consumers, sources, epochs, positions)
	}
	for _, p := range w.Parked { // rare, so one statement each will do
		b.queue(`INSERT INTO @.parked (id, consumer, source, position, key, type, message_id, sender, reason, hash, data, parked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			p.ID, p.Consumer, p.Source, p.Position, p.Key, p.Type, p.MessageID, p.Sender, p.Reason, p.Hash, p.Data, p.ParkedAt)
	}
	for _, t := range w.Settled {
		b.queue(`UPDATE @.parked SET replayed_at = $2, settled_at = $3 WHERE id = $1`, t.ID, w.At, t.Position)
	}
	if len(w.Keys) > 0 {
		ids, wrapped := make([]string, len(w.Keys)), make([][]byte, len(w.Keys))
		for i, k := range w.Keys {
			ids[i], wrapped[i] = k.ID, k.Wrapped
		}
		b.queue(`INSERT INTO @.personal_keys (id, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[])`, ids, wrapped)
	}
	if len(w.Forgotten) > 0 {
		b.queue(`INSERT INTO @.personal_keys (id, destroyed_at) SELECT id, $2 FROM unnest($1::text[]) AS id
			ON CONFLICT (id) DO UPDATE SET wrapped = NULL, destroyed_at = excluded.destroyed_at`, w.Forgotten, w.At)
	}
	if len(w.Results) > 0 {
		n := len(w.Results)
		keys, hashes, positions, data, at := make([]string, n), make([]string, n), make([]int64, n), make([][]byte, n), make([]time.Time, n)
		for i, r := range w.Results {
			keys[i], hashes[i], positions[i], data[i], at[i] = r.Key, r.BodyHash, r.Position, r.Data, r.At
		}
		b.queue(`INSERT INTO @.results (key, body_hash, position, data, at)
			SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[])`, keys, hashes, positions, data, at)
	}
}
