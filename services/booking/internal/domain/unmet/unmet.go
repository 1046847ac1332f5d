// Package unmet samples searches that found nothing: at most one per minute,
// service, place and first day is written down, so that a broken promise does
// not flood the log; and whenever some are told that had not been counted.
package unmet

import (
	"maps"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Note says that a search found nothing.
type Note struct{ booking.SearchUnmet }

type place struct {
	centre   id.Centre
	district id.District
	from     day.Day
}

// State of one service's searches: who was noted in the newest minute.
type State struct {
	minute int64
	seen   map[place]time.Time // when, as told last
}

// Decider of one service's searches.
var Decider = decider.Decider[State, Note]{
	Initial: func() State { return State{} },
	Decide: func(s State, c Note) ([]decider.Event, error) {
		m := minuteOf(c.At)
		before, seen := s.seen[placeOf(c.SearchUnmet)]
		if m < s.minute || m == s.minute && seen && (c.Lost == 0 || c.At.Equal(before)) {
			return nil, nil
		}
		return []decider.Event{c.SearchUnmet}, nil
	},
	Evolve: func(s State, e decider.Event) State {
		u, ok := e.(booking.SearchUnmet)
		if !ok {
			return s
		}
		if m := minuteOf(u.At); m != s.minute {
			s = State{minute: m}
		}
		s.seen = maps.Clone(s.seen)
		if s.seen == nil {
			s.seen = map[place]time.Time{}
		}
		s.seen[placeOf(u)] = u.At
		return s
	},
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

func placeOf(u booking.SearchUnmet) place { return place{u.Centre, u.District, u.From} }
