package memory

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// Commit judges each unit on the state its predecessors left, and applies it.
func (s *Store) Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	outcomes := make([]eventlog.Outcome, len(units))
	now := verdict.Instant(s.now())
	written := false
	for i, u := range units {
		out, accepted := s.judge(u, outcomes[:i])
		if accepted {
			out = s.apply(u, now)
			written = written || !u.Empty()
		}
		outcomes[i] = out
	}
	if written {
		s.bell.Ring()
	}
	return outcomes, nil
}

func (s *Store) judge(u eventlog.Unit, before []eventlog.Outcome) (out eventlog.Outcome, accepted bool) {
	refuse := func(err error) (eventlog.Outcome, bool) { return eventlog.Outcome{Err: err}, false }
	duplicate := func(position int64) (eventlog.Outcome, bool) {
		return eventlog.Outcome{Duplicate: true, Position: position}, false
	}
	if err := verdict.Check(u); err != nil {
		return refuse(err)
	}
	n := 0
	for _, a := range u.Appends {
		for _, e := range a.Events {
			if p, known := s.byID[e.ID]; known {
				if n > 0 && !out.Duplicate {
					return refuse(verdict.AlienEvent(e.ID, p))
				}
				out.Duplicate, out.Position = true, max(out.Position, p)
				out.Events = append(out.Events, *s.events.at(p))
			}
			n++
		}
	}
	if out.Duplicate {
		return out, false
	}
	for _, k := range u.Inbox {
		if p, known := s.inbox[k]; known {
			return duplicate(p)
		}
	}
	for _, r := range u.Results {
		if have, known := s.results[r.Key]; known {
			return duplicate(have.Position)
		}
	}
	for _, id := range u.Unpark {
		if p := s.parkedByID[id]; p != nil && !p.ReplayedAt.IsZero() {
			return duplicate(p.settledAt)
		}
	}
	if out, refused := verdict.Unfounded(u, before); refused {
		return out, false
	}
	return s.refusal(u)
}

func (s *Store) refusal(u eventlog.Unit) (out eventlog.Outcome, accepted bool) {
unpark:
	for _, id := range u.Unpark {
		for _, p := range u.Park {
			if p.ID == id {
				continue unpark
			}
		}
		if s.parkedByID[id] == nil {
			out.Err = fmt.Errorf("unpark %s: no such parked record: %w", id, eventlog.ErrNotFound)
			return out, false
		}
	}
	if a := u.Advance; a != nil {
		at, known := s.checkpoints[verdict.Lane{Consumer: a.Consumer, Source: a.Source}]
		if out.Err = verdict.OutOfOrder(*a, at, known); out.Err != nil {
			out.Checkpoint = at
			return out, false
		}
	}
	for _, a := range u.Appends {
		v := int64(0)
		if all, known := s.streams[a.Stream]; known {
			v = all.end()
		}
		if v != a.Expected {
			out.Err = verdict.Conflict(a, v)
			return out, false
		}
	}
	for _, k := range u.Keys {
		have, known := s.keys[k.ID]
		switch {
		case known && have == nil:
			out.Err = fmt.Errorf("key %q: %w", k.ID, eventlog.ErrKeyDestroyed)
			return out, false
		case known && !bytes.Equal(have, k.Wrapped):
			out.Err = verdict.OtherKey(k.ID)
			return out, false
		}
	}
	return out, true
}

func (s *Store) apply(u eventlog.Unit, now time.Time) (out eventlog.Outcome) {
	n := 0
	for _, a := range u.Appends {
		n += len(a.Events)
	}
	if n > 0 {
		out.Events = make([]eventlog.Event, 0, n)
	}
	for _, a := range u.Appends {
		if len(a.Events) == 0 {
			continue
		}
		stream := s.streams[a.Stream]
		if stream == nil {
			stream = &list{}
			s.streams[a.Stream] = stream
		}
		for _, e := range a.Events {
			e.Data = bytes.Clone(e.Data)
			public := int64(0)
			if e.Public {
				public = s.public.end() + 1
			}
			stored := verdict.Stored(e, a.Stream, stream.end()+1, s.events.end()+1, public, now)
			s.events.add(&stored)
			stream.add(&stored)
			if e.Public {
				s.public.add(&stored)
			}
			s.byID[e.ID] = stored.Position
			out.Events = append(out.Events, stored)
			if s.told != nil {
				s.told(stored)
			}
		}
	}
	out.Position = s.events.end()
	for _, k := range u.Inbox {
		s.inbox[k] = out.Position
	}
	if a := u.Advance; a != nil {
		s.checkpoints[verdict.Lane{Consumer: a.Consumer, Source: a.Source}] = eventlog.Checkpoint{Epoch: a.Epoch, Position: a.Position}
	}
	s.applyBeside(u, out.Position, now)
	return out
}

func (s *Store) applyBeside(u eventlog.Unit, position int64, now time.Time) {
	for _, p := range u.Park {
		if s.parkedByID[p.ID] != nil {
			continue
		}
		record := &parkedRecord{Parked: verdict.Clean(p, now)}
		record.Data = bytes.Clone(p.Data)
		s.parked = append(s.parked, record)
		s.parkedByID[p.ID] = record
	}
	for _, id := range u.Unpark {
		if p := s.parkedByID[id]; p.ReplayedAt.IsZero() {
			p.ReplayedAt, p.settledAt = now, position
		}
	}
	for _, k := range u.Keys {
		if _, known := s.keys[k.ID]; !known {
			s.keys[k.ID] = bytes.Clone(k.Wrapped)
		}
	}
	for _, id := range u.Forget {
		s.keys[id] = nil
	}
	for _, r := range u.Results {
		if _, known := s.results[r.Key]; !known {
			r.Data = bytes.Clone(r.Data)
			s.results[r.Key] = verdict.Answer(r, position, now)
		}
	}
}
