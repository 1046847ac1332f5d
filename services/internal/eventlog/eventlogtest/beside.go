package eventlogtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func keys(t *testing.T, h Harness) {
	add := func(id, wrapped string) eventlog.Unit {
		return eventlog.Unit{Keys: []eventlog.Key{{ID: id, Wrapped: []byte(wrapped)}}}
	}
	forget := func(ids ...string) eventlog.Unit { return eventlog.Unit{Forget: ids} }
	is := func(id, want string) {
		t.Helper()
		if k, err := h.Store.PersonalKey(ctx, id); err != nil || k.ID != id || string(k.Wrapped) != want {
			t.Errorf("key %s is %q, %v, want %q", id, k.Wrapped, err, want)
		}
	}
	isNot := func(id string, want error) {
		t.Helper()
		if k, err := h.Store.PersonalKey(ctx, id); !errors.Is(err, want) || len(k.Wrapped) > 0 {
			t.Errorf("key %s is %q, %v, want %v", id, k.Wrapped, err, want)
		}
	}
	outcomes := commit(t, h.Store, add("a", "key of a"), add("b", "key of b, a longer one"), add("c", "key of c"), add("a", "key of a"))
	for _, out := range outcomes {
		if out.Err != nil {
			t.Fatal(out.Err)
		}
	}
	if out := commit(t, h.Store, add("a", "other"))[0]; out.Err == nil {
		t.Error("a key was replaced: what it sealed is lost")
	}
	is("a", "key of a")
	isNot("never", eventlog.ErrNotFound)
	accepted(t, h.Store, forget("b"))
	isNot("b", eventlog.ErrKeyDestroyed)
	is("a", "key of a")
	is("c", "key of c")
	refused(t, h.Store, add("b", "key of b, a longer one"), eventlog.ErrKeyDestroyed)
	accepted(t, h.Store, forget("b")) // forgetting twice is forgetting
	accepted(t, h.Store, forget("later"))
	refused(t, h.Store, add("later", "x"), eventlog.ErrKeyDestroyed) // known to be destroyed before it came, as after a restore
	both := add("d", "key of d")
	both.Forget = []string{"d", "a"}
	outcomes = commit(t, h.Store, add("e", "key of e"), both, forget("e"), add("f", "key of f"), add("e", "key of e"))
	if outcomes[1].Err != nil || outcomes[2].Err != nil || !errors.Is(outcomes[4].Err, eventlog.ErrKeyDestroyed) {
		t.Errorf("outcomes %+v", outcomes)
	}
	for _, id := range []string{"a", "d", "e"} {
		isNot(id, eventlog.ErrKeyDestroyed)
	}
	is("f", "key of f")
	is("c", "key of c")
}

func snapshots(t *testing.T, h Harness) {
	save := func(schema int, epoch, position int64, data string) {
		t.Helper()
		if err := h.Store.SaveSnapshot(ctx, eventlog.Snapshot{Name: "slots", Schema: schema, Epoch: epoch, Position: position, Data: []byte(data)}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(schema int, position int64, data string) {
		t.Helper()
		s, err := h.Store.LoadSnapshot(ctx, "slots", schema)
		if err != nil || s.Name != "slots" || s.Schema != schema || s.Position != position || string(s.Data) != data {
			t.Errorf("snapshot of schema %d is %+v, %v, want %q at %d", schema, s, err, data, position)
		}
	}
	none := func(name string, schema int) {
		t.Helper()
		if s, err := h.Store.LoadSnapshot(ctx, name, schema); !errors.Is(err, eventlog.ErrNotFound) {
			t.Errorf("snapshot %s of schema %d is %+v, %v, want none", name, schema, s, err)
		}
	}
	none("slots", 1)
	save(1, 1, 100, "one")
	save(1, 1, 200, "two")
	save(1, 1, 150, "late")
	is(1, 200, "two")
	save(1, 1, 200, "two again")
	is(1, 200, "two again")
	none("slots", 2)
	none("other", 1)
	save(2, 1, 90, "new form")
	is(2, 90, "new form")
	is(1, 200, "two again") // a replica not yet deployed anew still finds its own
	save(2, 2, 50, "after a restore")
	is(2, 50, "after a restore")
	save(3, 2, 60, "")
	is(3, 60, "")
	none("slots", 1)
	big := bytes.Repeat([]byte{0, 1, 255}, 1<<20)
	if err := h.Store.SaveSnapshot(ctx, eventlog.Snapshot{Name: "big", Schema: 1, Epoch: 1, Position: 1, Data: big}); err != nil {
		t.Fatal(err)
	}
	if s, err := h.Store.LoadSnapshot(ctx, "big", 1); err != nil || !bytes.Equal(s.Data, big) {
		t.Errorf("a big snapshot comes back with %d bytes, %v", len(s.Data), err)
	}
	if err := h.Store.SaveSnapshot(ctx, eventlog.Snapshot{Schema: 1, Epoch: 1}); err == nil {
		t.Error("a snapshot without a name was kept")
	}
}

func pages(t *testing.T, h Harness) {
	var units []eventlog.Unit
	for i := range 50 {
		u := appending("s", int64(2*i), 1)
		u.Appends[0].Events = append(u.Appends[0].Events, said(fmt.Sprint("p", i)))
		units = append(units, u)
	}
	for _, out := range commit(t, h.Store, units...) {
		if out.Err != nil {
			t.Fatal(out.Err)
		}
	}
	reads := map[string]func(after int64, limit int) ([]eventlog.Event, error){
		"stream": func(after int64, limit int) ([]eventlog.Event, error) { return h.Store.Stream(ctx, "s", after, limit) },
		"log":    func(after int64, limit int) ([]eventlog.Event, error) { return h.Store.After(ctx, after, limit) },
		"public": func(after int64, limit int) ([]eventlog.Event, error) { return h.Store.PublicAfter(ctx, after, limit) },
	}
	for name, read := range reads {
		last := int64(100)
		number := func(e eventlog.Event) int64 { return e.Position }
		if name == "public" {
			last = 50
			number = func(e eventlog.Event) int64 { return e.PublicPosition }
		}
		for _, c := range []struct {
			after int64
			limit int
		}{{0, 10}, {7, 10}, {last - 3, 10}, {last, 10}, {last + 5, 10}, {0, 1 << 40}, {-5, 3}, {3, 0}, {3, -1}} {
			events, err := read(c.after, c.limit)
			if err != nil {
				t.Fatalf("%s after %d, limit %d: %v", name, c.after, c.limit, err)
			}
			from := max(c.after, 0)
			if want := max(0, min(last-from, int64(c.limit))); int64(len(events)) != want {
				t.Errorf("%s after %d, limit %d: %d events, want %d", name, c.after, c.limit, len(events), want)
			}
			for i, e := range events {
				if number(e) != from+int64(i)+1 {
					t.Errorf("%s after %d: number %d at place %d", name, c.after, number(e), i)
				}
			}
		}
	}
}

func appendOnly(t *testing.T, h Harness) {
	if h.Tamper == nil {
		t.Skip("no SQL reaches this log")
	}
	u := appending("a", 0, 2)
	u.Appends[0].Events = append(u.Appends[0].Events, said("x"))
	accepted(t, h.Store, u)
	before := whole(t, h.Store)
	for _, sql := range []string{
		`UPDATE events SET type = 'forged' WHERE position = 1`,
		`UPDATE events SET stream = 'b'`,
		`DELETE FROM events WHERE position = 3`,
		`DELETE FROM events`,
		`INSERT INTO events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
			SELECT position + 2, NULL, 'gap', 1, ` + h.freshID() + `, type, data, meta, recorded_at FROM events WHERE position = 3`,
		`INSERT INTO events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
			SELECT position + 1, public_position + 2, 'gap', 1, ` + h.freshID() + `, type, data, meta, recorded_at FROM events WHERE position = 3`,
		`INSERT INTO events (position, public_position, stream, version, event_id, type, data, meta, recorded_at)
			SELECT position + 1, NULL, 'again', 1, event_id, type, data, meta, recorded_at FROM events WHERE position = 3`,
	} {
		if err := h.Tamper(sql); err == nil {
			t.Errorf("the database let this happen: %s", sql)
		}
	}
	sameEvents(t, "the log after tampering", whole(t, h.Store), before)
	accepted(t, h.Store, appending("a", 3, 1))
}

// freshID is an event id in SQL that both databases read.
func (h Harness) freshID() string {
	id := uuid.New()
	if err := h.Tamper(`SELECT '` + id.String() + `'::uuid`); err == nil {
		return `'` + id.String() + `'::uuid`
	}
	return fmt.Sprintf("x'%x'", id[:])
}

func closed(t *testing.T, h Harness) {
	accepted(t, h.Store, appending("a", 0, 1))
	if err := h.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	calls := map[string]func(ctx context.Context) error{
		"Commit": func(ctx context.Context) error {
			_, err := h.Store.Commit(ctx, []eventlog.Unit{appending("b", 0, 1)})
			return err
		},
		"Head":         func(ctx context.Context) error { _, err := h.Store.Head(ctx); return err },
		"After":        func(ctx context.Context) error { _, err := h.Store.After(ctx, 0, 1); return err },
		"PublicAfter":  func(ctx context.Context) error { _, err := h.Store.PublicAfter(ctx, 0, 1); return err },
		"Stream":       func(ctx context.Context) error { _, err := h.Store.Stream(ctx, "a", 0, 1); return err },
		"Checkpoint":   func(ctx context.Context) error { _, err := h.Store.Checkpoint(ctx, "c", "s"); return err },
		"Rewind":       func(ctx context.Context) error { return h.Store.Rewind(ctx, "c", "s", eventlog.Checkpoint{Epoch: 1}) },
		"LoadSnapshot": func(ctx context.Context) error { _, err := h.Store.LoadSnapshot(ctx, "n", 1); return err },
		"SaveSnapshot": func(ctx context.Context) error {
			return h.Store.SaveSnapshot(ctx, eventlog.Snapshot{Name: "n", Epoch: 1})
		},
		"PersonalKey":       func(ctx context.Context) error { _, err := h.Store.PersonalKey(ctx, "k"); return err },
		"IdempotencyResult": func(ctx context.Context) error { _, err := h.Store.IdempotencyResult(ctx, "k"); return err },
		"ParkedRecord":      func(ctx context.Context) error { _, err := h.Store.ParkedRecord(ctx, uuid.New()); return err },
		"ParkedTotals":      func(ctx context.Context) error { _, err := h.Store.ParkedTotals(ctx); return err },
		"ParkedRecords":     func(ctx context.Context) error { _, err := h.Store.ParkedRecords(ctx, true, 1); return err },
		"TakeLease": func(ctx context.Context) error {
			_, err := h.Store.TakeLease(ctx, "l", "a", time.Second, 0)
			return err
		},
		"ReleaseLease": func(ctx context.Context) error { return h.Store.ReleaseLease(ctx, "l", "a") },
		"RaiseEpoch":   func(ctx context.Context) error { _, err := h.Store.RaiseEpoch(ctx); return err },
	}
	for name, call := range calls {
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		if err := call(limited); !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
		cancel()
	}
}
