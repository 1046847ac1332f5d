package book

import (
	"context"
	"testing"
	"time"
)

func TestOpenPagesTakeTurns(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	var rested time.Duration
	turn := newTurns()
	turn.now = func() time.Time { return now }
	turn.rest = func(_ context.Context, d time.Duration) { rested += d; now = now.Add(d) }
	take := func() func() {
		t.Helper()
		done, ok := turn.take(t.Context())
		if !ok {
			t.Fatal("there is no turn")
		}
		return done
	}
	first := take()
	busy, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := turn.take(busy); ok {
		t.Fatal("two have a turn")
	}
	waiting := make(chan bool)
	go func() {
		done, ok := turn.take(context.WithoutCancel(busy))
		if ok {
			done()
		}
		waiting <- ok
	}()
	select {
	case <-waiting:
		t.Fatal("two have a turn")
	default:
	}
	now = now.Add(40 * time.Millisecond)
	first()
	if !<-waiting || rested != 40*time.Millisecond {
		t.Fatal("after 40 ms of work it rested", rested)
	}
	now = now.Add(time.Second)
	take()()
	if rested != 40*time.Millisecond {
		t.Error("it rests where nobody was busy:", rested)
	}
	rested = 0
	done := take()
	now = now.Add(time.Millisecond)
	done()
	gone, leave := context.WithCancel(t.Context())
	turn.rest = func(context.Context, time.Duration) { leave() }
	if _, ok := turn.take(gone); ok {
		t.Error("who has gone has a turn")
	}
	turn.rest = func(context.Context, time.Duration) {}
	take()()
}
