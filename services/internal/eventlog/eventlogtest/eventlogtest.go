// Package eventlogtest holds the one conformance suite that every
// implementation of the event log passes.
package eventlogtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Harness is one fresh, empty log under test.
type Harness struct {
	// Store must stamp with Clock.
	Store eventlog.Store
	// Other opens a second writer of the same log, as another replica would.
	// Nil where one process owns the log: then Store itself is shared.
	Other func(t testing.TB) eventlog.Store
	// Stall takes the log as a replica does that then freezes in the middle of
	// its transaction. It returns when the log is taken; cut is closed when
	// the database has ended that transaction. Nil where no transaction
	// outlives a call, so that nothing can stall.
	Stall func(t testing.TB) (cut <-chan struct{})
	// Tamper runs SQL past the store. Nil where there is no SQL.
	Tamper func(sql string) error
}

func (h Harness) other(t testing.TB) eventlog.Store {
	if h.Other == nil {
		return h.Store
	}
	return h.Other(t)
}

// Clock is the clock of every store under test: it stands still.
func Clock() time.Time { return time.Date(2026, 11, 2, 7, 12, 30, 123456000, time.UTC) }

// Run puts an implementation to the test. open returns a fresh harness and
// registers its end.
func Run(t *testing.T, open func(t testing.TB) Harness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"an empty log", emptyLog},
		{"events come back byte for byte with dense numbers", roundTrip},
		{"one unit writes everything", wholeUnit},
		{"a refused unit writes nothing and harms no other", refusedUnitAlone},
		{"a guard holds a decision to what it read", guards},
		{"later units see earlier ones", unitsSeeEachOther},
		{"what rests on a refused unit is refused", uponRefused},
		{"a malformed unit is refused by itself", malformedUnits},
		{"a blind retry is recognised", blindRetry},
		{"an event of another unit is refused", alienEvent},
		{"an inbox key is answered once", inboxOnce},
		{"an idempotency key is answered once", resultsOnce},
		{"a checkpoint moves by one", checkpoints},
		{"a checkpoint is rewound into a newer epoch only", rewind},
		{"an epoch is raised", epochs},
		{"parked records wait until they are settled", parking},
		{"a foreign text of any kind can be parked", parkAnything},
		{"keys are kept, forgotten and never come back", keys},
		{"snapshots: newest wins, by schema", snapshots},
		{"a lease has one holder", leases},
		{"keys are listed, wrapped anew and searched for", keyring},
		{"pages", pages},
		{"of two writers one wins", twoWriters},
		{"a cancelled context leaves nothing half done", cancelled},
		{"a follower sees every event once, in commit order", follow},
		{"a stalled writer is cut off", stalled},
		{"a follower is woken at once", wakes},
		{"a follower hears of another writer", wakesAcross},
		{"events cannot be changed or removed", appendOnly},
		{"a closed store says so", closed},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
	t.Run("behaves like the model", func(t *testing.T) { likeTheModel(t, open) })
}

var ctx = context.Background()

// event makes a private event.
func event(kind string) eventlog.NewEvent {
	return eventlog.NewEvent{
		ID: uuid.New(), Type: "lotse.test." + kind + ".v1", Data: fmt.Appendf(nil, `{"kind": %q}`, kind),
		Meta: eventlog.Meta{Time: Clock().Add(-time.Minute), CorrelationID: "story", Actor: "planner:7"},
	}
}

// said makes a public event.
func said(kind string) eventlog.NewEvent {
	e := event(kind)
	e.Public, e.Meta.Key = true, "altona.2026-12-01"
	return e
}

// appending makes a unit with n private events on one stream.
func appending(stream string, expected int64, n int) eventlog.Unit {
	a := eventlog.Append{Stream: stream, Expected: expected}
	for i := range n {
		a.Events = append(a.Events, event(fmt.Sprintf("fact-%d", i)))
	}
	return eventlog.Unit{Appends: []eventlog.Append{a}}
}

// commit writes units and fails the test when the whole call is refused.
func commit(t testing.TB, s eventlog.Store, units ...eventlog.Unit) []eventlog.Outcome {
	t.Helper()
	outcomes, err := s.Commit(ctx, units)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	if len(outcomes) != len(units) {
		t.Fatalf("%d outcomes for %d units", len(outcomes), len(units))
	}
	return outcomes
}

// accepted is commit for a unit that must be written.
func accepted(t testing.TB, s eventlog.Store, u eventlog.Unit) eventlog.Outcome {
	t.Helper()
	out := commit(t, s, u)[0]
	if out.Err != nil || out.Duplicate {
		t.Fatalf("unit was not written: %+v", out)
	}
	return out
}

// refused is commit for a unit that must be refused with want.
func refused(t testing.TB, s eventlog.Store, u eventlog.Unit, want error) eventlog.Outcome {
	t.Helper()
	before := head(t, s)
	out := commit(t, s, u)[0]
	if !errors.Is(out.Err, want) {
		t.Fatalf("outcome is %+v, want a refusal: %v", out, want)
	}
	if out.Duplicate || len(out.Events) > 0 {
		t.Errorf("a refused unit claims to be written: %+v", out)
	}
	if after := head(t, s); after != before {
		t.Errorf("a refused unit moved the head from %+v to %+v", before, after)
	}
	return out
}

// repeated is commit for a unit that must be recognised.
func repeated(t testing.TB, s eventlog.Store, u eventlog.Unit, position int64) eventlog.Outcome {
	t.Helper()
	before := head(t, s)
	out := commit(t, s, u)[0]
	if out.Err != nil || !out.Duplicate || out.Position != position {
		t.Fatalf("outcome is %+v, want a duplicate of position %d", out, position)
	}
	if after := head(t, s); after != before {
		t.Errorf("a duplicate moved the head from %+v to %+v", before, after)
	}
	return out
}

func head(t testing.TB, s eventlog.Store) eventlog.Head {
	t.Helper()
	h, err := s.Head(ctx)
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return h
}

// whole reads the log in small pages.
func whole(t testing.TB, s eventlog.Store) (all []eventlog.Event) {
	t.Helper()
	for {
		page, err := s.After(ctx, int64(len(all)), 100)
		if err != nil {
			t.Fatalf("after %d: %v", len(all), err)
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
	}
}

func streamOf(t testing.TB, s eventlog.Store, name string) []eventlog.Event {
	t.Helper()
	events, err := s.Stream(ctx, name, 0, 1000)
	if err != nil {
		t.Fatalf("stream %s: %v", name, err)
	}
	return events
}

func checkpoint(t testing.TB, s eventlog.Store, consumer, source string) eventlog.Checkpoint {
	t.Helper()
	at, err := s.Checkpoint(ctx, consumer, source)
	if err != nil {
		t.Fatalf("checkpoint: %v", err)
	}
	return at
}

func parked(t testing.TB, s eventlog.Store, all bool) []eventlog.Parked {
	t.Helper()
	records, err := s.ParkedRecords(ctx, all, 1000)
	if err != nil {
		t.Fatalf("parked records: %v", err)
	}
	return records
}

// sameEvent compares all that an event carries.
func sameEvent(a, b eventlog.Event) bool {
	same := bytes.Equal(a.Data, b.Data) && a.RecordedAt.Equal(b.RecordedAt) && a.Meta.Time.Equal(b.Meta.Time)
	a.Data, b.Data = nil, nil
	a.RecordedAt, b.RecordedAt, a.Meta.Time, b.Meta.Time = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return same && a.Position == b.Position && a.PublicPosition == b.PublicPosition && a.Stream == b.Stream && a.Version == b.Version &&
		a.ID == b.ID && a.Type == b.Type && a.Meta == b.Meta && a.Public == b.Public
}

func sameEvents(t testing.TB, what string, got, want []eventlog.Event) {
	t.Helper()
	if !slices.EqualFunc(got, want, sameEvent) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}
