package verdict

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// InboxRow is an inbox key with the log position that answered it.
type InboxRow struct {
	eventlog.InboxKey
	Position int64
}

// Settlement ends a parked record's wait.
type Settlement struct {
	ID       uuid.UUID
	Position int64
}

// Writes is what a commit stores, in this order. Keys never holds an id that
// also stands in Forgotten, and each row is named at most once.
type Writes struct {
	At                       time.Time // of every RecordedAt
	Position, PublicPosition int64     // of the log afterwards
	Events                   []eventlog.Event
	Inbox                    []InboxRow
	Checkpoints              map[Lane]eventlog.Checkpoint
	Parked                   []eventlog.Parked
	Settled                  []Settlement
	Keys                     []eventlog.Key
	Forgotten                []string
	Results                  []eventlog.Result
}

// Empty reports whether there is nothing to store.
func (w *Writes) Empty() bool {
	return len(w.Events) == 0 && len(w.Inbox) == 0 && len(w.Checkpoints) == 0 && len(w.Parked) == 0 &&
		len(w.Settled) == 0 && len(w.Keys) == 0 && len(w.Forgotten) == 0 && len(w.Results) == 0
}

// Judge answers the units in order; malformed[i] is Check of unit i. now
// becomes RecordedAt. f is used up.
func Judge(f *Facts, units []eventlog.Unit, malformed []error, now time.Time) ([]eventlog.Outcome, *Writes) {
	w := &Writes{At: Instant(now), Checkpoints: map[Lane]eventlog.Checkpoint{}}
	outcomes := make([]eventlog.Outcome, len(units))
	for i, u := range units {
		if malformed[i] != nil {
			outcomes[i] = eventlog.Outcome{Err: malformed[i]}
			continue
		}
		out, done := f.duplicate(u)
		if !done {
			out, done = Unfounded(u, outcomes[:i])
		}
		if !done {
			out, done = f.refusal(u)
		}
		if !done {
			out = f.write(u, w)
		}
		outcomes[i] = out
	}
	w.Position, w.PublicPosition = f.Position, f.PublicPosition
	return outcomes, w
}

// Unfounded refuses a unit that was decided on one before it in the same commit
// that was not written by it.
func Unfounded(u eventlog.Unit, before []eventlog.Outcome) (out eventlog.Outcome, refused bool) {
	for _, i := range u.Upon {
		if i < 0 || i >= len(before) || before[i].Err != nil || before[i].Duplicate {
			return eventlog.Outcome{Err: fmt.Errorf("%w: it was decided on unit %d of the same commit, which was not written", eventlog.ErrConflict, i)}, true
		}
	}
	return out, false
}

// duplicate answers a unit that was written before.
func (f *Facts) duplicate(u eventlog.Unit) (eventlog.Outcome, bool) {
	if out, done := f.storedBefore(u); done {
		return out, true
	}
	for _, k := range u.Inbox {
		if p, known := f.Inbox[k]; known {
			return eventlog.Outcome{Duplicate: true, Position: p}, true
		}
	}
	for _, r := range u.Results {
		if p, known := f.Results[r.Key]; known {
			return eventlog.Outcome{Duplicate: true, Position: p}, true
		}
	}
	for _, id := range u.Unpark {
		if p := f.Parked[id]; p.Settled {
			return eventlog.Outcome{Duplicate: true, Position: p.Position}, true
		}
	}
	return eventlog.Outcome{}, false
}

func (f *Facts) storedBefore(u eventlog.Unit) (out eventlog.Outcome, done bool) {
	first := true
	for _, a := range u.Appends {
		for _, e := range a.Events {
			stored, known := f.Events[e.ID]
			switch {
			case known && first, known && out.Duplicate:
				out.Duplicate, out.Position = true, max(out.Position, stored.Position)
				out.Events = append(out.Events, stored)
			case known:
				return eventlog.Outcome{Err: AlienEvent(e.ID, stored.Position)}, true
			}
			first = false
		}
	}
	return out, out.Duplicate
}

// AlienEvent is the refusal of a unit that carries an event of another unit.
func AlienEvent(id uuid.UUID, position int64) error {
	return fmt.Errorf("event id %s already stands at position %d, in another unit: give new events new ids", id, position)
}

// refusal answers a unit that may not be written.
func (f *Facts) refusal(u eventlog.Unit) (eventlog.Outcome, bool) {
	parkedHere := map[uuid.UUID]bool{}
	for _, p := range u.Park {
		parkedHere[p.ID] = true
	}
	for _, id := range u.Unpark {
		if _, known := f.Parked[id]; !known && !parkedHere[id] {
			return eventlog.Outcome{Err: fmt.Errorf("unpark %s: no such parked record: %w", id, eventlog.ErrNotFound)}, true
		}
	}
	if a := u.Advance; a != nil {
		at, known := f.Checkpoints[Lane{a.Consumer, a.Source}]
		if err := OutOfOrder(*a, at, known); err != nil {
			return eventlog.Outcome{Err: err, Checkpoint: at}, true
		}
	}
	for _, a := range u.Appends {
		if v := f.Streams[a.Stream]; v != a.Expected {
			return eventlog.Outcome{Err: Conflict(a, v)}, true
		}
	}
	for _, k := range u.Keys {
		switch have, known := f.Keys[k.ID]; {
		case have.Destroyed:
			return eventlog.Outcome{Err: fmt.Errorf("key %q: %w", k.ID, eventlog.ErrKeyDestroyed)}, true
		case known && !bytes.Equal(have.Wrapped, k.Wrapped):
			return eventlog.Outcome{Err: OtherKey(k.ID)}, true
		}
	}
	return eventlog.Outcome{}, false
}

// OutOfOrder says why an advance is refused, or nil.
func OutOfOrder(a eventlog.Advance, at eventlog.Checkpoint, known bool) error {
	if a.Position-a.Skipped == at.Position+1 && (!known || a.Epoch == at.Epoch) {
		return nil
	}
	return fmt.Errorf("advance of %s on %s to position %d in epoch %d, while the checkpoint stands at %d in epoch %d: %w",
		a.Consumer, a.Source, a.Position, a.Epoch, at.Position, at.Epoch, eventlog.ErrOutOfOrder)
}

// Conflict is the refusal of an append to a stream that stands elsewhere.
func Conflict(a eventlog.Append, version int64) error {
	return fmt.Errorf("stream %q is at version %d, expected %d: %w", a.Stream, version, a.Expected, eventlog.ErrConflict)
}

// OtherKey is the refusal to replace a personal-data key.
func OtherKey(id string) error {
	return fmt.Errorf("personal-data key %q exists with other bytes: use a new id, else what it sealed is lost", id)
}

// write numbers a unit's events and notes all that it stores.
func (f *Facts) write(u eventlog.Unit, w *Writes) eventlog.Outcome {
	var out eventlog.Outcome
	for _, a := range u.Appends {
		for i, e := range a.Events {
			f.Position++
			var public int64
			if e.Public {
				f.PublicPosition++
				public = f.PublicPosition
			}
			stored := Stored(e, a.Stream, a.Expected+int64(i)+1, f.Position, public, w.At)
			f.Events[e.ID], f.Streams[a.Stream] = stored, stored.Version
			w.Events = append(w.Events, stored)
		}
	}
	if n := countEvents(u); n > 0 {
		out.Events = slices.Clip(w.Events[len(w.Events)-n:])
	}
	out.Position = f.Position
	for _, k := range u.Inbox {
		f.Inbox[k] = f.Position
		w.Inbox = append(w.Inbox, InboxRow{k, f.Position})
	}
	if a := u.Advance; a != nil {
		lane, to := Lane{a.Consumer, a.Source}, eventlog.Checkpoint{Epoch: a.Epoch, Position: a.Position}
		f.Checkpoints[lane], w.Checkpoints[lane] = to, to
	}
	f.writeBeside(u, w)
	return out
}

func (f *Facts) writeBeside(u eventlog.Unit, w *Writes) {
	for _, p := range u.Park {
		if _, known := f.Parked[p.ID]; !known {
			f.Parked[p.ID] = ParkedFact{}
			w.Parked = append(w.Parked, Clean(p, w.At))
		}
	}
	for _, id := range u.Unpark {
		if !f.Parked[id].Settled { // named twice in one unit
			f.Parked[id] = ParkedFact{Settled: true, Position: f.Position}
			w.Settled = append(w.Settled, Settlement{id, f.Position})
		}
	}
	for _, k := range u.Keys {
		if _, known := f.Keys[k.ID]; !known {
			f.Keys[k.ID] = KeyFact{Wrapped: k.Wrapped}
			w.Keys = append(w.Keys, k)
		}
	}
	for _, id := range u.Forget {
		if !f.Keys[id].Destroyed {
			f.Keys[id] = KeyFact{Destroyed: true}
			w.Forgotten = append(w.Forgotten, id)
			w.Keys = slices.DeleteFunc(w.Keys, func(k eventlog.Key) bool { return k.ID == id })
		}
	}
	for _, r := range u.Results {
		if _, known := f.Results[r.Key]; known {
			continue // named twice in one unit: the first answer stands
		}
		r = Answer(r, f.Position, w.At)
		f.Results[r.Key] = r.Position
		w.Results = append(w.Results, r)
	}
}

// Answer is an idempotency result as every store keeps it.
func Answer(r eventlog.Result, position int64, now time.Time) eventlog.Result {
	if r.Position == 0 {
		r.Position = position
	}
	if r.At.IsZero() {
		r.At = now
	}
	r.At = Instant(r.At)
	return r
}

func countEvents(u eventlog.Unit) (n int) {
	for _, a := range u.Appends {
		n += len(a.Events)
	}
	return n
}
