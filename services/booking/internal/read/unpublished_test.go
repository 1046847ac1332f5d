package read

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// A day that changes without pause stands in the queue once.
func TestAHotDayWaitsOnce(t *testing.T) {
	m := NewUnpublished(100 * time.Millisecond)
	now := time.Unix(1e9, 0)
	version := int64(0)
	says := func(e decider.Event) {
		version++
		m.Apply(eventlog.Event{Stream: DayCategory + "-altona.2026-12-01", Version: version, NewEvent: eventlog.NewEvent{ID: uuid.New()}}, e)
	}
	for range 50 {
		says(centreday.HoldEnded{})
		c, found := m.Next(now)
		if !found {
			t.Fatal("nothing is due")
		}
		says(booking.SlotsChanged{})
		says(centreday.HoldEnded{}) // before the reactor looks again
		m.Said(c, now)
		now = now.Add(100 * time.Millisecond)
	}
	if len(m.queue) != 1 {
		t.Fatalf("the day stands in the queue %d times", len(m.queue))
	}
	if c, found := m.Next(now); !found || c.Version != version {
		t.Fatalf("%+v %v, want version %d", c, found, version)
	}
}
