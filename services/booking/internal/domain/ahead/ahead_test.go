package ahead

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestTell(t *testing.T) {
	count := func(version int64, counts ...int) booking.BookingsCounted {
		return booking.BookingsCounted{Centre: "altona", Day: 20800, Version: version,
			Skills: []booking.BookedAhead{{Skill: id.Skill("id"), Days: []int{0, 7}, Counts: counts}}}
	}
	decidertest.Run(t, Decider, decider.NewCodec(booking.BookingsCounted{}), []decidertest.Case[Tell]{
		{Name: "the first count", When: Tell{count(0, 3, 1)}, Then: []decider.Event{count(1, 3, 1)}},
		{Name: "the same again", Given: []decider.Event{count(1, 3, 1)}, When: Tell{count(0, 3, 1)}},
		{Name: "an import of that day came late", Given: []decider.Event{count(1, 3, 1)}, When: Tell{count(0, 3, 2)}, Then: []decider.Event{count(2, 3, 2)}},
	})
}
