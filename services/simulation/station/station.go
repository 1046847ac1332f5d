// Package station is a waiting room with counters: who comes is served in the
// order of coming, by as many as sit there at the time. It is how a simulation
// knows what walk-ins wait, and it is held against the closed forms of queueing
// theory.
package station

import (
	"time"

	"github.com/lotse-hamburg/lotse/services/simulation/agenda"
)

// Station is one room. It lives on an agenda.
type Station struct {
	agenda   *agenda.Agenda
	counters int
	room     int // most who are there at once, those served included; 0: no bound
	busy     int
	queue    []visitor
	called   func(waited time.Duration)

	level func(there int, d time.Duration) // told how long how many were there
	since time.Time

	Came, Turned int // who came, and who found the room full
}

type visitor struct {
	came    time.Time
	service time.Duration
}

// Options of a station.
type Options struct {
	Counters int
	Room     int // most who are there at once, those served included; 0: no bound
	// Called hears how long somebody waited who is called now.
	Called func(waited time.Duration)
	// Level hears how long how many have been there; nil: nobody listens.
	Level func(there int, d time.Duration)
}

// New opens a station.
func New(a *agenda.Agenda, o Options) *Station {
	if o.Called == nil {
		o.Called = func(time.Duration) {}
	}
	return &Station{agenda: a, counters: o.Counters, room: o.Room, called: o.Called, level: o.Level, since: a.Now()}
}

// There counts who waits or is served.
func (s *Station) There() int { return len(s.queue) + s.busy }

// Waiting counts who waits.
func (s *Station) Waiting() int { return len(s.queue) }

func (s *Station) note() {
	if s.level != nil {
		s.level(s.There(), s.agenda.Now().Sub(s.since))
	}
	s.since = s.agenda.Now()
}

// Come lets somebody in who needs that long at a counter; false: the room is full.
func (s *Station) Come(service time.Duration) bool {
	s.Came++
	if s.room > 0 && s.There() >= s.room {
		s.Turned++
		return false
	}
	s.note()
	s.queue = append(s.queue, visitor{s.agenda.Now(), service})
	s.call()
	return true
}

// Staff sets how many counters are open from now on. Who is being served is
// served to the end.
func (s *Station) Staff(counters int) {
	s.counters = counters
	s.call()
}

// call brings visitors to free counters.
func (s *Station) call() {
	for s.busy < s.counters && len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.busy++
		s.called(s.agenda.Now().Sub(next.came))
		s.agenda.In(next.service, "a visitor is served", func() error {
			s.note()
			s.busy--
			s.call()
			return nil
		})
	}
}
