package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Stages of a visit today, as a desk sees it.
const (
	Expected = "expected"
	Present  = "present" // checked in and not called
	Called   = "called"
	AtDesk   = "begun"
)

// Visit is an appointment of today, without its citizen's name.
type Visit struct {
	Appointment id.Appointment
	// Number under which screens call it, "A 12": its place in the order in which
	// the centre-day's appointments came.
	Number   int
	Service  id.Service
	Parts    []booking.Part
	At       day.TimeOfDay
	Minutes  day.Minutes
	Stage    string // or centreday.Life's kept, missed, cancelled
	AtRisk   bool
	Late     bool
	Counter  string
	CalledAt time.Time // last
}

// VisitsToday lists a centre's appointments of today by time.
func (a *App) VisitsToday(ctx context.Context, c id.Centre) ([]Visit, error) {
	if err := access.Centre(ctx, c); err != nil {
		return nil, err
	}
	if err := a.centre(c); err != nil {
		return nil, err
	}
	return a.visits(c), nil
}

func (a *App) visits(c id.Centre) (all []Visit) {
	today := a.now().Day
	var s centreday.State
	a.node.View(func() { s, _ = a.models.Free.Day(c, today) })
	for _, x := range s.Appointments() { // values that are never changed
		v := Visit{Appointment: x.ID, Number: int(x.Seq), Service: x.Service, Parts: x.Parts, At: x.At, Minutes: x.Minutes, Stage: x.Life.String(),
			AtRisk: x.AtRisk, Late: x.Late, Counter: x.Counter, CalledAt: x.Recalled}
		if x.Life == centreday.Booked {
			switch {
			case !x.Begun.IsZero():
				v.Stage = AtDesk
			case !x.Called.IsZero():
				v.Stage = Called
			case !x.CheckedIn.IsZero():
				v.Stage = Present
			default:
				v.Stage = Expected
			}
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(x, y Visit) int { return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Number, y.Number)) })
	return all
}

// maxNamed bounds whose names one page shows.
const maxNamed = 20

// Names opens the contacts of a few appointments of today at a desk's centre.
func (a *App) Names(ctx context.Context, c id.Centre, which []id.Appointment) (map[id.Appointment]contact.Contact, error) {
	if err := mayUseAt(ctx, booking.Desk, c); err != nil {
		return nil, err
	}
	if len(which) > maxNamed {
		return nil, fmt.Errorf("%d names: %w", len(which), ErrTooManyNames)
	}
	if len(which) == 0 {
		return nil, nil
	}
	some, err := a.whoAt(ctx, centreday.Key{Centre: c, Day: a.now().Day}, func(x *centreday.Appointment) bool { return slices.Contains(which, x.ID) })
	if err != nil {
		return nil, err
	}
	names := make(map[id.Appointment]contact.Contact, len(some))
	for _, m := range some {
		names[m.Appointment] = m.Contact
	}
	return names, nil
}

// CallAppointment calls who is checked in to a counter, by choice or once more.
func (a *App) CallAppointment(ctx context.Context, key string, ap id.Appointment, counter string) (journal.Receipt, error) {
	if err := CheckCounter(counter); err != nil {
		return journal.Receipt{}, err
	}
	body := []string{string(ap), counter}
	_, rec, err := node.Command(ctx, a.node, prefixed("call-appointment", key), body, func(tx *journal.Tx) (struct{}, error) {
		at, err := locate(tx, ap)
		if err != nil {
			return struct{}{}, err
		}
		if err := access.Centre(ctx, at.state.Key.Centre); err != nil {
			return struct{}{}, err
		}
		_, err = onDay(tx, at.state.Key.ID(), centreday.Call{Appointment: ap, At: tx.Now(), Counter: counter, Again: true})
		return struct{}{}, err
	})
	return rec, err
}

// Shout is one call as the screen in a waiting room shows it: a number and a
// counter, and nothing else.
type Shout struct {
	Number      int
	Appointment bool
	Counter     string
	At          time.Time
}

// Shouts lists the newest calls of today at a centre, newest first; who was
// served or did not come is left out.
func (a *App) Shouts(c id.Centre, most int) ([]Shout, error) {
	tickets, err := a.Queue(c)
	if err != nil {
		return nil, err
	}
	var all []Shout
	for _, t := range tickets {
		if t.Minutes == 0 && !t.CalledAt.IsZero() && t.Life.String() == Called {
			all = append(all, Shout{t.Number, false, t.Counter, t.CalledAt})
		}
	}
	for _, v := range a.visits(c) {
		if v.Stage == Called {
			all = append(all, Shout{v.Number, true, v.Counter, v.CalledAt})
		}
	}
	slices.SortFunc(all, func(x, y Shout) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.Number, y.Number)) })
	return all[:min(most, len(all))], nil
}

// Stir changes whenever anything at a centre's desk has: its appointments of
// today, what is on offer, or its queue.
func (a *App) Stir(c id.Centre) (mark [3]int64) {
	today := a.now().Day
	a.node.View(func() {
		_, mark[0] = a.models.Free.Day(c, today)
		mark[1] = a.models.Queues.Mark(c, today)
	})
	mark[2] = int64(today)
	return mark
}
