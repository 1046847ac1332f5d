package eventlogtest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// isErr is errors.Is, and true for no error where none is wanted.
func isErr(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}

func blindRetry(t *testing.T, h Harness) {
	u := appending("a", 0, 2)
	u.Inbox = []eventlog.InboxKey{{Consumer: "c", MessageID: "m"}}
	u.Advance = &eventlog.Advance{Consumer: "c", Source: "s", Epoch: 1, Position: 1}
	u.Results = []eventlog.Result{{Key: "r"}}
	first := accepted(t, h.Store, u)
	accepted(t, h.Store, appending("b", 0, 3))
	again := repeated(t, h.Store, u, first.Position)
	sameEvents(t, "the retry's events", again.Events, first.Events)
	again = repeated(t, h.other(t), u, first.Position)
	sameEvents(t, "the retry's events at another writer", again.Events, first.Events)
}

func alienEvent(t *testing.T, h Harness) {
	u := appending("a", 0, 2)
	accepted(t, h.Store, u)
	mixed := appending("b", 0, 1)
	mixed.Appends[0].Events = append(mixed.Appends[0].Events, u.Appends[0].Events[1])
	out := commit(t, h.Store, mixed)[0]
	if out.Err == nil || !strings.Contains(out.Err.Error(), u.Appends[0].Events[1].ID.String()) {
		t.Errorf("outcome %+v, want a refusal that names the event", out)
	}
	if n := len(whole(t, h.Store)); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}

func inboxOnce(t *testing.T, h Harness) {
	u := appending("a", 0, 1)
	u.Inbox = []eventlog.InboxKey{{Consumer: "hr", MessageID: "4711"}}
	accepted(t, h.Store, u)
	accepted(t, h.Store, appending("b", 0, 1))
	other := appending("a", 1, 1) // decided anew, so with other event ids
	other.Inbox = u.Inbox
	if out := repeated(t, h.other(t), other, 1); len(out.Events) != 0 {
		t.Errorf("a duplicate by inbox key carries events %+v", out.Events)
	}
	other.Inbox = []eventlog.InboxKey{{Consumer: "booking", MessageID: "4711"}} // another consumer's message
	accepted(t, h.Store, other)
}

func resultsOnce(t *testing.T, h Harness) {
	u := appending("a", 0, 1)
	at := Clock().Add(-time.Hour)
	u.Results = []eventlog.Result{{Key: "k", BodyHash: "h1", Position: 7, Data: nil, At: at}}
	accepted(t, h.Store, u)
	other := appending("a", 1, 1)
	other.Results = []eventlog.Result{{Key: "k", BodyHash: "h2"}}
	repeated(t, h.other(t), other, 7)
	r, err := h.Store.IdempotencyResult(ctx, "k")
	if err != nil || r.BodyHash != "h1" || r.Position != 7 || len(r.Data) != 0 || !r.At.Equal(at) {
		t.Errorf("result is %+v, %v, want the first answer", r, err)
	}
	if _, err := h.Store.IdempotencyResult(ctx, "never used"); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("an unused key: %v", err)
	}
}

func checkpoints(t *testing.T, h Harness) {
	step := func(epoch, position int64) eventlog.Unit {
		u := appending("a", int64(len(streamOf(t, h.Store, "a"))), 1)
		u.Advance = &eventlog.Advance{Consumer: "capacity", Source: "staffing", Epoch: epoch, Position: position}
		return u
	}
	stands := func(out eventlog.Outcome, want eventlog.Checkpoint) {
		t.Helper()
		if out.Checkpoint != want {
			t.Errorf("the refusal says the checkpoint stands at %+v, want %+v", out.Checkpoint, want)
		}
		if at := checkpoint(t, h.Store, "capacity", "staffing"); at != want {
			t.Errorf("the checkpoint stands at %+v, want %+v", at, want)
		}
	}
	stands(refused(t, h.Store, step(2, 2), eventlog.ErrOutOfOrder), eventlog.Checkpoint{}) // a gap at the start
	accepted(t, h.Store, step(2, 1))
	accepted(t, h.other(t), step(2, 2))
	at := eventlog.Checkpoint{Epoch: 2, Position: 2}
	stands(refused(t, h.Store, step(2, 2), eventlog.ErrOutOfOrder), at) // a repeat
	stands(refused(t, h.Store, step(2, 1), eventlog.ErrOutOfOrder), at)
	stands(refused(t, h.Store, step(2, 4), eventlog.ErrOutOfOrder), at) // a gap
	stands(refused(t, h.Store, step(3, 3), eventlog.ErrOutOfOrder), at) // the source was restored
	stands(refused(t, h.Store, step(1, 3), eventlog.ErrOutOfOrder), at) // a message from before that
	accepted(t, h.Store, step(2, 3))
	other := step(9, 1)
	other.Advance.Consumer = "booking" // each consumer for itself
	accepted(t, h.Store, other)
	skipping := func(position, skipped int64) eventlog.Unit {
		u := step(2, position)
		u.Advance.Skipped = skipped
		return u
	}
	at.Position = 3
	stands(refused(t, h.Store, skipping(7, 2), eventlog.ErrOutOfOrder), at) // skipped 5 and 6, but 4 was not seen
	stands(refused(t, h.Store, skipping(7, 4), eventlog.ErrOutOfOrder), at) // 3 was not skipped
	accepted(t, h.Store, skipping(7, 3))
	if n := len(whole(t, h.Store)); n != 5 {
		t.Errorf("%d events, want those of the 5 accepted steps", n)
	}
}

func rewind(t *testing.T, h Harness) {
	to := func(epoch, position int64) error {
		return h.Store.Rewind(ctx, "c", "s", eventlog.Checkpoint{Epoch: epoch, Position: position})
	}
	step := func(epoch, position int64) eventlog.Unit {
		return eventlog.Unit{Advance: &eventlog.Advance{Consumer: "c", Source: "s", Epoch: epoch, Position: position}}
	}
	for p := range int64(5) {
		accepted(t, h.Store, step(1, p+1))
	}
	if err := to(2, 3); err != nil {
		t.Fatal(err)
	}
	if err := to(2, 3); err != nil {
		t.Errorf("the same rewind again: %v", err)
	}
	accepted(t, h.Store, step(2, 4))
	for _, bad := range []eventlog.Checkpoint{{Epoch: 2, Position: 3}, {Epoch: 2, Position: 9}, {Epoch: 1, Position: 5}} {
		if err := to(bad.Epoch, bad.Position); !errors.Is(err, eventlog.ErrOutOfOrder) {
			t.Errorf("rewind to %+v: %v, want a refusal, or effects happen twice", bad, err)
		}
	}
	for _, bad := range []eventlog.Checkpoint{{Epoch: 0, Position: 3}, {Epoch: 3, Position: -1}} {
		if err := to(bad.Epoch, bad.Position); err == nil {
			t.Errorf("rewind to %+v was accepted", bad)
		}
	}
	if at := checkpoint(t, h.Store, "c", "s"); at != (eventlog.Checkpoint{Epoch: 2, Position: 4}) {
		t.Errorf("checkpoint stands at %+v", at)
	}
	if err := h.Store.Rewind(ctx, "new", "s", eventlog.Checkpoint{Epoch: 4, Position: 100}); err != nil {
		t.Errorf("a first place for a new consumer: %v", err)
	}
}

func epochs(t *testing.T, h Harness) {
	accepted(t, h.Store, eventlog.Unit{Appends: []eventlog.Append{{Stream: "a", Events: []eventlog.NewEvent{event("x"), said("y"), said("z")}}}})
	raised, err := h.Store.RaiseEpoch(ctx)
	want := eventlog.Head{Epoch: 2, Position: 3, PublicPosition: 2, Fork: 2}
	if err != nil || raised != want {
		t.Fatalf("raised to %+v, %v, want %+v", raised, err, want)
	}
	accepted(t, h.other(t), eventlog.Unit{Appends: []eventlog.Append{{Stream: "a", Expected: 3, Events: []eventlog.NewEvent{said("y")}}}})
	want.Position, want.PublicPosition = 4, 3
	if got := head(t, h.Store); got != want {
		t.Errorf("head is %+v, want %+v", got, want)
	}
}

func parking(t *testing.T, h Harness) {
	record := func(n int) eventlog.Parked {
		return eventlog.Parked{ID: uuid.New(), Consumer: "staffing", Source: "absence", Position: int64(n), Key: "employee-7", Type: "lotse.t.v1",
			MessageID: "m", Sender: "absence", Reason: "unknown employee", Hash: "00ff", Data: []byte(`{"id":"7"}`), ParkedAt: Clock().Add(time.Duration(-n) * time.Hour)}
	}
	a, b, c := record(1), record(2), record(3)
	c.Data, c.ParkedAt = nil, time.Time{}
	accepted(t, h.Store, eventlog.Unit{Park: []eventlog.Parked{a, b}})
	accepted(t, h.Store, eventlog.Unit{Park: []eventlog.Parked{c, a}}) // a is known: the first one stays
	waiting := parked(t, h.Store, false)
	if len(waiting) != 3 || waiting[0].ID != a.ID || waiting[1].ID != b.ID || waiting[2].ID != c.ID {
		t.Fatalf("waiting %+v, want them in the order they were parked", waiting)
	}
	got := waiting[0]
	if string(got.Data) != string(a.Data) || !got.ParkedAt.Equal(a.ParkedAt) {
		t.Errorf("parked %+v, want %+v", got, a)
	}
	got.Data, got.ParkedAt, a.Data, a.ParkedAt = nil, time.Time{}, nil, time.Time{}
	if got.ID != a.ID || got.Reason != a.Reason || got.Key != a.Key || got.Position != a.Position || got.Hash != a.Hash ||
		got.Sender != a.Sender || got.MessageID != a.MessageID || got.Type != a.Type || got.Source != a.Source || got.Consumer != a.Consumer {
		t.Errorf("parked %+v, want %+v", got, a)
	}
	if waiting[2].Data != nil || !waiting[2].ParkedAt.Equal(Clock()) {
		t.Errorf("parked %+v, want no data and the commit's time", waiting[2])
	}
	replay := appending("a", 0, 1)
	replay.Unpark = []uuid.UUID{b.ID}
	out := accepted(t, h.Store, replay)
	again := appending("a", 1, 1) // two planners press the button at once
	again.Unpark = replay.Unpark
	repeated(t, h.other(t), again, out.Position)
	if left := parked(t, h.Store, false); len(left) != 2 || left[0].ID != a.ID || left[1].ID != c.ID {
		t.Errorf("waiting %+v, want a and c", left)
	}
	all := parked(t, h.Store, true)
	if len(all) != 3 || !all[1].ReplayedAt.Equal(Clock()) || !all[0].ReplayedAt.IsZero() {
		t.Errorf("all %+v, want three, the second replayed", all)
	}
	if first, err := h.Store.ParkedRecords(ctx, false, 1); err != nil || len(first) != 1 || first[0].ID != a.ID {
		t.Errorf("first of those waiting: %+v, %v", first, err)
	}
	refused(t, h.Store, eventlog.Unit{Unpark: []uuid.UUID{uuid.New()}}, eventlog.ErrNotFound)
	for i, p := range all {
		one, err := h.Store.ParkedRecord(ctx, p.ID)
		if err != nil || one.Reason != p.Reason || one.Position != p.Position || string(one.Data) != string(p.Data) ||
			!one.ParkedAt.Equal(p.ParkedAt) || !one.ReplayedAt.Equal(p.ReplayedAt) || one.ID != p.ID {
			t.Errorf("record %d: %+v, %v, want %+v", i, one, err, p)
		}
	}
	if _, err := h.Store.ParkedRecord(ctx, uuid.New()); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("a record that was never parked: %v", err)
	}
	totals, err := h.Store.ParkedTotals(ctx)
	if err != nil {
		t.Fatal(err)
	}
	count := int64(0)
	for i, n := range totals {
		count += n.Count
		if i > 0 && totals[i-1].Source >= n.Source {
			t.Errorf("totals are not sorted: %+v", totals)
		}
		oldest := time.Time{}
		for _, p := range parked(t, h.Store, false) {
			if p.Source == n.Source && (oldest.IsZero() || p.ParkedAt.Before(oldest)) {
				oldest = p.ParkedAt
			}
		}
		if !oldest.Equal(n.Oldest) {
			t.Errorf("the oldest of %s waits since %s, want %s", n.Source, n.Oldest, oldest)
		}
	}
	if count != 2 {
		t.Errorf("totals %+v, want two in all", totals)
	}
}

func parkAnything(t *testing.T, h Harness) {
	p := eventlog.Parked{ID: uuid.New(), Consumer: "c", Source: "s", Key: "k\x00", Type: strings.Repeat("x", 20_000), MessageID: "\xff\xfe",
		Sender: "s\xc3", Reason: "bad\x00byte \xed\xa0\x80", Data: []byte{0, 0xff}}
	accepted(t, h.Store, eventlog.Unit{Park: []eventlog.Parked{p}})
	got := parked(t, h.Store, false)
	if len(got) != 1 || string(got[0].Data) != string(p.Data) || got[0].Type != p.Type || !strings.HasPrefix(got[0].Reason, "bad\uFFFDbyte") {
		t.Errorf("parked %+v", got)
	}
}
