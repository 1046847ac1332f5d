package simulation

import (
	"errors"
	"math"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
)

// byTelephone is the proof of whoever calls.
var byTelephone = booking.Proof{Channel: "telephone"}

// ask looks for an appointment and books the first that suits.
func (r *run) ask(q request) error {
	c := &r.Scenario.Citizens
	today := day.Of(r.agenda.Now(), r.City.Zone)
	if back, down := r.down(today); down {
		r.agenda.At(back.Add(q.at), "a citizen asks again", func() error { return r.ask(q) })
		return nil
	}
	r.tally.asked(r, q)
	from, until := today+day.Day(q.wish), today+day.Day(max(q.wish+1, c.Patience))
	found, err := r.search(q, from, until, !q.any)
	if err == nil && !q.any && q.elsewhere < c.Elsewhere {
		// Who is flexible looks elsewhere when the own district has nothing in time.
		if limit := from + day.Day(r.City.Network.Policy.LimitDays); len(found.Offers) == 0 || found.Offers[0].Day > limit {
			wide, err := r.search(q, from, until, false)
			if err != nil {
				return err
			}
			if len(wide.Offers) > 0 && (len(found.Offers) == 0 || wide.Offers[0].Day < found.Offers[0].Day) {
				found = wide
			}
		}
	}
	if err != nil {
		return err
	}
	for _, o := range found.Offers {
		w := booking.Wish{Service: q.service, Centre: o.Centre, Day: o.Day, At: o.At, Channel: "online"}
		if !q.any {
			w.Wanted = q.district
		}
		var got booking.Confirmation
		if q.phone < c.Telephone {
			w.Channel = "telephone"
			got, err = r.world.Booking.Book(r.ctx, "", w, booking.Contact{})
		} else {
			var h booking.Held
			if h, err = r.world.Booking.Hold(r.ctx, "", w); err == nil {
				got, err = r.world.Booking.Confirm(r.ctx, "", h.Hold, booking.Contact{})
			}
		}
		if err != nil {
			r.tally.refused(err)
			continue
		}
		if err := r.world.Booking.Node().Fold(r.ctx); err != nil {
			return err
		}
		r.take(got.Appointment, &visit{request: q, on: today, day: o.Day, at: o.At})
		return nil
	}
	r.tally.unmet(r)
	if q.again == 0 && q.again1 < c.Again || q.again > 0 && q.again < 3 {
		q.again++
		r.agenda.In(time.Duration(c.AgainAfter)*24*time.Hour, "a citizen asks again", func() error { return r.ask(q) })
	}
	return nil
}

// take notes an appointment and what will become of it.
func (r *run) take(a id.Appointment, v *visit) {
	r.booked[a] = v
	r.tally.took(r, v)
	lead := float64(v.day - v.on)
	begin := v.day.At(v.at, r.City.Zone)
	if v.cancels < r.Scenario.Citizens.Cancelled {
		ahead := begin.Sub(r.agenda.Now())
		r.agenda.In(time.Duration(v.cancelWhen*float64(ahead)), "a citizen cancels", func() error { return r.cancel(a) })
		return
	}
	comes := v.comes >= math.Min(.9, r.Scenario.Citizens.NoShow+lead*r.Scenario.Citizens.NoShowPerDay)
	r.attend(a, v, comes)
}

func (r *run) attend(a id.Appointment, v *visit, comes bool) {
	begin, on := v.day.At(v.at, r.City.Zone), v.day
	r.agenda.At(begin.Add(20*time.Minute), "an appointment is over", func() error {
		if r.booked[a] != v || v.day != on {
			return nil // moved or gone
		}
		delete(r.booked, a)
		if !comes {
			return r.world.Booking.Miss(r.ctx, "", a)
		}
		if err := r.world.Booking.Keep(r.ctx, "", a); err != nil || !v.risk {
			return err
		}
		// Who came in vain needs it all the same, as soon as may be.
		r.tally.uncovered(r, v)
		again := v.request
		again.again, again.wish, again.cancels = 1, 0, 1
		return r.ask(again)
	})
}

func (r *run) cancel(a id.Appointment) error {
	v := r.booked[a]
	if v == nil {
		return nil
	}
	delete(r.booked, a)
	return r.world.Booking.Cancel(r.ctx, "", a, byTelephone)
}

// elsewhere moves an appointment that is at risk to the next slot that suits.
func (r *run) elsewhere(a id.Appointment) error {
	v := r.booked[a]
	today := day.Of(r.agenda.Now(), r.City.Zone)
	if v == nil || !v.risk || v.day < today {
		return nil
	}
	from := max(today, v.day)
	for _, own := range []bool{!v.any, false} {
		found, err := r.search(v.request, from, from+28, own)
		if err != nil {
			return err
		}
		for _, o := range found.Offers {
			if _, err := r.world.Booking.Move(r.ctx, "", a, byTelephone, booking.NewPlace{Centre: o.Centre, Day: o.Day, At: o.At}); err != nil {
				r.tally.refused(err)
				continue
			}
			if err := r.world.Booking.Node().Fold(r.ctx); err != nil {
				return err
			}
			moved := *v
			moved.day, moved.at, moved.risk = o.Day, o.At, false
			r.booked[a] = &moved
			r.tally.moved(r)
			r.attend(a, &moved, true)
			return nil
		}
		if !own {
			break
		}
	}
	return nil
}

// known tells a refusal that a citizen may meet from a fault.
func known(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
