package eventlogtest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func emptyLog(t *testing.T, h Harness) {
	if got, want := head(t, h.Store), (eventlog.Head{Epoch: 1}); got != want {
		t.Errorf("head is %+v, want %+v", got, want)
	}
	if events := whole(t, h.Store); len(events) != 0 {
		t.Errorf("an empty log holds %+v", events)
	}
	if events := streamOf(t, h.Store, "nothing"); len(events) != 0 {
		t.Errorf("an unknown stream holds %+v", events)
	}
	if at := checkpoint(t, h.Store, "staffing", "absence"); at != (eventlog.Checkpoint{}) {
		t.Errorf("a checkpoint nobody moved stands at %+v", at)
	}
	out := accepted(t, h.Store, eventlog.Unit{})
	if out.Position != 0 || !sameEmpty(out) {
		t.Errorf("an empty unit on an empty log: %+v", out)
	}
	if outcomes := commit(t, h.Store); len(outcomes) != 0 {
		t.Errorf("no units, and yet %+v", outcomes)
	}
}

func sameEmpty(o eventlog.Outcome) bool { return len(o.Events) == 0 && !o.Duplicate && o.Err == nil }

func roundTrip(t *testing.T, h Harness) {
	odd := said("odd")
	odd.Data = []byte("{ \"b\":1.0,\"a\" : \"\\u0000 ä\\ud800\", \"a\":[1e400] }\n") // bytes stay bytes
	odd.Meta = eventlog.Meta{Key: "altona.x", Time: time.Date(2026, 3, 29, 1, 59, 59, 999999999, time.FixedZone("CET", 3600)),
		CorrelationID: "hr-4711 ä\"", CausationID: "c", TraceParent: "00-ab-cd-01", Actor: "desk:ä"}
	units := []eventlog.Unit{
		{Appends: []eventlog.Append{{Stream: "a", Events: []eventlog.NewEvent{event("x"), odd}}, {Stream: "b", Events: []eventlog.NewEvent{said("y")}}}},
		{Appends: []eventlog.Append{{Stream: "a", Expected: 2, Events: []eventlog.NewEvent{said("z")}}}},
	}
	var told, wrote []eventlog.Event
	for _, out := range commit(t, h.Store, units...) {
		if out.Err != nil || out.Duplicate {
			t.Fatalf("not written: %+v", out)
		}
		if last := out.Events[len(out.Events)-1].Position; out.Position != last {
			t.Errorf("the unit stands at %d, its last event at %d", out.Position, last)
		}
		told = append(told, out.Events...)
	}
	public := int64(0)
	versions := map[string]int64{}
	for _, u := range units {
		for _, a := range u.Appends {
			for _, e := range a.Events {
				versions[a.Stream]++
				stored := eventlog.Event{Position: int64(len(wrote)) + 1, Stream: a.Stream, Version: versions[a.Stream], RecordedAt: Clock(), NewEvent: e}
				if e.Public {
					public++
					stored.PublicPosition = public
				}
				wrote = append(wrote, stored)
			}
		}
	}
	sameEvents(t, "told at commit", told, wrote)
	sameEvents(t, "read from the log", whole(t, h.Store), wrote)
	for _, e := range whole(t, h.Store) {
		if e.Meta.Time.Location() != time.UTC || e.RecordedAt.Location() != time.UTC {
			t.Errorf("times of %s are not in UTC: %v, %v", e.Type, e.Meta.Time, e.RecordedAt)
		}
	}
	sameEvents(t, "stream a", streamOf(t, h.Store, "a"), []eventlog.Event{wrote[0], wrote[1], wrote[3]})
	got, err := h.Store.PublicAfter(ctx, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	sameEvents(t, "public log", got, wrote[1:])
	if got, want := head(t, h.Store), (eventlog.Head{Epoch: 1, Position: 4, PublicPosition: 3}); got != want {
		t.Errorf("head is %+v, want %+v", got, want)
	}
}

func wholeUnit(t *testing.T, h Harness) {
	old := eventlog.Parked{ID: uuid.New(), Consumer: "staffing", Source: "absence", Position: 1, Key: "e7", Type: "t", Reason: "unknown employee"}
	accepted(t, h.Store, eventlog.Unit{Park: []eventlog.Parked{old}, Keys: []eventlog.Key{{ID: "old", Wrapped: []byte("old key")}},
		Advance: &eventlog.Advance{Consumer: "staffing", Source: "absence", Epoch: 3, Position: 1}})
	fresh := eventlog.Parked{ID: uuid.New(), Consumer: "staffing", Source: "absence", Position: 2, Key: "e8", Type: "t", MessageID: "m",
		Sender: "hr", Reason: "no such post", Hash: "abc", Data: []byte(`{"x":1}`), ParkedAt: Clock().Add(-time.Second)}
	u := eventlog.Unit{
		Appends: []eventlog.Append{{Stream: "a", Events: []eventlog.NewEvent{event("x"), said("y")}}, {Stream: "b", Events: []eventlog.NewEvent{said("z")}}},
		Inbox:   []eventlog.InboxKey{{Consumer: "http", MessageID: "1"}, {Consumer: "hr", MessageID: "1"}},
		Advance: &eventlog.Advance{Consumer: "staffing", Source: "absence", Epoch: 3, Position: 2},
		Park:    []eventlog.Parked{fresh},
		Unpark:  []uuid.UUID{old.ID},
		Keys:    []eventlog.Key{{ID: "new", Wrapped: []byte("new key")}},
		Forget:  []string{"old"},
		Results: []eventlog.Result{{Key: "idem", BodyHash: "h", Data: []byte("answer")}},
	}
	out := accepted(t, h.Store, u)
	if out.Position != 3 || len(out.Events) != 3 {
		t.Fatalf("outcome %+v, want three events up to position 3", out)
	}
	if at := checkpoint(t, h.Store, "staffing", "absence"); at != (eventlog.Checkpoint{Epoch: 3, Position: 2}) {
		t.Errorf("checkpoint stands at %+v", at)
	}
	waiting := parked(t, h.Store, false)
	if len(waiting) != 1 || waiting[0].ID != fresh.ID {
		t.Fatalf("waiting: %+v, want only %s", waiting, fresh.ID)
	}
	if k, err := h.Store.PersonalKey(ctx, "new"); err != nil || string(k.Wrapped) != "new key" || k.ID != "new" {
		t.Errorf("key: %+v, %v", k, err)
	}
	if _, err := h.Store.PersonalKey(ctx, "old"); !isErr(err, eventlog.ErrKeyDestroyed) {
		t.Errorf("forgotten key: %v", err)
	}
	r, err := h.Store.IdempotencyResult(ctx, "idem")
	if err != nil || r.Key != "idem" || r.BodyHash != "h" || r.Position != 3 || string(r.Data) != "answer" || !r.At.Equal(Clock()) {
		t.Errorf("result: %+v, %v", r, err)
	}
	for _, k := range u.Inbox {
		repeated(t, h.Store, eventlog.Unit{Inbox: []eventlog.InboxKey{k}}, 3)
	}
}

func refusedUnitAlone(t *testing.T, h Harness) {
	accepted(t, h.Store, appending("a", 0, 2))
	wrong := appending("a", 1, 1)
	wrong.Appends = append(wrong.Appends, appending("other", 0, 1).Appends...)
	wrong.Inbox = []eventlog.InboxKey{{Consumer: "c", MessageID: "m"}}
	wrong.Advance = &eventlog.Advance{Consumer: "c", Source: "s", Epoch: 1, Position: 1}
	wrong.Park = []eventlog.Parked{{ID: uuid.New(), Consumer: "c"}}
	wrong.Keys = []eventlog.Key{{ID: "k", Wrapped: []byte("x")}}
	wrong.Results = []eventlog.Result{{Key: "r"}}
	outcomes := commit(t, h.Store, appending("b", 0, 1), wrong, appending("c", 0, 1))
	if outcomes[0].Err != nil || outcomes[2].Err != nil || !isErr(outcomes[1].Err, eventlog.ErrConflict) {
		t.Fatalf("outcomes %+v, want only the second refused", outcomes)
	}
	for _, word := range []string{`"a"`, "version 2", "expected 1"} {
		if !strings.Contains(outcomes[1].Err.Error(), word) {
			t.Errorf("the refusal %q does not say %s", outcomes[1].Err, word)
		}
	}
	if outcomes[2].Position != 4 {
		t.Errorf("the unit behind the refused one stands at %d, want 4", outcomes[2].Position)
	}
	if n := len(streamOf(t, h.Store, "other")); n != 0 {
		t.Errorf("the refused unit left %d events on its second stream", n)
	}
	if at := checkpoint(t, h.Store, "c", "s"); at.Position != 0 {
		t.Errorf("the refused unit moved a checkpoint to %+v", at)
	}
	if _, err := h.Store.PersonalKey(ctx, "k"); !isErr(err, eventlog.ErrNotFound) {
		t.Errorf("the refused unit left a key: %v", err)
	}
	if _, err := h.Store.IdempotencyResult(ctx, "r"); !isErr(err, eventlog.ErrNotFound) {
		t.Errorf("the refused unit left a result: %v", err)
	}
	if p := parked(t, h.Store, true); len(p) != 0 {
		t.Errorf("the refused unit left parked records %+v", p)
	}
	accepted(t, h.Store, eventlog.Unit{Inbox: wrong.Inbox}) // not taken by the refused one
}

func guards(t *testing.T, h Harness) {
	accepted(t, h.Store, appending("policy", 0, 1))
	guarded := func(expected int64) eventlog.Unit {
		u := appending("plan", 0, 1)
		u.Appends = append(u.Appends, eventlog.Append{Stream: "policy", Expected: expected})
		return u
	}
	refused(t, h.Store, guarded(0), eventlog.ErrConflict)
	refused(t, h.Store, guarded(2), eventlog.ErrConflict)
	accepted(t, h.Store, guarded(1))
	if n := len(streamOf(t, h.Store, "policy")); n != 1 {
		t.Errorf("a guard wrote: the stream has %d events", n)
	}
	alone := eventlog.Unit{Appends: []eventlog.Append{{Stream: "policy", Expected: 1}}}
	if out := accepted(t, h.Store, alone); out.Position != 2 {
		t.Errorf("a guard alone stands at %d, want the log's position 2", out.Position)
	}
}

func unitsSeeEachOther(t *testing.T, h Harness) {
	first := appending("a", 0, 1)
	keyed := eventlog.Unit{Inbox: []eventlog.InboxKey{{Consumer: "c", MessageID: "m"}}}
	step := func(p int64) eventlog.Unit {
		return eventlog.Unit{Advance: &eventlog.Advance{Consumer: "c", Source: "s", Epoch: 1, Position: p}}
	}
	outcomes := commit(t, h.Store, first, appending("a", 0, 1), appending("a", 1, 2), first, keyed, keyed, step(1), step(2), step(2), step(4))
	for i, want := range []struct {
		position  int64
		duplicate bool
		err       error
	}{{position: 1}, {err: eventlog.ErrConflict}, {position: 3}, {position: 1, duplicate: true}, {position: 3}, {position: 3, duplicate: true},
		{position: 3}, {position: 3}, {err: eventlog.ErrOutOfOrder}, {err: eventlog.ErrOutOfOrder}} {
		got := outcomes[i]
		if got.Position != want.position || got.Duplicate != want.duplicate || !isErr(got.Err, want.err) {
			t.Errorf("unit %d: %+v, want %+v", i, got, want)
		}
	}
	if n := len(whole(t, h.Store)); n != 3 {
		t.Errorf("%d events, want 3", n)
	}
	if at := checkpoint(t, h.Store, "c", "s"); at.Position != 2 {
		t.Errorf("checkpoint stands at %+v, want 2", at)
	}
}

func malformedUnits(t *testing.T, h Harness) {
	with := func(change func(u *eventlog.Unit)) eventlog.Unit {
		u := appending("a", 0, 1)
		change(&u)
		return u
	}
	long := strings.Repeat("x", 5000)
	bad := map[string]eventlog.Unit{
		"stream is empty": with(func(u *eventlog.Unit) { u.Appends[0].Stream = "" }),
		"stands twice":    with(func(u *eventlog.Unit) { u.Appends = append(u.Appends, u.Appends[0]) }),
		"id is missing":   with(func(u *eventlog.Unit) { u.Appends[0].Events[0].ID = uuid.Nil }),
		"not JSON":        with(func(u *eventlog.Unit) { u.Appends[0].Events[0].Data = []byte("{") }),
		"in UTF-8":        with(func(u *eventlog.Unit) { u.Appends[0].Events[0].Data = []byte("\"\xff\"") }),
		"5000 bytes":      with(func(u *eventlog.Unit) { u.Appends[0].Stream = long }),
		"unit.inbox[0]":   with(func(u *eventlog.Unit) { u.Inbox = []eventlog.InboxKey{{Consumer: "c", MessageID: "a\x00b"}} }),
		"meta.time": with(func(u *eventlog.Unit) {
			u.Appends[0].Events[0].Meta.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		}),
		"unit.keys[0].id":     with(func(u *eventlog.Unit) { u.Keys = []eventlog.Key{{Wrapped: []byte("x")}} }),
		"wrapped is empty":    with(func(u *eventlog.Unit) { u.Keys = []eventlog.Key{{ID: "k"}} }),
		"unit.forget[0]":      with(func(u *eventlog.Unit) { u.Forget = []string{""} }),
		"unit.results[0].key": with(func(u *eventlog.Unit) { u.Results = []eventlog.Result{{}} }),
		"unit.park[0].id":     with(func(u *eventlog.Unit) { u.Park = []eventlog.Parked{{}} }),
		"unit.advance":        with(func(u *eventlog.Unit) { u.Advance = &eventlog.Advance{Consumer: "c", Source: "s", Position: 1} }),
		"twice in one unit":   with(func(u *eventlog.Unit) { u.Appends[0].Events = append(u.Appends[0].Events, u.Appends[0].Events[0]) }),
	}
	for word, u := range bad {
		good := appending("good "+word, 0, 1)
		outcomes := commit(t, h.Store, u, good)
		if err := outcomes[0].Err; err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error is %v, want one that says %q", err, word)
		}
		if outcomes[1].Err != nil {
			t.Errorf("%q spoilt the unit beside it: %v", word, outcomes[1].Err)
		}
	}
	if n := len(streamOf(t, h.Store, "a")); n != 0 {
		t.Errorf("malformed units left %d events", n)
	}
}

// Another replica may bring a stream to the very number that a unit expects of
// one before it, which was then refused.
func uponRefused(t *testing.T, h Harness) {
	accepted(t, h.Store, appending("a", 0, 1))
	accepted(t, h.other(t), appending("a", 1, 1))
	first, second, guard, other, last := appending("a", 1, 1), appending("a", 2, 1), eventlog.Unit{Appends: []eventlog.Append{{Stream: "a", Expected: 2}}}, appending("b", 0, 1), appending("b", 1, 1)
	second.Upon, guard.Upon, last.Upon = []int{0}, []int{0}, []int{3}
	out := commit(t, h.Store, first, second, guard, other, last)
	for i, want := range []error{eventlog.ErrConflict, eventlog.ErrConflict, eventlog.ErrConflict, nil, nil} {
		if !errors.Is(out[i].Err, want) || out[i].Duplicate {
			t.Errorf("unit %d: %+v, want %v", i, out[i], want)
		}
	}
	if n := len(streamOf(t, h.Store, "a")); n != 2 {
		t.Errorf("stream a has %d events, want the 2 of before", n)
	}
	again := commit(t, h.Store, other, last) // the answer was lost
	if !again[0].Duplicate || !again[1].Duplicate {
		t.Errorf("again: %+v", again)
	}
}
