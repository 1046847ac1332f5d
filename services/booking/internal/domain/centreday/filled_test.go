package centreday

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// miscounted tells what is kept of a state from what its holds and appointments
// come to, counted anew as after a start.
func miscounted(s State) string {
	anew, err := snapshot.Decode[State](snapshot.Append(nil, s))
	switch {
	case err != nil:
		return err.Error()
	case anew.filled != nil || anew.books != nil || anew.changed != nil:
		return "what follows from the rest is written into snapshots"
	case s.filled == nil:
		return "" // counted when somebody asks
	}
	kept, counted := s.filled, anew.counted()
	slack := s.supply.Slack()
	for _, n := range s.needs("") {
		slack.Take(n)
	}
	for k := range s.skills {
		if a, b := kept.fill.Room(k), slack.Room(k); !slices.Equal(a, b) {
			return fmt.Sprintf("room for %s is %v, counted anew %v", s.skills[k], a, b)
		}
	}
	if a, b := spentOf(kept), spentOf(counted); !slices.Equal(a, b) {
		return fmt.Sprintf("spent are %v, counted anew %v", a, b)
	}
	unfit := 0
	for i, a := range s.appts.all() {
		if anew.appts.at(i).ID != a.ID || s.appts.index(a.ID) != i || anew.appts.index(a.ID) != i {
			return fmt.Sprintf("%s is number %d, found at %d and after a start at %d", a.ID, i, s.appts.index(a.ID), anew.appts.index(a.ID))
		}
		unfit += count(a.unfit)
	}
	if s.appts.unfit != unfit || anew.appts.unfit != unfit {
		return fmt.Sprintf("%d are unfit, %d and %d were counted", unfit, s.appts.unfit, anew.appts.unfit)
	}
	if a, b := told(s), told(anew); !reflect.DeepEqual(a, b) {
		return fmt.Sprintf("the load is %+v, counted anew %+v", a, b)
	}
	if a, b := s.Free(), anew.Free(); !reflect.DeepEqual(a, b) {
		return fmt.Sprintf("free is %+v, counted anew %+v", a, b)
	}
	for _, from := range []int{0, 9 * 60 / occupancy.Tick} {
		n := occupancy.Need{Skill: 0, From: from, To: from + 3}
		if kept.fill.Fits(n) != s.supply.Fits(n, s.needs("")) {
			return fmt.Sprintf("%+v fits: %v", n, kept.fill.Fits(n))
		}
	}
	return ""
}

func told(s State) booking.LoadChanged {
	load := booking.LoadChanged{Booked: map[id.Skill]day.Minutes{}}
	s.countBooked(&load)
	return load
}

func spentOf(f *filled) []spent {
	all := slices.DeleteFunc(slices.Clone(f.spent), func(c spent) bool { return c.minutes == 0 })
	slices.SortFunc(all, func(a, b spent) int { return cmp.Compare(a.channel, b.channel) })
	return all
}
