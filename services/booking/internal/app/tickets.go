package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// ErrNeededForAppointments: a counter of the appointments cannot take a walk-in.
var ErrNeededForAppointments = errors.New("the counters are needed for appointments: call again when one is unused for long enough")

// IssueTicket draws a number for a walk-in, today.
func (a *App) IssueTicket(ctx context.Context, key string, centre id.Centre, service id.Service) (booking.TicketStep, journal.Receipt, error) {
	if err := errors.Join(access.Centre(ctx, centre), a.centre(centre)); err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	t, err := a.service(service)
	if err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	body := []string{string(centre), string(service)}
	return node.Command(ctx, a.node, prefixed("ticket", key), body, func(tx *journal.Tx) (booking.TicketStep, error) {
		k := centreday.Key{Centre: centre, Day: a.moment(tx.Now()).Day}
		c := queue.IssueTicket{Ticket: id.Ticket(newID(k, tx.NewID())), Centre: centre, Day: k.Day, Service: service, Express: t.Express, At: tx.Now()}
		say, err := journal.Execute(tx, queues, k.ID(), queue.Command(c))
		if err != nil || len(say) == 0 {
			return booking.TicketStep{}, err
		}
		return say[0].(booking.TicketIssued).TicketStep, nil
	})
}

// What a counter may call.
const (
	CallExpress      = "express"      // only express tickets
	CallWalkIns      = "walk-in"      // all but express tickets
	CallAppointments = "appointments" // any, by a counter that appointments leave unused
)

// Call asks for the next ticket of a counter.
type Call struct {
	Centre   id.Centre    `json:"centre"`
	Services []id.Service `json:"services,omitempty"`
	Use      string       `json:"use,omitempty"`
	// Counter that calls, as its sign says; screens in waiting rooms show it.
	Counter string `json:"counter,omitempty"`
}

// counterSign is what a sign over a counter says: nobody's name.
var counterSign = regexp.MustCompile(`^([A-Z]{0,2}[ -]?[0-9]{1,3})?$`)

// CheckCounter refuses what is not the sign of a counter.
func CheckCounter(counter string) error {
	if !counterSign.MatchString(counter) {
		return &events.FieldError{Field: "counter", Value: counter, Reason: "is not the sign of a counter: write its number, with at most two capital letters before it, such as 7 or A-12"}
	}
	return nil
}

// CallNext calls who has waited longest for one of the services. A counter of
// the appointments takes a walk-in only where no appointment needs it meanwhile;
// the time is then taken off the free slots, until the walk-in was served.
func (a *App) CallNext(ctx context.Context, key string, c Call) (booking.TicketStep, journal.Receipt, error) {
	switch c.Use {
	case "", CallAppointments, CallExpress, CallWalkIns:
	default:
		return booking.TicketStep{}, journal.Receipt{}, &events.FieldError{Field: "use", Value: c.Use, Reason: "is not known: use express, walk-in or appointments"}
	}
	if err := errors.Join(access.Centre(ctx, c.Centre), a.centre(c.Centre), CheckCounter(c.Counter)); err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	return node.Command(ctx, a.node, prefixed("call", key), c, func(tx *journal.Tx) (booking.TicketStep, error) {
		return a.callTicket(tx, centreday.Key{Centre: c.Centre, Day: a.moment(tx.Now()).Day}, c)
	})
}

func (a *App) callTicket(tx *journal.Tx, k centreday.Key, c Call) (booking.TicketStep, error) {
	call := queue.CallNext{Which: queue.Which{Services: c.Services}, At: tx.Now(), Counter: c.Counter}
	if c.Use == CallExpress || c.Use == CallWalkIns {
		call.Only = c.Use
	}
	if c.Use == CallAppointments {
		s, _, err := journal.Load(tx, queues, k.ID())
		if err != nil {
			return booking.TicketStep{}, err
		}
		if t, waits := s.Next(call.Which); waits {
			if call.Borrow, err = a.borrow(tx, k, t); err != nil {
				return booking.TicketStep{}, err
			}
		}
	}
	say, err := journal.Execute(tx, queues, k.ID(), queue.Command(call))
	if err != nil {
		return booking.TicketStep{}, err
	}
	return say[0].(booking.TicketCalled).TicketStep, nil
}

// borrow holds unused appointment capacity from now on, for as long as the
// service lasts.
func (a *App) borrow(tx *journal.Tx, k centreday.Key, t queue.Ticket) (centreday.HoldID, error) {
	service, err := a.service(t.Service)
	if err != nil {
		return "", err
	}
	now := a.moment(tx.Now())
	begun := now.At % occupancy.Tick // minutes of this tick that have passed
	now.At -= begun
	minutes := (day.Minutes(begun) + service.Minutes + occupancy.Tick - 1) / occupancy.Tick * occupancy.Tick
	slot := centreday.Slot{Service: service.ID, Skill: service.Skill, Minutes: minutes, At: now.At}
	h := centreday.HoldID(newID(k, tx.NewID()))
	_, err = onDay(tx, k.ID(), centreday.Hold{Key: k, Hold: h, Slot: slot, Channel: centreday.WalkInChannel, For: string(t.Ticket),
		Expires: k.Day.At(slot.At+day.TimeOfDay(slot.Minutes), a.zone), At: tx.Now(), Limits: centreday.Limits{Now: now}})
	if refusal(err) {
		return "", ErrNeededForAppointments
	}
	return h, err
}

// Steps of a ticket's life at the counter.
const (
	Recall     = "recall"
	Park       = "park"
	Resume     = "resume"
	MissTicket = "miss"
	Serve      = "serve"
)

// TicketStep decides one step of a ticket. What it borrowed from the
// appointments is given back in the same unit, unless it is only called again.
func (a *App) TicketStep(ctx context.Context, key, step string, t id.Ticket) (journal.Receipt, error) {
	return a.ticketStep(ctx, key, step, t, "")
}

// CallTicket calls a ticket once more, also one that is parked, to a counter.
func (a *App) CallTicket(ctx context.Context, key string, t id.Ticket, counter string) (journal.Receipt, error) {
	if err := CheckCounter(counter); err != nil {
		return journal.Receipt{}, err
	}
	return a.ticketStep(ctx, key, Recall, t, counter)
}

func (a *App) ticketStep(ctx context.Context, key, step string, t id.Ticket, counter string) (journal.Receipt, error) {
	k, ok := homeOf(string(t))
	if !ok {
		return journal.Receipt{}, fmt.Errorf("ticket %q: %w", t, queue.ErrNoSuchTicket)
	}
	if err := access.Centre(ctx, k.Centre); err != nil {
		return journal.Receipt{}, err
	}
	_, rec, err := node.Command(ctx, a.node, prefixed(step, key), t, func(tx *journal.Tx) (struct{}, error) {
		before, _, err := journal.Load(tx, queues, k.ID())
		if err != nil {
			return struct{}{}, err
		}
		commands := map[string]queue.Command{Recall: queue.Recall{Ticket: t, At: tx.Now(), Counter: counter}, Park: queue.Park{Ticket: t, At: tx.Now()},
			Resume: queue.Resume{Ticket: t, At: tx.Now()}, MissTicket: queue.MissTicket{Ticket: t, At: tx.Now()}, Serve: queue.ServeTicket{Ticket: t, At: tx.Now()}}
		if _, err := journal.Execute(tx, queues, k.ID(), commands[step]); err != nil {
			return struct{}{}, err
		}
		if was, _ := before.Find(t); was.Borrowed != "" && step != Recall {
			if _, err := onDay(tx, k.ID(), centreday.Release{Hold: was.Borrowed, At: tx.Now()}); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return rec, err
}

// Waiting is a ticket with its estimate.
type Waiting struct {
	queue.Ticket
	// Ahead are called before it; Minutes until it is called, estimated; -1:
	// not today as things stand.
	Ahead   int
	Minutes int
}

// Queue lists a centre's tickets of today that are not over, in order.
func (a *App) Queue(centre id.Centre) ([]Waiting, error) {
	if err := a.centre(centre); err != nil {
		return nil, err
	}
	now := a.node.Now()
	m := a.moment(now)
	var all []Waiting
	a.node.View(func() {
		var walkIns []centreday.WalkIn
		ahead := 0
		for _, t := range a.models.Queues.Today(centre, m.Day) {
			w := Waiting{Ticket: t, Ahead: ahead, Minutes: -1}
			service, _ := a.models.City.Service(t.Service)
			takes := a.models.Durations.Minutes(centre, t.Service, service.Minutes)
			left := takes
			switch t.Life {
			case queue.Called:
				w.Minutes = 0
				left = max(0, left-day.Minutes(now.Sub(t.CalledAt)/time.Minute))
			case queue.Waiting:
				ahead++
			default:
				if t.Life == queue.Parked {
					all = append(all, w)
				}
				continue
			}
			if t.Borrowed != "" {
				left = 0 // its counter is not one of those set aside
			}
			all = append(all, w)
			walkIns = append(walkIns, centreday.WalkIn{Skill: service.Skill, Minutes: left, Express: t.Express, AtCounter: t.Life == queue.Called})
		}
		waits := a.models.Free.Waits(centre, m.Day, walkIns, m.At)
		i := 0
		for k := range all {
			if all[k].Life == queue.Parked {
				continue
			}
			if all[k].Life == queue.Waiting && i < len(waits) {
				all[k].Minutes = waits[i]
			}
			i++
		}
	})
	return all, nil
}

// Ticket finds one ticket of today with its estimate; one that is over has none.
func (a *App) Ticket(t id.Ticket) (w Waiting, err error) {
	k, ok := homeOf(string(t))
	if !ok {
		return w, fmt.Errorf("ticket %q: %w", t, queue.ErrNoSuchTicket)
	}
	all, err := a.Queue(k.Centre)
	if err != nil {
		return w, err
	}
	for _, w := range all {
		if w.Ticket.Ticket == t {
			return w, nil
		}
	}
	found := false
	a.node.View(func() {
		for _, x := range a.models.Queues.Today(k.Centre, k.Day) {
			if x.Ticket == t {
				w, found = Waiting{Ticket: x, Minutes: -1}, true
			}
		}
	})
	if !found {
		err = fmt.Errorf("ticket %q: %w", t, queue.ErrNoSuchTicket)
	}
	return w, err
}

// WaitingTimes measures a period against the promise.
func (a *App) WaitingTimes(p day.Period) (all []read.WaitingTime) {
	a.node.View(func() {
		policy := a.models.City.Policy()
		all = a.models.Queues.Waits(p, policy.WalkInWaitMinutes, policy.ExpressWaitMinutes)
	})
	return all
}

// Attendance counts who came and who did not, and how long it took.
func (a *App) Attendance(p day.Period) (all []read.Attended) {
	a.node.View(func() { all = a.models.Attendance.In(p) })
	return all
}
