// Package verdict judges the units of one group commit. It is the part of the
// log that is the same for every database: a store loads the Facts that the
// units ask about, Judge decides unit by unit, and the store writes what Judge
// says, all inside one transaction that no other writer shares.
//
// A unit is answered by the first of these that holds:
//
//  1. it is malformed (Check);
//  2. its first event id is stored: a duplicate (a blind retry);
//  3. one of its inbox keys, idempotency keys or settled parked records is
//     stored: a duplicate;
//  4. a unit of the same commit that it was decided upon is not written by it:
//     ErrConflict;
//  5. its checkpoint does not stand at the position before: ErrOutOfOrder;
//  6. a stream is not at the expected version: ErrConflict;
//  7. a personal-data key was destroyed: ErrKeyDestroyed;
//  8. it is written.
package verdict

import (
	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Lane names a checkpoint.
type Lane struct{ Consumer, Source string }

// ParkedFact is what is stored about a parked record.
type ParkedFact struct {
	Settled  bool
	Position int64 // the log's position when it was settled
}

// KeyFact is what is stored about a personal-data key.
type KeyFact struct {
	Destroyed bool
	Wrapped   []byte
}

// Facts is what a log holds of the things its units name. What is not stored
// is absent from the maps. Judge changes them as it goes, so that later units
// see earlier ones.
type Facts struct {
	Position, PublicPosition int64
	Streams                  map[string]int64 // newest version
	Events                   map[uuid.UUID]eventlog.Event
	Inbox                    map[eventlog.InboxKey]int64
	Results                  map[string]int64
	Parked                   map[uuid.UUID]ParkedFact
	Checkpoints              map[Lane]eventlog.Checkpoint
	Keys                     map[string]KeyFact
}

// NewFacts returns facts about an empty log.
func NewFacts() *Facts {
	return &Facts{
		Streams: map[string]int64{}, Events: map[uuid.UUID]eventlog.Event{}, Inbox: map[eventlog.InboxKey]int64{},
		Results: map[string]int64{}, Parked: map[uuid.UUID]ParkedFact{}, Checkpoints: map[Lane]eventlog.Checkpoint{},
		Keys: map[string]KeyFact{},
	}
}

// Questions lists, each once, the things that units ask about.
type Questions struct {
	Streams  []string
	EventIDs []uuid.UUID
	Inbox    []eventlog.InboxKey
	Results  []string
	Parked   []uuid.UUID
	Lanes    []Lane
	Keys     []string
}

// Ask collects the questions of all units that are well-formed.
func Ask(units []eventlog.Unit, malformed []error) Questions {
	var q Questions
	streams, events, inbox := set[string]{}, set[uuid.UUID]{}, set[eventlog.InboxKey]{}
	results, parked, lanes, keys := set[string]{}, set[uuid.UUID]{}, set[Lane]{}, set[string]{}
	for i, u := range units {
		if malformed[i] != nil {
			continue
		}
		for _, a := range u.Appends {
			streams.add(&q.Streams, a.Stream)
			for _, e := range a.Events {
				events.add(&q.EventIDs, e.ID)
			}
		}
		for _, k := range u.Inbox {
			inbox.add(&q.Inbox, k)
		}
		for _, r := range u.Results {
			results.add(&q.Results, r.Key)
		}
		for _, p := range u.Park {
			parked.add(&q.Parked, p.ID)
		}
		for _, id := range u.Unpark {
			parked.add(&q.Parked, id)
		}
		if a := u.Advance; a != nil {
			lanes.add(&q.Lanes, Lane{a.Consumer, a.Source})
		}
		for _, k := range u.Keys {
			keys.add(&q.Keys, k.ID)
		}
		for _, id := range u.Forget {
			keys.add(&q.Keys, id)
		}
	}
	return q
}

// Likely leaves out what is hardly ever stored already and what the tables do
// not take twice: to ask for each costs nearly as much as to write it. What is
// judged by the answers holds only if nothing is Refused and the tables take all
// of it; else all must be asked.
func (q Questions) Likely() Questions {
	q.EventIDs, q.Inbox, q.Results = nil, nil, nil
	return q
}

// Refused reports whether a unit that is well-formed is not written.
func Refused(outcomes []eventlog.Outcome, malformed []error) bool {
	for i, o := range outcomes {
		if malformed[i] == nil && (o.Err != nil || o.Duplicate) {
			return true
		}
	}
	return false
}

type set[K comparable] map[K]struct{}

func (s set[K]) add(list *[]K, k K) {
	if _, known := s[k]; !known {
		s[k] = struct{}{}
		*list = append(*list, k)
	}
}
