package node

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// cabled is a replica with a cable to the bus. What is sent through one that is
// cut arrives when that is mended.
type cabled struct {
	*Node
	cut   atomic.Bool
	turns chan struct{} // one for each turn that began
}

func (c *cabled) answers(ctx context.Context) error {
	for c.cut.Load() && ctx.Err() == nil {
		pause(ctx, 10*time.Millisecond)
	}
	return ctx.Err()
}

// pair runs two replicas over one store on a clock of their own, the first of
// them leading, and fails if ever both work at once.
func pair(t *testing.T, story func(t *testing.T, store eventlog.Store, a, b *cabled)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		store := memory.New()
		ended := make(chan error, 4)
		var working atomic.Int32
		begin := func() *cabled {
			c := &cabled{Node: replica(store), turns: make(chan struct{}, 100)}
			go func() { c.listen(ctx, c.answers); ended <- nil }()
			go func() {
				ended <- c.lead(ctx, func(ctx context.Context) error {
					if working.Add(1) > 1 {
						t.Error("both work")
					}
					c.turns <- struct{}{}
					<-ctx.Done()
					working.Add(-1)
					return nil
				})
			}()
			return c
		}
		a := begin()
		await(t, "the first works", a.turns)
		b := begin()
		pass(2500 * time.Millisecond)
		story(t, store, a, b)
		stop()
		for range 4 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

// pass lets time pass on the clock of the story.
func pass(d time.Duration) { <-time.After(d) }

func within(t *testing.T, what string, limit time.Duration, c <-chan struct{}) {
	t.Helper()
	began := time.Now()
	await(t, what, c)
	if took := time.Since(began); took > limit {
		t.Errorf("%s after %v, want %v at most", what, took, limit)
	}
}

// stays fails unless one leads, in the turn that it has, for ten minutes.
func stays(t *testing.T, leads, rests *cabled) {
	t.Helper()
	for range 600 {
		pass(time.Second)
		if !leads.Leads() || rests.Leads() || len(leads.turns)+len(rests.turns) > 0 {
			t.Fatalf("the lease should stay where it is: %t, %t, %d and %d more turns", leads.Leads(), rests.Leads(), len(leads.turns), len(rests.turns))
		}
	}
}

func TestWhoLosesTheBusYieldsToWhoHasIt(t *testing.T) {
	const bound = busFor + 2*leaseEvery // it counts, looks, and is asked
	pair(t, func(t *testing.T, _ eventlog.Store, a, b *cabled) {
		a.cut.Store(true)
		within(t, "the second works", bound, b.turns)
		stays(t, b, a) // the first is away
		a.cut.Store(false)
		stays(t, b, a) // and back
		b.cut.Store(true)
		within(t, "the first works again", bound, a.turns)
		stays(t, a, b)
	})
}

func TestABusThatStuttersChangesNothing(t *testing.T) {
	pair(t, func(t *testing.T, _ eventlog.Store, a, b *cabled) {
		for range 100 {
			a.cut.Store(true)
			pass(busFor - 2*busEvery)
			a.cut.Store(false)
			pass(busFor)
		}
		stays(t, a, b)
	})
}

// What needs no bus goes on without one, on one replica; the first that has the
// bus again does it from then on.
func TestWithoutABusOneStillWorks(t *testing.T) {
	const bound = busFor + leaseRest + 3*leaseEvery
	for name, backFirst := range map[string]func(works, rests *cabled) *cabled{
		"who works has it back first": func(works, _ *cabled) *cabled { return works },
		"who rests has it back first": func(_, rests *cabled) *cabled { return rests },
	} {
		t.Run(name, func(t *testing.T) {
			pair(t, func(t *testing.T, store eventlog.Store, a, b *cabled) {
				a.cut.Store(true)
				b.cut.Store(true)
				works, rests := a, b
				select {
				case <-a.turns:
				case <-b.turns:
					works, rests = b, a
				case <-time.After(bound):
					t.Fatalf("nobody works after %v", bound)
				}
				stays(t, works, rests)
				first := backFirst(works, rests)
				first.cut.Store(false)
				if first == rests {
					within(t, "who has the bus works", busFor+busEvery+2*leaseEvery+leaseEvery+leaseSpare, first.turns)
					works, rests = rests, works
				} else {
					pass(busFor + busEvery + leaseEvery)
				}
				stays(t, works, rests)
				if l, err := store.TakeLease(t.Context(), leaseName, "a stranger", 0, 0); err != nil || l.Holder == "a stranger" {
					t.Errorf("who has the bus holds the lease against all: %+v, %v", l, err)
				}
				rests.cut.Store(false)
				stays(t, works, rests)
			})
		})
	}
}

// A replica alone loses a few seconds, not its work.
func TestAReplicaAloneWorksWithoutABus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cabled{Node: replica(memory.New())}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go c.listen(ctx, c.answers)
		turns, end := leading(t, c.Node)
		defer end()
		await(t, "it works", turns)
		turn, _ := c.turn.get()
		c.cut.Store(true)
		within(t, "it rests", busFor+2*leaseEvery, turn.Done())
		within(t, "it works again", leaseRest+2*leaseEvery, turns)
		turn, _ = c.turn.get()
		c.cut.Store(false)
		pass(time.Minute)
		if turn.Err() != nil || len(turns) > 0 {
			t.Error("that the bus is back interrupts nothing")
		}
	})
}
