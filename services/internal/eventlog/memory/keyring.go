package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// PersonalKeys lists keys that live.
func (s *Store) PersonalKeys(ctx context.Context, after string, limit int) (found []eventlog.Key, err error) {
	err = s.eachKey(ctx, after, func(id string, wrapped []byte) bool {
		if wrapped != nil && len(found) < limit {
			found = append(found, eventlog.Key{ID: id, Wrapped: bytes.Clone(wrapped)})
		}
		return len(found) < limit
	})
	return found, err
}

// DestroyedKeys lists keys that were destroyed.
func (s *Store) DestroyedKeys(ctx context.Context, after string, limit int) (found []string, err error) {
	err = s.eachKey(ctx, after, func(id string, wrapped []byte) bool {
		if wrapped == nil && len(found) < limit {
			found = append(found, id)
		}
		return len(found) < limit
	})
	return found, err
}

func (s *Store) eachKey(ctx context.Context, after string, more func(id string, wrapped []byte) bool) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.keys)) {
		if id > after && !more(id, s.keys[id]) {
			return nil
		}
	}
	return nil
}

// Rewrap changes what wraps keys.
func (s *Store) Rewrap(ctx context.Context, keys []eventlog.Key) (done int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	for _, k := range keys {
		if s.keys[k.ID] != nil {
			s.keys[k.ID] = bytes.Clone(k.Wrapped)
			done++
		}
	}
	return done, nil
}

// Search looks through the events and all that lies beside them.
func (s *Store) Search(ctx context.Context, needles [][]byte) ([]eventlog.Searched, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	events, beside := eventlog.Searched{Place: "events"}, eventlog.Searched{Place: "beside the events"}
	look := func(in *eventlog.Searched, all ...[]byte) {
		in.Rows++
		for _, b := range all {
			in.Bytes += int64(len(b))
			for _, n := range needles {
				in.Found += int64(bytes.Count(b, n))
			}
		}
	}
	for _, e := range s.events.kept {
		m := e.Meta
		look(&events, e.Data, []byte(e.Stream), []byte(m.Key), []byte(m.CorrelationID), []byte(m.CausationID), []byte(m.Actor))
	}
	for id, wrapped := range s.keys {
		look(&beside, []byte(id), wrapped)
	}
	for _, x := range s.snapshots {
		look(&beside, x.Data)
	}
	for _, r := range s.results {
		look(&beside, []byte(r.Key), []byte(r.BodyHash), r.Data)
	}
	for _, p := range s.parked {
		look(&beside, []byte(p.Source), []byte(p.Key), []byte(p.MessageID), []byte(p.Sender), []byte(p.Reason), p.Data)
	}
	return []eventlog.Searched{events, beside}, nil
}
