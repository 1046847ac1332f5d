package eventlogtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// likeTheModel runs random commits against the log under test and against a
// log in memory, and compares every answer and, at the end, every read.
func likeTheModel(t *testing.T, open func(t testing.TB) Harness) {
	rapid.Check(t, func(rt *rapid.T) {
		h := open(t)
		defer func() {
			if err := h.Store.Close(); err != nil {
				rt.Errorf("close: %v", err)
			}
		}()
		model := memory.New(memory.WithClock(Clock))
		g := &generator{rt: rt, model: model}
		for range rapid.IntRange(1, 12).Draw(rt, "commits") {
			units := make([]eventlog.Unit, rapid.IntRange(1, 5).Draw(rt, "units"))
			for i := range units {
				units[i] = g.unit()
			}
			got, err := h.Store.Commit(ctx, units)
			if err != nil {
				rt.Fatalf("commit %+v: %v", units, err)
			}
			want, err := model.Commit(ctx, units)
			if err != nil {
				rt.Fatalf("model: %v", err)
			}
			for i := range want {
				sameOutcome(rt, units[i], got[i], want[i])
			}
			if rapid.IntRange(0, 9).Draw(rt, "raise the epoch") == 0 {
				_, err := h.Store.RaiseEpoch(ctx)
				_, modelErr := model.RaiseEpoch(ctx)
				if err != nil || modelErr != nil {
					rt.Fatalf("raise the epoch: %v, model %v", err, modelErr)
				}
			}
		}
		g.sameReads(h.Store)
	})
}

// generator draws units from a small world, so that they collide.
type generator struct {
	rt    *rapid.T
	model *memory.Store
	ids   uint64
	old   []eventlog.Unit
}

func (g *generator) pick(label string, n int) string {
	return fmt.Sprintf("%s-%d", label, rapid.IntRange(0, n-1).Draw(g.rt, label))
}

func (g *generator) chance(label string, oneIn int) bool {
	return rapid.IntRange(0, oneIn-1).Draw(g.rt, label) == oneIn-1
}

// id is new, or seldom one of those that were used.
func (g *generator) id(label string) (id uuid.UUID) {
	n := g.ids + 1
	if g.ids > 0 && g.chance(label+" again", 15) {
		n = rapid.Uint64Range(1, g.ids).Draw(g.rt, label)
	}
	g.ids = max(g.ids, n)
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func (g *generator) unit() (u eventlog.Unit) {
	if len(g.old) > 0 && g.chance("blind retry", 8) {
		return g.old[rapid.IntRange(0, len(g.old)-1).Draw(g.rt, "of unit")]
	}
	defer func() { g.old = append(g.old, u) }()
	for range rapid.IntRange(0, 3).Draw(g.rt, "appends") {
		u.Appends = append(u.Appends, g.append())
	}
	for g.chance("inbox", 4) {
		u.Inbox = append(u.Inbox, eventlog.InboxKey{Consumer: g.pick("consumer", 2), MessageID: g.pick("message", 6)})
	}
	if g.chance("advance", 3) {
		u.Advance = &eventlog.Advance{Consumer: g.pick("consumer", 2), Source: g.pick("source", 2),
			Epoch: rapid.Int64Range(1, 2).Draw(g.rt, "epoch"), Position: rapid.Int64Range(1, 4).Draw(g.rt, "position")}
		u.Advance.Skipped = rapid.Int64Range(0, u.Advance.Position-1).Draw(g.rt, "skipped")
	}
	for g.chance("park", 6) {
		u.Park = append(u.Park, eventlog.Parked{ID: g.id("parked"), Consumer: g.pick("consumer", 2), Reason: g.pick("reason", 3),
			Data: rapid.SampledFrom([][]byte{nil, []byte(`{}`)}).Draw(g.rt, "data")})
	}
	for g.chance("unpark", 8) {
		records, err := g.model.ParkedRecords(ctx, true, 100)
		if err != nil {
			g.rt.Fatal(err)
		}
		if id := g.id("unparked"); len(records) == 0 || g.chance("unknown", 10) {
			u.Unpark = append(u.Unpark, id)
		} else {
			u.Unpark = append(u.Unpark, records[rapid.IntRange(0, len(records)-1).Draw(g.rt, "record")].ID)
		}
	}
	for g.chance("key", 4) {
		id := g.pick("key", 5)
		u.Keys = append(u.Keys, eventlog.Key{ID: id, Wrapped: []byte(rapid.SampledFrom([]string{"bytes of " + id, "other"}).Draw(g.rt, "wrapped"))})
	}
	for g.chance("forget", 8) {
		u.Forget = append(u.Forget, g.pick("key", 5))
	}
	for g.chance("result", 5) {
		u.Results = append(u.Results, eventlog.Result{Key: g.pick("result", 6), BodyHash: g.pick("hash", 3),
			Position: rapid.SampledFrom([]int64{0, 0, 99}).Draw(g.rt, "result position")})
	}
	return u
}

func (g *generator) append() eventlog.Append {
	a := eventlog.Append{Stream: g.pick("stream", 4)}
	stored, err := g.model.Stream(ctx, a.Stream, 0, 1<<20)
	if err != nil {
		g.rt.Fatal(err)
	}
	a.Expected = int64(len(stored))
	if g.chance("other version", 6) {
		a.Expected = rapid.Int64Range(0, 4).Draw(g.rt, "expected")
	}
	for range rapid.IntRange(0, 3).Draw(g.rt, "events") {
		e := eventlog.NewEvent{ID: g.id("event"), Type: g.pick("type", 3), Data: fmt.Appendf(nil, `{"n":%d}`, g.ids),
			Meta: eventlog.Meta{Time: Clock().Add(time.Duration(g.ids)), Actor: g.pick("actor", 2)}}
		if e.Public = rapid.Bool().Draw(g.rt, "public"); e.Public {
			e.Meta.Key = "key"
		}
		a.Events = append(a.Events, e)
	}
	return a
}

func sameOutcome(rt *rapid.T, u eventlog.Unit, got, want eventlog.Outcome) {
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	same := got.Position == want.Position && got.Duplicate == want.Duplicate && got.Checkpoint == want.Checkpoint &&
		text(got.Err) == text(want.Err) && len(got.Events) == len(want.Events)
	for i := range want.Events {
		same = same && sameEvent(got.Events[i], want.Events[i])
	}
	if !same {
		rt.Fatalf("unit %+v:\n got %+v\nwant %+v", u, got, want)
	}
}

// sameReads compares all that can be read.
func (g *generator) sameReads(s eventlog.Store) {
	g.compare("head", func(s eventlog.Store) (any, error) { return s.Head(ctx) }, s)
	for _, after := range []int64{0, 3} {
		g.compareEvents("log", func(s eventlog.Store) ([]eventlog.Event, error) { return s.After(ctx, after, 50) }, s)
		g.compareEvents("public log", func(s eventlog.Store) ([]eventlog.Event, error) { return s.PublicAfter(ctx, after, 50) }, s)
		for n := range 4 {
			g.compareEvents("stream", func(s eventlog.Store) ([]eventlog.Event, error) {
				return s.Stream(ctx, fmt.Sprintf("stream-%d", n), after, 50)
			}, s)
		}
	}
	for n := range 6 {
		g.compare("key", func(s eventlog.Store) (any, error) { return s.PersonalKey(ctx, fmt.Sprintf("key-%d", n)) }, s)
		g.compare("result", func(s eventlog.Store) (any, error) {
			r, err := s.IdempotencyResult(ctx, fmt.Sprintf("result-%d", n))
			r.Data = bytes.Clone(r.Data)
			return r, err
		}, s)
		g.compare("checkpoint", func(s eventlog.Store) (any, error) {
			return s.Checkpoint(ctx, fmt.Sprintf("consumer-%d", n%2), fmt.Sprintf("source-%d", n/2%2))
		}, s)
	}
	for _, all := range []bool{true, false} {
		g.compare("parked", func(s eventlog.Store) (any, error) { return s.ParkedRecords(ctx, all, 100) }, s)
	}
}

func (g *generator) compare(what string, read func(s eventlog.Store) (any, error), s eventlog.Store) {
	got, err := read(s)
	want, modelErr := read(g.model)
	gotText, wantText := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)
	if gotText != wantText || (err == nil) != (modelErr == nil) || !isErr(err, sentinel(modelErr)) {
		g.rt.Fatalf("%s:\n got %s, %v\nwant %s, %v", what, gotText, err, wantText, modelErr)
	}
}

func sentinel(err error) error {
	for _, known := range []error{eventlog.ErrNotFound, eventlog.ErrKeyDestroyed} {
		if isErr(err, known) {
			return known
		}
	}
	return nil
}

func (g *generator) compareEvents(what string, read func(s eventlog.Store) ([]eventlog.Event, error), s eventlog.Store) {
	got, err := read(s)
	want, modelErr := read(g.model)
	if err != nil || modelErr != nil || len(got) != len(want) {
		g.rt.Fatalf("%s: %d events, %v, model %d, %v", what, len(got), err, len(want), modelErr)
	}
	for i := range want {
		if !sameEvent(got[i], want[i]) {
			g.rt.Fatalf("%s:\n got %+v\nwant %+v", what, got[i], want[i])
		}
	}
}
