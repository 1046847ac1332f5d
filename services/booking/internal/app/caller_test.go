package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

// Who solves no challenge keeps one slot at a time, and few in an hour; who
// solves is not held up by it.
func TestWhoSolvesNothingIsGivenLittle(t *testing.T) {
	c := newClients(10)
	now := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	one := WithCaller(context.Background(), Caller{Client: "one", Plain: true})
	holds := 0
	hold := func(unsolved bool) error {
		end, err := c.begin(one, now, unsolved)
		if err == nil {
			holds++
			end(centreday.HoldID(rune('a'+holds)), now.Add(10*time.Minute), nil)
		}
		return err
	}
	for i := range plainBurst {
		if err := hold(true); err != nil {
			t.Fatal(i, err)
		}
		if err := hold(true); !errors.Is(err, ErrTooManyHolds) {
			t.Fatal("a second one at the same time:", err)
		}
		c.ended(centreday.HoldID(rune('a' + holds)))
	}
	if err := hold(true); !errors.Is(err, ErrTooManyHolds) {
		t.Fatal("one after the other without an end:", err)
	}
	if err := hold(false); err != nil {
		t.Fatal("who has solved:", err)
	}
	now = now.Add(plainEvery + time.Second)
	if err := hold(true); err != nil {
		t.Fatal("after a while:", err)
	}
	now = now.Add(24 * time.Hour)
	if c.sweep(now); len(c.plain)+len(c.owner) > 0 {
		t.Fatal("remembered for ever")
	}
}
