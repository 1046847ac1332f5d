package node_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

var because = node.Decision{Why: "its sender said it again"}

// parkThree lets a message with key a fail for good and two more wait behind it.
func parkThree(t *testing.T, l *listener) []eventlog.Parked {
	t.Helper()
	ctx, in := context.Background(), l.Inbounds()[0]
	if err := in.Park(ctx, message(1, said{}.EventType(), "a", 1), errors.New("a fault of ours")); err != nil {
		t.Fatal(err)
	}
	return twoBehind(t, l)
}

// twoBehind lets two more messages of key a wait behind the parked first.
func twoBehind(t *testing.T, l *listener) []eventlog.Parked {
	t.Helper()
	ctx, in := context.Background(), l.Inbounds()[0]
	for _, p := range []int64{2, 3} {
		if err := in.Deliver(ctx, message(p, said{}.EventType(), "a", int(p*10))); err != nil {
			t.Fatal(err)
		}
	}
	all, err := l.Parked(ctx)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all
}

func (l *listener) sum(t *testing.T) int {
	t.Helper()
	if err := l.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l.model.sum
}

func TestReplayHandlesWhatWasParkedAndWhatWaitsBehindIt(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	l := listen(t, store)
	replica := listen(t, store)
	parked := parkThree(t, l)
	if err := replica.Start(ctx); err != nil { // it counts the three, too
		t.Fatal(err)
	}
	if _, err := l.Replay(ctx, parked[1].ID, node.Decision{}); !errors.Is(err, node.ErrNotFirst) {
		t.Fatalf("a later one was replayed first: %v", err)
	}
	l.fail = errors.New("the fault is still there")
	if n, err := l.Replay(ctx, parked[0].ID, node.Decision{}); n.Replayed != 0 || !errors.Is(err, l.fail) || !errors.Is(err, node.ErrStillFails) {
		t.Fatalf("%+v, %v", n, err)
	}
	l.fail = nil
	if n, err := l.Replay(ctx, parked[0].ID, node.Decision{}); n.Replayed != 3 || err != nil {
		t.Fatalf("%+v, %v", n, err)
	}
	if got := l.sum(t); got != 51 {
		t.Errorf("sum %d, want 1+20+30", got)
	}
	if _, err := l.Replay(ctx, parked[0].ID, node.Decision{}); !errors.Is(err, node.ErrHandled) {
		t.Errorf("replayed twice: %v", err)
	}
	// Nothing waits any more: here, on the other replica, and after a restart.
	for i, who := range []*listener{l, replica, listen(t, store)} {
		if err := who.Inbounds()[0].Deliver(ctx, message(int64(4+i), said{}.EventType(), "a", 100)); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.sum(t); got != 351 {
		t.Errorf("sum %d, want 51 and three times 100", got)
	}
}

func TestDiscardGivesOneUp(t *testing.T) {
	ctx := context.Background()
	l := listen(t, memory.New())
	parked := parkThree(t, l)
	if _, err := l.Discard(ctx, parked[0].ID, because); err != nil {
		t.Fatal(err)
	}
	if err := l.Inbounds()[0].Deliver(ctx, message(4, said{}.EventType(), "a", 40)); err != nil {
		t.Fatal(err)
	}
	if got := l.sum(t); got != 0 {
		t.Fatalf("sum %d: somebody overtook", got)
	}
	if n, err := l.Replay(ctx, parked[1].ID, node.Decision{}); n.Replayed != 3 || err != nil || l.sum(t) != 90 {
		t.Fatalf("%+v, %v, sum %d", n, err, l.model.sum)
	}
	if _, err := l.Discard(ctx, uuid.New(), because); !errors.Is(err, node.ErrNotParked) {
		t.Fatal(err)
	}
}

func TestWhatWasNotKeptCannotBeReplayed(t *testing.T) {
	ctx := context.Background()
	l := listen(t, memory.New())
	id := uuid.New()
	if _, err := l.Do(ctx, func(tx *journal.Tx) error {
		tx.Park(eventlog.Parked{ID: id, Consumer: "listener", Source: "hr", Reason: "until lies before from"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replay(ctx, id, node.Decision{}); !errors.Is(err, node.ErrNotReplayable) {
		t.Fatal(err)
	}
	if _, err := l.Discard(ctx, id, because); err != nil {
		t.Fatal(err)
	}
	if all, err := l.Parked(ctx); err != nil || len(all) != 0 {
		t.Fatalf("%+v, %v", all, err)
	}
}

// Two replicas are asked the same at once: one answer, whoever gives it.
func TestReplicasAnswerARepeatAlike(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	l, other := listen(t, store), listen(t, store)
	ask := func(who *listener, body string, meanwhile func()) (int, error) {
		n, _, err := node.Command(ctx, who.Node, "key", body, func(tx *journal.Tx) (int, error) {
			meanwhile()
			evs, err := journal.Execute(tx, tallies, body+who.Service(), heard{7})
			return len(evs) * len(body), err
		})
		return n, err
	}
	for _, c := range []struct {
		body string
		want error
	}{{"first", nil}, {"of another length", journal.ErrReusedKey}} {
		n, err := ask(l, c.body, func() {
			if _, err := ask(other, "first", func() {}); err != nil {
				t.Fatal(err)
			}
		})
		if !errors.Is(err, c.want) || c.want == nil && n != len("first") {
			t.Errorf("%q: %d, %v", c.body, n, err)
		}
		store = memory.New()
		l, other = listen(t, store), listen(t, store)
	}
}
