package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// WhoCame answers: how many appointments were kept, missed and cancelled, and
// how long did they take? Counted per service and day of the appointment.
type WhoCame struct{ counts map[spared]*attended }

type attended struct {
	kept, missed, cancelled int
	timed                   int // kept with a measured time at the counter
	waited, served          int64
}

// NewWhoCame has counted nothing yet.
func NewWhoCame() *WhoCame { return &WhoCame{map[spared]*attended{}} }

// Apply takes in an event.
func (m *WhoCame) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case booking.AppointmentKept:
		c := m.of(e.AppointmentEnded)
		c.kept++
		if e.ServedSeconds > 0 {
			c.timed++
			c.waited += int64(e.WaitedSeconds)
			c.served += int64(e.ServedSeconds)
		}
	case booking.AppointmentMissed:
		m.of(e.AppointmentEnded).missed++
	case centreday.CameLate:
		m.cameLate(stored, e)
	case booking.AppointmentCancelled:
		m.of(e.AppointmentEnded).cancelled++
	}
}

func (m *WhoCame) of(e booking.AppointmentEnded) *attended {
	k := spared{e.Day, e.Service}
	if m.counts[k] == nil {
		m.counts[k] = &attended{}
	}
	return m.counts[k]
}

// Attended counts one service in a period; a visit of several services counts
// as its first.
type Attended struct {
	Service   id.Service `json:"service"`
	Kept      int        `json:"kept"`
	Missed    int        `json:"missed"`
	Cancelled int        `json:"cancelled"`
	// NoShow is the share of those not cancelled that were missed, 0 to 1.
	NoShow float64 `json:"no_show"`
	// Measured of the kept ones have these mean times.
	Measured   int `json:"measured"`
	MeanWait   int `json:"mean_wait_seconds"`
	MeanServed int `json:"mean_served_seconds"`
}

// In counts a period, by service.
func (m *WhoCame) In(p day.Period) []Attended {
	sums := map[id.Service]*attended{}
	for k, c := range m.counts {
		if !p.Contains(k.on) {
			continue
		}
		s := sums[k.service]
		if s == nil {
			s = &attended{}
			sums[k.service] = s
		}
		s.kept, s.missed, s.cancelled = s.kept+c.kept, s.missed+c.missed, s.cancelled+c.cancelled
		s.timed, s.waited, s.served = s.timed+c.timed, s.waited+c.waited, s.served+c.served
	}
	all := make([]Attended, 0, len(sums))
	for service, s := range sums {
		a := Attended{Service: service, Kept: s.kept, Missed: s.missed, Cancelled: s.cancelled, Measured: s.timed}
		if n := s.kept + s.missed; n > 0 {
			a.NoShow = float64(s.missed) / float64(n)
		}
		if s.timed > 0 {
			a.MeanWait, a.MeanServed = int(s.waited/int64(s.timed)), int(s.served/int64(s.timed))
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Attended) int { return cmp.Compare(a.Service, b.Service) })
	return all
}
