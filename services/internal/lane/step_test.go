package lane_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// stepper is a lane without bus and router, as a simulation drives it.
func stepper(t *testing.T, said int64) (*lane.Lane, *taker, []events.Envelope) {
	t.Helper()
	log, c := memory.New(), newTaker()
	say(t, log, 1, said)
	list, err := log.PublicAfter(t.Context(), 0, int(said))
	if err != nil {
		t.Fatal(err)
	}
	var all []events.Envelope
	for _, e := range list {
		all = append(all, relay.Envelope(source, e, 1))
	}
	l := lane.New(lane.Options{
		Consumer: consumerName, Source: source, Handler: c, OnEpoch: c.rewind, Logger: bustest.Quiet(),
		Backfill: func(_ context.Context, after int64, limit int) (relay.Page, error) {
			from := min(after, said)
			return relay.Page{Epoch: 1, Head: said, Events: all[from:min(from+int64(limit), said)]}, nil
		},
	})
	return l, c, all
}

// Whatever the bus repeats, leaves out or mixes up: each event once, in order.
func TestStepInAnyOrder(t *testing.T) {
	for _, order := range [][]int{
		{1, 2, 3, 4, 5, 6, 7, 8, 9},
		{1, 1, 2, 1, 3, 3, 9, 9, 1},
		{9},
		{5, 3, 1, 9, 2},
		{2, 4, 6, 8, 9, 7},
	} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			l, c, all := stepper(t, 9)
			for _, n := range order {
				if err := l.Step(t.Context(), all[n-1]); err != nil {
					t.Fatal(err)
				}
			}
			c.mustHave(t, 9)
		})
	}
}

func TestStepParksAndGoesOn(t *testing.T) {
	l, c, all := stepper(t, 6)
	c.trouble = func(e events.Envelope, _ int) error {
		switch e.Position {
		case 2:
			return fmt.Errorf("translate: %w", lane.ErrPermanent)
		case 3:
			return fmt.Errorf("decode: %w", &events.FieldError{Field: "data.n", Reason: "is missing"})
		case 4:
			panic("a bug")
		}
		return nil
	}
	if err := l.Step(t.Context(), all[5]); err != nil { // the others come by backfill
		t.Fatal(err)
	}
	c.mustHave(t, 6)
	if s := l.Stats(); s.Parked != 3 || s.Delivered != 3 || s.Backfilled != 5 || s.Position != 6 {
		t.Errorf("%+v", s)
	}
}

func TestStepReturnsTransientErrors(t *testing.T) {
	l, c, all := stepper(t, 3)
	away := errors.New("database is away")
	c.trouble = func(_ events.Envelope, try int) error {
		if try == 1 {
			return away
		}
		return nil
	}
	for n := range 3 {
		if err := l.Step(t.Context(), all[n]); !errors.Is(err, away) {
			t.Fatalf("first try of %d: %v", n+1, err)
		}
		if err := l.Step(t.Context(), all[n]); err != nil {
			t.Fatal(err)
		}
	}
	c.mustHave(t, 3)
}

// The commit took place, its answer was lost: the next try sees the checkpoint.
func TestStepAfterACommitThatSaidItFailed(t *testing.T) {
	_, c, all := stepper(t, 3)
	lost := &lostAnswer{taker: c, on: 2}
	l := lane.New(lane.Options{Consumer: consumerName, Source: source, Handler: lost, Logger: bustest.Quiet()})
	for n := range 3 {
		err := l.Step(t.Context(), all[n])
		if n == 1 {
			if !errors.Is(err, eventlog.ErrUnknown) {
				t.Fatalf("got %v", err)
			}
			err = l.Step(t.Context(), all[n])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.mustHave(t, 3)
	if s := l.Stats(); s.Repeats != 1 || s.Delivered != 2 {
		t.Errorf("%+v", s)
	}
}

type lostAnswer struct {
	*taker
	on int64
}

func (h *lostAnswer) Deliver(ctx context.Context, e events.Envelope) error {
	err := h.taker.Deliver(ctx, e)
	if e.Position == h.on {
		return errors.Join(eventlog.ErrUnknown, err)
	}
	return err
}

func TestStepIgnoresAnEpochGivenUp(t *testing.T) {
	l, c, all := stepper(t, 3)
	if err := l.Step(t.Context(), all[0]); err != nil {
		t.Fatal(err)
	}
	c.seen = c.seen[:1]
	if err := c.rewind(t.Context(), eventlog.Checkpoint{Epoch: 2, Position: 1}); err != nil {
		t.Fatal(err)
	}
	l = lane.New(lane.Options{Consumer: consumerName, Source: source, Handler: c, Logger: bustest.Quiet()})
	if err := l.Step(t.Context(), all[1]); err != nil {
		t.Fatal(err)
	}
	if s := l.Stats(); s.Stale != 1 || c.count() != 1 {
		t.Errorf("%+v, %d seen", s, c.count())
	}
}

func TestIsPermanent(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		want bool
	}{
		{cause, false},
		{lane.Permanent(cause), true},
		{fmt.Errorf("wrapped: %w", lane.Permanent(cause)), true},
		{fmt.Errorf("wrapped: %w", &events.UnknownTypeError{Type: "x"}), true},
		{context.Canceled, false},
	} {
		if got := lane.IsPermanent(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
	if lane.Permanent(nil) != nil || !errors.Is(lane.Permanent(cause), cause) {
		t.Error("Permanent must keep nil and its cause")
	}
}
