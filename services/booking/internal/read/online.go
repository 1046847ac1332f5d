package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// VisitsSpared answers: how often was the way without a visit taken, and how
// often was a visit booked all the same? Counted per service and day.
type VisitsSpared struct {
	online map[id.Service]bool // has a link at present
	counts map[spared]*[2]int  // taken, declined
}

type spared struct {
	on      day.Day
	service id.Service
}

// NewVisitsSpared has counted nothing yet.
func NewVisitsSpared() *VisitsSpared {
	return &VisitsSpared{map[id.Service]bool{}, map[spared]*[2]int{}}
}

// Apply takes in an event.
func (m *VisitsSpared) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case network.CatalogueObserved:
		clear(m.online)
		for _, s := range e.Services {
			if s.Online != "" {
				m.online[s.ID] = true
			}
		}
	case booking.OnlineTaken:
		m.count(e.On, e.Service, 0)
	case booking.AppointmentBooked:
		if len(e.Parts) == 0 && m.online[e.Service] {
			m.count(e.BookedOn, e.Service, 1)
		}
		for _, p := range e.Parts {
			if m.online[p.Service] {
				m.count(e.BookedOn, p.Service, 1)
			}
		}
	}
}

func (m *VisitsSpared) count(on day.Day, s id.Service, what int) {
	k := spared{on, s}
	if m.counts[k] == nil {
		m.counts[k] = &[2]int{}
	}
	m.counts[k][what]++
}

// Spared counts one service in a period.
type Spared struct {
	Service  id.Service `json:"service"`
	Taken    int        `json:"taken" doc:"Visits spared"`
	Declined int        `json:"declined" doc:"Visits booked although there is a way without"`
}

// In counts a period, by service.
func (m *VisitsSpared) In(p day.Period) []Spared {
	sums := map[id.Service]*Spared{}
	for k, n := range m.counts {
		if !p.Contains(k.on) {
			continue
		}
		s := sums[k.service]
		if s == nil {
			s = &Spared{Service: k.service}
			sums[k.service] = s
		}
		s.Taken += n[0]
		s.Declined += n[1]
	}
	all := make([]Spared, 0, len(sums))
	for _, s := range sums {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Spared) int { return cmp.Compare(a.Service, b.Service) })
	return all
}
