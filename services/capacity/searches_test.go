package capacity_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// Searches that found nothing are written down once, by service group and day; those
// that found something later than promised, and those of an older booking, are not.
func TestSearchesInVainAreWrittenDown(t *testing.T) {
	w := running(t, automatic)
	on, at := day.Of(w.now, w.now.Location()), w.now
	u := booking.SearchUnmet{Service: "passport", District: "east", From: on, Until: on + 60, At: at}
	w.deliver("booking", "", u)
	u.Skill, u.On, u.Lost = "id", &on, 3
	w.deliver("booking", "", u)
	noted := func() (n int) {
		all, err := w.store.After(w.ctx, 0, 100000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if e.Type == observed.TypeSearches {
				n++
			}
		}
		return n
	}
	if n := noted(); n != 1 {
		t.Fatalf("%d are noted", n)
	}
	u.At, u.Lost = at.Add(1), 1
	w.deliver("booking", "", u)
	if n := noted(); n != 2 {
		t.Fatalf("%d are noted, another one had come", n)
	}
}
