package read

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// QueueCategory is the category of the queues' streams.
const QueueCategory = "queue"

// WhoWaits answers: who waits at a centre today, and how long have walk-ins
// waited, measured against the promise?
type WhoWaits struct {
	queues map[string]queue.State // today's and yesterday's, by aggregate id
	waits  map[waitKey]*waited
	today  day.Day
	at     map[string]int64 // position of each queue's newest event
}

type waitKey struct {
	centre  id.Centre
	day     day.Day
	express bool
}

// longest is where a histogram of waits ends, in minutes.
const longest = 240

type waited struct {
	issued, served, missed int
	seconds                int64
	minutes                [longest + 1]uint16 // full minutes until the first call; the last: that many or more
}

// NewWhoWaits knows nobody yet.
func NewWhoWaits() *WhoWaits {
	return &WhoWaits{queues: map[string]queue.State{}, waits: map[waitKey]*waited{}, at: map[string]int64{}}
}

// Apply takes in an event.
func (m *WhoWaits) Apply(stored eventlog.Event, event decider.Event) {
	name, ok := strings.CutPrefix(stored.Stream, QueueCategory+"-")
	if !ok {
		return
	}
	m.forget(stored.Meta.Time)
	s, known := m.queues[name]
	if !known {
		s = queue.Decider.Initial()
	}
	switch e := event.(type) {
	case booking.TicketIssued:
		m.of(e.TicketStep).issued++
	case booking.TicketCalled:
		if t, _ := s.Find(e.Ticket); t.CalledAt.IsZero() {
			w := m.of(e.TicketStep)
			w.seconds += int64(e.WaitedSeconds)
			w.minutes[min(e.WaitedSeconds/60, longest)]++
		}
	case booking.TicketServed:
		m.of(e.TicketStep).served++
	case booking.TicketMissed:
		m.of(e.TicketStep).missed++
	}
	m.queues[name], m.at[name] = queue.Evolve(s, event), stored.Position
}

func (m *WhoWaits) of(t booking.TicketStep) *waited {
	k := waitKey{t.Centre, t.Day, t.Express}
	if m.waits[k] == nil {
		m.waits[k] = &waited{}
	}
	return m.waits[k]
}

// Today lists a centre's tickets of a day in the order of their numbers; not to
// be changed.
func (m *WhoWaits) Today(c id.Centre, d day.Day) []queue.Ticket {
	return m.queues[centreday.Key{Centre: c, Day: d}.ID()].Tickets()
}

// Mark changes with a centre's queue.
func (m *WhoWaits) Mark(c id.Centre, d day.Day) int64 {
	return m.at[centreday.Key{Centre: c, Day: d}.ID()]
}

// WaitingTime of a centre's walk-ins, or express walk-ins, in a period.
type WaitingTime struct {
	Centre  id.Centre `json:"centre"`
	Express bool      `json:"express"`
	Issued  int       `json:"issued"`
	Called  int       `json:"called"`
	Served  int       `json:"served"`
	Missed  int       `json:"missed"`
	// MeanSeconds until the first call.
	MeanSeconds int `json:"mean_seconds"`
	// PromiseMinutes and the share of the calls that kept it, 0 to 1.
	PromiseMinutes int     `json:"promise_minutes"`
	Kept           float64 `json:"kept"`
}

// Waits measures a period against the promises, by centre, express last.
func (m *WhoWaits) Waits(p day.Period, walkIn, express int) []WaitingTime {
	sums := map[waitKey]*waited{}
	for k, w := range m.waits {
		if !p.Contains(k.day) {
			continue
		}
		k.day = 0
		s := sums[k]
		if s == nil {
			s = &waited{}
			sums[k] = s
		}
		s.issued, s.served, s.missed, s.seconds = s.issued+w.issued, s.served+w.served, s.missed+w.missed, s.seconds+w.seconds
		for i, n := range w.minutes {
			s.minutes[i] += n
		}
	}
	all := make([]WaitingTime, 0, len(sums))
	for k, s := range sums {
		t := WaitingTime{Centre: k.centre, Express: k.express, Issued: s.issued, Served: s.served, Missed: s.missed, PromiseMinutes: walkIn}
		if k.express {
			t.PromiseMinutes = express
		}
		kept := 0
		for i, n := range s.minutes {
			t.Called += int(n)
			if i < t.PromiseMinutes {
				kept += int(n)
			}
		}
		if t.Called > 0 {
			t.MeanSeconds, t.Kept = int(s.seconds/int64(t.Called)), float64(kept)/float64(t.Called)
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b WaitingTime) int {
		if c := cmp.Compare(a.Centre, b.Centre); c != 0 || a.Express == b.Express {
			return c
		}
		if a.Express {
			return 1
		}
		return -1
	})
	return all
}

// forget drops queues of days that are over, once a day.
func (m *WhoWaits) forget(now time.Time) {
	today := day.Of(now, time.UTC)
	if today <= m.today {
		return
	}
	m.today = today
	for name := range m.queues {
		if _, date, _ := strings.Cut(name, "/"); date < (today - 1).String() {
			delete(m.queues, name)
			delete(m.at, name)
		}
	}
}
