// Package queue is the aggregate of the walk-ins of one centre on one day:
// tickets are issued, called and served, in the order of their numbers.
package queue

import (
	"errors"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Refusals.
var (
	ErrNobodyWaits  = errors.New("nobody is waiting for these services")
	ErrNoSuchTicket = errors.New("there is no such ticket")
	ErrNotCalled    = errors.New("the ticket was not called yet: call it first")
)

// Command is one of the commands below.
type Command interface{ command() }

type (
	// IssueTicket draws the next number.
	IssueTicket struct {
		Ticket  id.Ticket
		Centre  id.Centre
		Day     day.Day
		Service id.Service
		At      time.Time
	}
	// CallNext calls who has waited longest for one of the services; any
	// service when none is named. It calls another one each time it is asked.
	CallNext struct {
		Services []id.Service
		At       time.Time
	}
	// ServeTicket notes that the walk-in was served.
	ServeTicket struct {
		Ticket id.Ticket
		At     time.Time
	}
)

func (IssueTicket) command() {}
func (CallNext) command()    {}
func (ServeTicket) command() {}

type ticket struct {
	booking.TicketStep
	called, served bool
}

// State of a queue; tickets are in the order of their numbers.
type State struct{ tickets []ticket }

// Decider of a queue.
var Decider = decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}

func (s State) find(t id.Ticket) int {
	return slices.IndexFunc(s.tickets, func(k ticket) bool { return k.Ticket == t })
}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case IssueTicket:
		if s.find(c.Ticket) >= 0 {
			return nil, nil
		}
		return []decider.Event{booking.TicketIssued{TicketStep: booking.TicketStep{Ticket: c.Ticket, Centre: c.Centre, Day: c.Day,
			Number: len(s.tickets) + 1, Service: c.Service, At: c.At}}}, nil
	case CallNext:
		for _, t := range s.tickets {
			if !t.called && (len(c.Services) == 0 || slices.Contains(c.Services, t.Service)) {
				step := t.TicketStep
				step.WaitedSeconds = int(max(0, c.At.Sub(t.At)) / time.Second)
				step.At = c.At
				return []decider.Event{booking.TicketCalled{TicketStep: step}}, nil
			}
		}
		return nil, ErrNobodyWaits
	case ServeTicket:
		i := s.find(c.Ticket)
		switch {
		case i < 0:
			return nil, ErrNoSuchTicket
		case !s.tickets[i].called:
			return nil, ErrNotCalled
		case s.tickets[i].served:
			return nil, nil
		}
		step := s.tickets[i].TicketStep
		step.At = c.At
		return []decider.Event{booking.TicketServed{TicketStep: step}}, nil
	}
	return nil, errors.New("queue: unknown command")
}

func evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case booking.TicketIssued:
		s.tickets = append(slices.Clip(s.tickets), ticket{TicketStep: e.TicketStep})
	case booking.TicketCalled:
		return s.with(e.TicketStep, func(t *ticket) { t.called, t.WaitedSeconds = true, e.WaitedSeconds })
	case booking.TicketServed:
		return s.with(e.TicketStep, func(t *ticket) { t.served = true })
	}
	return s
}

func (s State) with(e booking.TicketStep, change func(*ticket)) State {
	if i := s.find(e.Ticket); i >= 0 {
		s.tickets = slices.Clone(s.tickets)
		change(&s.tickets[i])
	}
	return s
}

// Events lists what a queue's stream may hold.
func Events() []decider.Event {
	return []decider.Event{booking.TicketIssued{}, booking.TicketCalled{}, booking.TicketServed{}}
}
