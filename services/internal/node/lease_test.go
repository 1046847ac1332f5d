package node

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

func replica(store eventlog.Store) *Node {
	return New(Spec{Service: "doubled", Codec: decider.NewCodec(), Registry: events.NewRegistry()}, Deps{Store: store, Now: time.Now})
}

// leading begins a replica and tells when it works; stop ends it in peace.
func leading(t *testing.T, n *Node) (works chan struct{}, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	works = make(chan struct{}, 8)
	ended := make(chan error, 1)
	go func() {
		ended <- n.lead(ctx, func(ctx context.Context) error {
			works <- struct{}{}
			<-ctx.Done()
			return nil
		})
	}()
	return works, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func await(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("it never came to pass within 10 s: " + what)
	}
}

func TestOneReplicaWorksAndTheNextFollows(t *testing.T) {
	store := memory.New()
	a, b := replica(store), replica(store)
	worksA, stopA := leading(t, a)
	await(t, "the first works", worksA)
	worksB, stopB := leading(t, b)
	defer stopB()
	beside := make(chan struct{}, 8)
	ctx, cancel := context.WithCancel(t.Context())
	whole := make(chan error, 1)
	go func() {
		whole <- b.WhileLeading(ctx, func(ctx context.Context) error { beside <- struct{}{}; <-ctx.Done(); return nil })
	}()
	for range 3 { // the second asks, in vain
		if l, err := store.TakeLease(t.Context(), leaseName, "a stranger", time.Hour, 0); err != nil || l.Term != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		if len(worksB)+len(beside) > 0 || !a.Leads() || b.Leads() {
			t.Fatal("both work")
		}
	}
	stopA()
	await(t, "the second works", worksB)
	await(t, "what runs beside it does too", beside)
	if a.Leads() || !b.Leads() {
		t.Fatal("the second should lead")
	}
	cancel()
	if err := <-whole; err != nil {
		t.Error(err)
	}
}

// away has lost its database.
type away struct {
	eventlog.Store
	gone atomic.Bool
}

func (a *away) TakeLease(ctx context.Context, name, holder string, ttl, rest time.Duration) (eventlog.Lease, error) {
	if a.gone.Load() {
		return eventlog.Lease{}, eventlog.ErrUnreachable
	}
	return a.Store.TakeLease(ctx, name, holder, ttl, rest)
}

// Whoever cannot renew its lease rests before another one may begin.
func TestWhoCannotRenewRests(t *testing.T) {
	mem := memory.New()
	cut := &away{Store: mem}
	n := replica(cut)
	works, stop := leading(t, n)
	defer stop()
	await(t, "it works", works)
	turn, _ := n.turn.get()
	cut.gone.Store(true)
	await(t, "it rests", turn.Done())
	if l, err := mem.TakeLease(t.Context(), leaseName, "another", leaseFor, 0); err != nil || l.Holder == "another" {
		t.Errorf("it rested only when its lease was over: %+v, %v", l, err)
	}
	cut.gone.Store(false)
	await(t, "it works again", works)
}

func TestWorkThatFailsEndsTheReplica(t *testing.T) {
	broken := errors.New("an event that this version does not know")
	if err := replica(memory.New()).lead(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// A command that is repeated at another replica while the first is still at it
// may be refused because of what the first has done: it gets the first answer.
func TestARefusalIsLookedAtAgain(t *testing.T) {
	store := memory.New()
	a, b := replica(store), replica(store)
	taken := errors.New("taken")
	order := func(n *Node, before func()) (string, error) {
		answer, _, err := Command(t.Context(), n, "key", "body", func(*journal.Tx) (string, error) {
			if before != nil {
				before()
				return "", taken
			}
			return "the slot is yours", nil
		})
		return answer, err
	}
	got, err := order(b, func() {
		if _, err := order(a, nil); err != nil {
			t.Error(err)
		}
	})
	if err != nil || got != "the slot is yours" {
		t.Errorf("%q, %v", got, err)
	}
	if _, _, err := Command(t.Context(), b, "another key", "body", func(*journal.Tx) (string, error) { return "", taken }); !errors.Is(err, taken) {
		t.Errorf("a true refusal: %v", err)
	}
}
