// Package queue is the aggregate of the walk-ins of one centre on one day:
// tickets are issued, called and served in the order of their numbers. Who is
// not there yet is parked and keeps the place; who does not come is missed.
// Express tickets may be called by themselves, so that they do not wait behind
// the others.
package queue

import (
	"errors"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Refusals.
var (
	ErrNobodyWaits  = errors.New("nobody is waiting for these services")
	ErrNoSuchTicket = errors.New("there is no such ticket")
	ErrNotCalled    = errors.New("the ticket was not called yet: call it first")
	ErrTicketOver   = errors.New("the ticket is over: it was served or missed")
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
		Express bool
		At      time.Time
	}
	// CallNext calls who has waited longest for one of the services; any
	// service when none is named. It calls another one each time it is asked.
	CallNext struct {
		Which
		// Borrow is the hold of appointment capacity that serves it, if any.
		Borrow  centreday.HoldID
		At      time.Time
		Counter string
	}
	// Recall calls a ticket once more that was called or parked.
	Recall struct {
		Ticket  id.Ticket
		At      time.Time
		Counter string
	}
	// Park sets a ticket aside; it keeps its place.
	Park struct {
		Ticket id.Ticket
		At     time.Time
	}
	// Resume puts a parked ticket back at its place.
	Resume struct {
		Ticket id.Ticket
		At     time.Time
	}
	// MissTicket notes that the walk-in did not come, or has left.
	MissTicket struct {
		Ticket id.Ticket
		At     time.Time
	}
	// ServeTicket notes that the walk-in was served.
	ServeTicket struct {
		Ticket id.Ticket
		At     time.Time
	}
)

// Which tickets a counter serves.
type Which struct {
	Services []id.Service // empty: any
	// Only "express" or only "walk-in"; empty: both.
	Only string
}

func (w Which) serves(t Ticket) bool {
	return (len(w.Services) == 0 || slices.Contains(w.Services, t.Service)) &&
		(w.Only == "" || (w.Only == "express") == t.Express)
}

func (IssueTicket) command() {}
func (CallNext) command()    {}
func (Recall) command()      {}
func (Park) command()        {}
func (Resume) command()      {}
func (MissTicket) command()  {}
func (ServeTicket) command() {}

// Private events.
type (
	// TicketRecalled: called once more.
	TicketRecalled struct {
		Ticket  id.Ticket `json:"ticket"`
		At      time.Time `json:"at"`
		Counter string    `json:"counter,omitempty"`
	}
	// TicketParked: set aside.
	TicketParked struct {
		Ticket id.Ticket `json:"ticket"`
	}
	// TicketResumed: back at its place.
	TicketResumed struct {
		Ticket id.Ticket `json:"ticket"`
	}
	// CounterBorrowed: appointment capacity serves the ticket.
	CounterBorrowed struct {
		Ticket id.Ticket        `json:"ticket"`
		Hold   centreday.HoldID `json:"hold"`
	}
)

func (TicketRecalled) EventType() string  { return "booking.ticket-recalled.v1" }
func (TicketParked) EventType() string    { return "booking.ticket-parked.v1" }
func (TicketResumed) EventType() string   { return "booking.ticket-resumed.v1" }
func (CounterBorrowed) EventType() string { return "booking.counter-borrowed.v1" }

// Life of a ticket.
type Life uint8

// Lives.
const (
	Waiting Life = iota
	Called
	Parked
	Served
	Missed
)

// String is the word used over HTTP.
func (l Life) String() string {
	return [...]string{"waiting", "called", "parked", "served", "missed"}[l]
}

// Ticket as the state has it. At is when it was issued.
type Ticket struct {
	booking.TicketStep
	Life Life
	// CalledAt is the last call; Borrowed the hold that serves it, if any.
	CalledAt time.Time
	Borrowed centreday.HoldID
}

// State of a queue; tickets are in the order of their numbers.
type State struct{ tickets []Ticket }

// Tickets in the order of their numbers; not to be changed.
func (s State) Tickets() []Ticket { return s.tickets }

// Decider of a queue.
var Decider = decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: Evolve}

// Find a ticket.
func (s State) Find(t id.Ticket) (Ticket, bool) {
	if i := s.find(t); i >= 0 {
		return s.tickets[i], true
	}
	return Ticket{}, false
}

func (s State) find(t id.Ticket) int {
	return slices.IndexFunc(s.tickets, func(k Ticket) bool { return k.Ticket == t })
}

// Next is the ticket that CallNext would call.
func (s State) Next(w Which) (Ticket, bool) {
	for _, t := range s.tickets {
		if t.Life == Waiting && w.serves(t) {
			return t, true
		}
	}
	return Ticket{}, false
}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case IssueTicket:
		if s.find(c.Ticket) >= 0 {
			return nil, nil
		}
		return []decider.Event{booking.TicketIssued{TicketStep: booking.TicketStep{Ticket: c.Ticket, Centre: c.Centre, Day: c.Day,
			Number: len(s.tickets) + 1, Service: c.Service, At: c.At, Express: c.Express}}}, nil
	case CallNext:
		t, found := s.Next(c.Which)
		if !found {
			return nil, ErrNobodyWaits
		}
		say := []decider.Event{booking.TicketCalled{TicketStep: t.called(c.At, c.Counter)}}
		if c.Borrow != "" {
			say = append(say, CounterBorrowed{t.Ticket, c.Borrow})
		}
		return say, nil
	case Recall:
		return s.recall(c)
	case Park:
		return s.step(c.Ticket, Parked, func(t Ticket) (decider.Event, error) { return TicketParked{t.Ticket}, nil })
	case Resume:
		return s.step(c.Ticket, Waiting, func(t Ticket) (decider.Event, error) {
			if t.Life == Called {
				return nil, nil // it is being called: nothing to resume
			}
			return TicketResumed{t.Ticket}, nil
		})
	case MissTicket:
		return s.step(c.Ticket, Missed, func(t Ticket) (decider.Event, error) {
			step := t.TicketStep
			step.At = c.At
			return booking.TicketMissed{TicketStep: step}, nil
		})
	case ServeTicket:
		return s.step(c.Ticket, Served, func(t Ticket) (decider.Event, error) {
			if t.Life != Called {
				return nil, ErrNotCalled
			}
			step := t.TicketStep
			step.At, step.ServedSeconds = c.At, seconds(t.CalledAt, c.At)
			return booking.TicketServed{TicketStep: step}, nil
		})
	}
	return nil, errors.New("queue: unknown command")
}

// step decides a change of life; one that was made before is a repeat.
func (s State) step(k id.Ticket, to Life, event func(Ticket) (decider.Event, error)) ([]decider.Event, error) {
	t, found := s.Find(k)
	switch {
	case !found:
		return nil, ErrNoSuchTicket
	case t.Life == to:
		return nil, nil
	case t.Life == Served || t.Life == Missed:
		return nil, ErrTicketOver
	}
	e, err := event(t)
	if e == nil || err != nil {
		return nil, err
	}
	return []decider.Event{e}, nil
}

func (s State) recall(c Recall) ([]decider.Event, error) {
	t, found := s.Find(c.Ticket)
	switch {
	case !found:
		return nil, ErrNoSuchTicket
	case t.Life == Served || t.Life == Missed:
		return nil, ErrTicketOver
	}
	if c.Counter == "" {
		c.Counter = t.Counter
	}
	switch {
	case t.CalledAt.IsZero(): // parked before it was ever called, or waiting
		return []decider.Event{booking.TicketCalled{TicketStep: t.called(c.At, c.Counter)}}, nil
	case t.Life == Called && t.CalledAt.Equal(c.At):
		return nil, nil
	}
	return []decider.Event{TicketRecalled(c)}, nil
}

// called is the step of a first call.
func (t Ticket) called(at time.Time, counter string) booking.TicketStep {
	step := t.TicketStep
	step.Counter = counter
	if t.CalledAt.IsZero() {
		step.WaitedSeconds = seconds(t.At, at)
	}
	step.At = at
	return step
}

func seconds(from, to time.Time) int { return int(max(0, to.Sub(from)) / time.Second) }

// Evolve applies one event.
func Evolve(s State, e decider.Event) State {
	switch e := e.(type) {
	case booking.TicketIssued:
		s.tickets = append(slices.Clip(s.tickets), Ticket{TicketStep: e.TicketStep})
	case booking.TicketCalled:
		return s.with(e.Ticket, func(t *Ticket) {
			t.Life, t.WaitedSeconds, t.CalledAt, t.Counter = Called, e.WaitedSeconds, e.At, e.Counter
		})
	case TicketRecalled:
		return s.with(e.Ticket, func(t *Ticket) { t.Life, t.CalledAt, t.Counter = Called, e.At, e.Counter })
	case TicketParked:
		return s.with(e.Ticket, func(t *Ticket) { t.Life, t.Borrowed = Parked, "" })
	case TicketResumed:
		return s.with(e.Ticket, func(t *Ticket) { t.Life = Waiting })
	case CounterBorrowed:
		return s.with(e.Ticket, func(t *Ticket) { t.Borrowed = e.Hold })
	case booking.TicketMissed:
		return s.with(e.Ticket, func(t *Ticket) { t.Life, t.Borrowed = Missed, "" })
	case booking.TicketServed:
		return s.with(e.Ticket, func(t *Ticket) { t.Life, t.ServedSeconds, t.Borrowed = Served, e.ServedSeconds, "" })
	}
	return s
}

func (s State) with(k id.Ticket, change func(*Ticket)) State {
	if i := s.find(k); i >= 0 {
		s.tickets = slices.Clone(s.tickets)
		change(&s.tickets[i])
	}
	return s
}

// Events lists what a queue's stream may hold.
func Events() []decider.Event {
	return []decider.Event{booking.TicketIssued{}, booking.TicketCalled{}, booking.TicketServed{}, booking.TicketMissed{},
		TicketRecalled{}, TicketParked{}, TicketResumed{}, CounterBorrowed{}}
}
