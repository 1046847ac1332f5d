package eventlogtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// patience bounds every wait of the suite.
const patience = 30 * time.Second

func twoWriters(t *testing.T, h Harness) {
	stores := []eventlog.Store{h.Store, h.other(t)}
	const rounds = 20
	for round := range rounds {
		var wg sync.WaitGroup
		outs := make([]eventlog.Outcome, 4)
		errs := make([]error, len(outs))
		for i := range outs {
			wg.Go(func() {
				outcomes, err := stores[i%2].Commit(ctx, []eventlog.Unit{appending("hot", int64(round), 1)})
				if errs[i] = err; err == nil {
					outs[i] = outcomes[0]
				}
			})
		}
		wg.Wait()
		won := 0
		for i, out := range outs {
			switch {
			case errs[i] != nil:
				t.Fatal(errs[i])
			case out.Err == nil:
				won++
			case !errors.Is(out.Err, eventlog.ErrConflict):
				t.Fatal(out.Err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d writers won, want one", round, won)
		}
	}
	if n := len(whole(t, h.Store)); n != rounds {
		t.Errorf("%d events, want %d", n, rounds)
	}
}

func cancelled(t *testing.T, h Harness) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	u := appending("a", 0, 2)
	u.Keys = []eventlog.Key{{ID: "k", Wrapped: []byte("key")}}
	if _, err := h.Store.Commit(done, []eventlog.Unit{u}); !errors.Is(err, context.Canceled) {
		t.Fatalf("commit with a cancelled context: %v", err)
	}
	if n := len(whole(t, h.Store)); n != 0 {
		t.Fatalf("it left %d events", n)
	}
	if _, err := h.Store.PersonalKey(ctx, "k"); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("it left a key: %v", err)
	}
	accepted(t, h.Store, u)
	// Cancelled at any moment on the way: all or nothing, and known which.
	stored := int64(2)
	for i := range 100 {
		moment, cancel := context.WithTimeout(ctx, time.Duration(rand.Int64N(int64(2*time.Millisecond))))
		u := appending("a", stored, 2)
		u.Inbox = []eventlog.InboxKey{{Consumer: "c", MessageID: fmt.Sprint(i)}}
		_, err := h.Store.Commit(moment, []eventlog.Unit{u})
		cancel()
		version := int64(len(streamOf(t, h.Store, "a")))
		switch {
		case err == nil && version != stored+2, err != nil && !errors.Is(err, eventlog.ErrUnknown) && version != stored,
			version != stored && version != stored+2:
			t.Fatalf("commit said %v, and the stream went from %d to %d", err, stored, version)
		}
		stored = version
	}
	accepted(t, h.Store, appending("a", stored, 1))
}

// writer is one of the concurrent writers of follow. It keeps to one stream,
// and remembers which events must be in the log and which must not.
type writer struct {
	store     eventlog.Store
	stream    string
	version   int64
	written   map[uuid.UUID]int64 // position
	forbidden map[uuid.UUID]bool
	dice      *rand.Rand
}

func (w *writer) step() error {
	u := appending(w.stream, w.version, 1+w.dice.IntN(3))
	for i := range u.Appends[0].Events {
		if e := &u.Appends[0].Events[i]; w.dice.IntN(2) == 0 {
			e.Public, e.Meta.Key = true, "k"
		}
	}
	ids := func(into func(id uuid.UUID, i int)) {
		for i, e := range u.Appends[0].Events {
			into(e.ID, i)
		}
	}
	forbid := func(id uuid.UUID, _ int) { w.forbidden[id] = true }
	commitCtx := ctx
	switch w.dice.IntN(6) {
	case 0: // refused
		u.Appends[0].Expected += 1 + w.dice.Int64N(3)
	case 1: // rolled back
		limited, cancel := context.WithTimeout(ctx, time.Duration(w.dice.Int64N(int64(time.Millisecond))))
		defer cancel()
		commitCtx = limited
	}
	outcomes, err := w.store.Commit(commitCtx, []eventlog.Unit{u})
	if errors.Is(err, eventlog.ErrUnknown) { // retry blindly
		outcomes, err = w.store.Commit(ctx, []eventlog.Unit{u})
	}
	switch {
	case err != nil && commitCtx.Err() != nil, err == nil && errors.Is(outcomes[0].Err, eventlog.ErrConflict):
		ids(forbid)
		return nil
	case err != nil:
		return err
	case outcomes[0].Err != nil:
		return outcomes[0].Err
	}
	first := outcomes[0].Position - int64(len(u.Appends[0].Events)) + 1
	ids(func(id uuid.UUID, i int) { w.written[id] = first + int64(i) })
	w.version += int64(len(u.Appends[0].Events))
	return nil
}

func follow(t *testing.T, h Harness) {
	const writers, steps = 8, 40
	stores := []eventlog.Store{h.Store, h.other(t)}
	var all []*writer
	for i := range writers {
		all = append(all, &writer{store: stores[i%2], stream: fmt.Sprint("s", i), written: map[uuid.UUID]int64{},
			forbidden: map[uuid.UUID]bool{}, dice: rand.New(rand.NewPCG(uint64(i), 7))})
	}
	followed := make(chan []eventlog.Event, 1)
	until := make(chan int64, 1)
	go func() { followed <- followTo(t, h.Store, until) }()

	var wg sync.WaitGroup
	for i, w := range all {
		wg.Go(func() {
			for step := range steps {
				if h.Stall != nil && i == 0 && step == steps/2 {
					h.Stall(t) // a ninth writer freezes while it holds the log
				}
				if err := w.step(); err != nil {
					t.Errorf("writer %d, step %d: %v", i, step, err)
					return
				}
			}
		})
	}
	wg.Wait()
	written := map[uuid.UUID]int64{}
	for _, w := range all {
		for id, position := range w.written {
			written[id] = position
		}
	}
	until <- int64(len(written))
	seen := <-followed
	if len(seen) != len(written) {
		t.Fatalf("the follower saw %d events, %d were written", len(seen), len(written))
	}
	versions, public := map[string]int64{}, int64(0)
	for i, e := range seen {
		versions[e.Stream]++
		if e.Public {
			public++
		}
		switch position, known := written[e.ID]; {
		case e.Position != int64(i)+1:
			t.Fatalf("position %d follows on %d", e.Position, i)
		case !known:
			t.Fatalf("event %s at position %d was refused or rolled back", e.ID, e.Position)
		case position != e.Position:
			t.Fatalf("event %s was told position %d and stands at %d", e.ID, position, e.Position)
		case e.Version != versions[e.Stream]:
			t.Fatalf("stream %s: version %d follows on %d", e.Stream, e.Version, versions[e.Stream]-1)
		case e.Public && e.PublicPosition != public, !e.Public && e.PublicPosition != 0:
			t.Fatalf("position %d has public position %d, want the %d. of the public ones", e.Position, e.PublicPosition, public)
		}
	}
	for i, w := range all {
		for id := range w.forbidden {
			if _, stored := written[id]; stored {
				t.Errorf("writer %d: refused event %s is in the log", i, id)
			}
		}
		if w.version == 0 || len(w.forbidden) == 0 {
			t.Errorf("writer %d wrote %d and lost %d events: the test tests nothing", i, w.version, len(w.forbidden))
		}
	}
}

// followTo tails the log until it has seen as many events as until says.
func followTo(t *testing.T, s eventlog.Store, until <-chan int64) (seen []eventlog.Event) {
	woken, stop := s.Watch()
	defer stop()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	goal := int64(-1)
	for {
		for {
			page, err := s.After(ctx, int64(len(seen)), 7)
			if err != nil {
				t.Errorf("follow: %v", err)
				return seen
			}
			if seen = append(seen, page...); len(page) == 0 {
				break
			}
		}
		if goal >= 0 && int64(len(seen)) >= goal {
			return seen
		}
		select {
		case <-woken:
		case goal = <-until:
		case <-deadline.C:
			t.Errorf("the follower saw %d events and then nothing for too long", len(seen))
			return seen
		}
	}
}

func stalled(t *testing.T, h Harness) {
	if h.Stall == nil {
		t.Skip("no transaction outlives a call here: there is nobody to stall")
	}
	accepted(t, h.Store, appending("a", 0, 1))
	cut := h.Stall(t)
	before := time.Now()
	accepted(t, h.Store, appending("a", 1, 1)) // waits, and goes on
	took := time.Since(before)
	select {
	case <-cut:
	case <-time.After(patience):
		t.Error("the stalled writer was not cut off")
	}
	if took > 8*time.Second {
		t.Errorf("the city stood still for %v", took)
	}
	if n := len(whole(t, h.Store)); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}

func wakes(t *testing.T, h Harness) {
	woken, stop := h.Store.Watch()
	const rounds = 20
	began := time.Now()
	for i := range rounds {
		select { // what an earlier commit or a poll left
		case <-woken:
		default:
		}
		accepted(t, h.Store, appending("a", int64(i), 1))
		select {
		case <-woken:
		case <-time.After(patience):
			t.Fatal("no wake after a commit")
		}
		if events, err := h.Store.After(ctx, int64(i), 10); err != nil || len(events) != 1 {
			t.Fatalf("woken for %+v, %v, want the new event", events, err)
		}
	}
	if took := time.Since(began); took > rounds*time.Second/4 {
		t.Errorf("%d wakes took %v: they wait for a poll", rounds, took)
	}
	refused(t, h.Store, appending("a", 0, 1), eventlog.ErrConflict)
	stop()
	stop() // twice is once
	select {
	case <-woken:
	default:
	}
	accepted(t, h.Store, appending("a", rounds, 1))
	select {
	case <-woken:
		t.Error("a stopped follower was woken")
	default:
	}
}

func wakesAcross(t *testing.T, h Harness) {
	woken, stop := h.Store.Watch()
	defer stop()
	accepted(t, h.other(t), appending("a", 0, 1))
	deadline := time.After(patience)
	began := time.Now()
	for {
		if events, err := h.Store.After(ctx, 0, 10); err != nil {
			t.Fatal(err)
		} else if len(events) == 1 {
			break
		}
		select {
		case <-woken:
		case <-deadline:
			t.Fatal("never woken for what another writer wrote")
		}
	}
	select { // even when the first look found it already
	case <-woken:
	case <-deadline:
		t.Fatal("never woken")
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v, want about a second at most", took)
	}
}
