package node

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

type rung struct{ N int }

func (rung) EventType() string { return "bell.rung.v1" }

type bell struct{ n int }

func (b *bell) Apply(eventlog.Event, decider.Event) { b.n++ }
func (b *bell) Snapshot(w *snapshot.Writer)         { snapshot.Put(w, b.n) }
func (b *bell) Restore(r *snapshot.Reader)          { snapshot.Get(r, &b.n) }

// A running node writes itself down every so many events, and when it ends:
// also what was decided last.
func TestARunningNodeWritesItselfDown(t *testing.T) {
	rings := journal.Aggregate[int, rung]{Category: "bell", Codec: decider.NewCodec(rung{}), Decider: decider.Decider[int, rung]{
		Initial: func() int { return 0 },
		Decide:  func(_ int, c rung) ([]decider.Event, error) { return []decider.Event{c}, nil },
		Evolve:  func(s int, _ decider.Event) int { return s + 1 },
	}}
	store := memory.New()
	open := func() (*Node, *bell) {
		b := &bell{}
		n := New(Spec{Service: "bell", Codec: rings.Codec, Registry: events.NewRegistry(), Models: []Model{b},
			Snapshots: Snapshots{Schema: 1, Streams: func(string, time.Time) bool { return true }}},
			Deps{Store: store, Now: time.Now, SnapshotEvery: 10})
		if err := n.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return n, b
	}
	n, _ := open()
	ctx, end := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	parts.Go(func() { _ = n.journal.Run(ctx) })
	parts.Go(func() { _ = n.foldLoop(ctx) })
	parts.Go(func() { n.snapshotLoop(ctx) })
	ring := func(times int) {
		t.Helper()
		for range times {
			if _, err := n.Do(ctx, func(tx *journal.Tx) error { _, err := journal.Execute(tx, rings, "a", rung{}); return err }); err != nil {
				t.Fatal(err)
			}
		}
	}
	ring(10)
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for n.saved.Load() < 10 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("ten events were not worth a snapshot")
		}
	}
	ring(9)
	before := n.saved.Load()
	ring(20)
	end()
	parts.Wait()
	if n.saved.Load() <= before {
		t.Errorf("saved up to %d, and nothing at the end", n.saved.Load())
	}
	again, b := open()
	if again.saved.Load() != n.saved.Load() || b.n != 39 || again.Applied() != 39 {
		t.Errorf("begins at %d, %d were saved; the bell rang %d times", again.saved.Load(), n.saved.Load(), b.n)
	}
	kept, err := again.journal.Keep(t.Context(), func(string) bool { return true })
	if err != nil || len(kept) != 1 || kept[0]().Version < 30 {
		t.Errorf("kept %d streams, %v", len(kept), err)
	}
}
