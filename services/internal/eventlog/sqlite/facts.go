package sqlite

import (
	"database/sql"
	"errors"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// found scans at most one row and says whether there was one.
func found(row *sql.Row, into ...any) (bool, error) {
	err := row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// load answers the questions inside the writer's transaction.
func (s *Store) load(q verdict.Questions) (*verdict.Facts, error) {
	f := verdict.NewFacts()
	if err := s.write.head.QueryRow().Scan(&f.Position, &f.PublicPosition); err != nil {
		return nil, err
	}
	for _, stream := range q.Streams {
		var version int64
		if err := s.write.version.QueryRow(stream).Scan(&version); err != nil {
			return nil, err
		}
		f.Streams[stream] = version
	}
	for _, id := range q.EventIDs {
		rows, err := s.write.knownEvent.Query(id[:])
		if err != nil {
			return nil, err
		}
		known, err := scanEvents(rows)
		if err != nil {
			return nil, err
		}
		for _, e := range known {
			f.Events[e.ID] = e
		}
	}
	for _, k := range q.Inbox {
		var position int64
		if ok, err := found(s.write.inbox.QueryRow(k.Consumer, k.MessageID), &position); err != nil {
			return nil, err
		} else if ok {
			f.Inbox[k] = position
		}
	}
	return f, s.loadBeside(f, q)
}

func (s *Store) loadBeside(f *verdict.Facts, q verdict.Questions) error {
	for _, key := range q.Results {
		var position int64
		if ok, err := found(s.write.result.QueryRow(key), &position); err != nil {
			return err
		} else if ok {
			f.Results[key] = position
		}
	}
	for _, id := range q.Parked {
		var p verdict.ParkedFact
		if ok, err := found(s.write.parked.QueryRow(id[:]), &p.Settled, &p.Position); err != nil {
			return err
		} else if ok {
			f.Parked[id] = p
		}
	}
	for _, lane := range q.Lanes {
		var at eventlog.Checkpoint
		if ok, err := found(s.write.checkpoint.QueryRow(lane.Consumer, lane.Source), &at.Epoch, &at.Position); err != nil {
			return err
		} else if ok {
			f.Checkpoints[lane] = at
		}
	}
	for _, id := range q.Keys {
		var sp span
		ok, err := found(s.write.key.QueryRow(id), &sp.start, &sp.length)
		if err != nil {
			return err
		}
		if ok {
			wrapped, err := s.readKey(sp)
			if err != nil {
				return err
			}
			f.Keys[id] = verdict.KeyFact{Destroyed: wrapped == nil, Wrapped: wrapped}
		}
	}
	return nil
}
