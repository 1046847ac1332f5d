package node

import (
	"context"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// A panic is one try's; the process and the others go on.
func TestPanicsAreTriedAgain(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ticks, reactions := 0, 0
	n := New(Spec{Service: "clumsy", Codec: decider.NewCodec(), Registry: events.NewRegistry(),
		Tick: func(context.Context, time.Time) error {
			if ticks++; ticks > 1 {
				stop()
			}
			panic("a tick slips")
		}}, Deps{Store: memory.New(), Now: time.Now})
	n.tickLoop(ctx, n.spec.Tick)
	if ticks != 2 {
		t.Errorf("%d ticks", ticks)
	}
	ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
	defer end()
	n.reactLoop(ctx, Reactor{Name: "clumsy", React: func(context.Context) (bool, error) {
		if reactions++; reactions > 1 {
			end()
		}
		panic("a reaction slips")
	}})
	if reactions != 2 {
		t.Errorf("%d reactions", reactions)
	}
}
