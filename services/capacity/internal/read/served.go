package read

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// Served is one district's day of service, as it was at worst: appointments
// booked for it, how many of them nobody could serve, and the minutes of those.
type Served struct {
	Day          day.Day
	Appointments int
	AtRisk       int
	Uncovered    day.Minutes
}

// served keeps what is known of days to come, and how days were.
type served struct {
	ahead map[Place]Served
	now   map[id.District]Served // of the day under way
	worst map[id.District]Served
	over  map[id.District][]Served
}

func newServed() *served {
	return &served{map[Place]Served{}, map[id.District]Served{}, map[id.District]Served{}, map[id.District][]Served{}}
}

func (s *served) load(district id.District, l observed.LoadObserved, today day.Day) {
	if l.Day < today || district == "" {
		return
	}
	p := Place{Centre: l.Centre, Day: l.Day}
	was := s.ahead[p]
	is := Served{l.Day, l.Appointments, l.AtRisk, l.UncoveredMinutes()}
	s.ahead[p] = is
	if l.Day == today {
		n := s.now[district]
		s.sum(district, Served{today, n.Appointments + is.Appointments - was.Appointments, n.AtRisk + is.AtRisk - was.AtRisk,
			n.Uncovered + is.Uncovered - was.Uncovered})
	}
}

func (s *served) sum(r id.District, n Served) {
	s.now[r] = n
	w := s.worst[r]
	s.worst[r] = Served{n.Day, max(w.Appointments, n.Appointments), max(w.AtRisk, n.AtRisk), max(w.Uncovered, n.Uncovered)}
}

func (s *served) begin(d day.Day, centres map[id.Centre]id.District) {
	for district, w := range s.worst {
		if w.Appointments > 0 {
			s.over[district] = append(s.over[district], w)
		}
	}
	clear(s.now)
	clear(s.worst)
	for p, l := range s.ahead {
		if p.Day < d {
			delete(s.ahead, p)
			continue
		}
		if district := centres[p.Centre]; p.Day == d && district != "" {
			n := s.now[district]
			s.now[district] = Served{d, n.Appointments + l.Appointments, n.AtRisk + l.AtRisk, n.Uncovered + l.Uncovered}
		}
	}
	for district, n := range s.now {
		s.sum(district, n)
	}
}

// Served are a district's days of service in from..until-1 that had
// appointments, ascending.
func (h *History) Served(r id.District, from, until day.Day) []Served {
	var all []Served
	for _, s := range h.served.over[r] {
		if from <= s.Day && s.Day < until {
			all = append(all, s)
		}
	}
	if t := h.served.worst[r]; t.Appointments > 0 && from <= t.Day && t.Day < until {
		all = append(all, t)
	}
	return all
}
