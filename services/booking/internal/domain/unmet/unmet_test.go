package unmet

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestOncePerMinuteAndPlace(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 0, 10, 0, time.UTC)
	u := booking.SearchUnmet{Service: "passport", District: "altona", From: 20788, Until: 20802, At: at}
	soon, later, elsewhere, counted, other := u, u, u, u, u
	other.At, other.Lost = at.Add(10*time.Second), 3
	counted.At, counted.Lost = at.Add(20*time.Second), 2
	soon.At, later.At, elsewhere.District = at.Add(20*time.Second), at.Add(time.Minute), "mitte"
	then := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(booking.SearchUnmet{}), []decidertest.Case[Note]{
		{Name: "first", When: Note{u}, Then: then(u)},
		{Name: "same minute", Given: then(u), When: Note{soon}},
		{Name: "same minute, of some that were not counted", Given: then(u), When: Note{counted}, Then: then(counted)},
		{Name: "and once more", Given: then(u, counted), When: Note{counted}},
		{Name: "and of another replica, told later than what came later", Given: then(u, counted), When: Note{other}, Then: then(other)},
		{Name: "next minute", Given: then(u), When: Note{later}, Then: then(later)},
		{Name: "elsewhere", Given: then(u), When: Note{elsewhere}, Then: then(elsewhere)},
		{Name: "late news", Given: then(later), When: Note{u}},
	})
}
