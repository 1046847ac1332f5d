package trial

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// A year is not booked hold by hold: some centre-days are, by the service
// itself, and their events then stand for others', with the centre, the day and
// the day of booking replaced.

// What is replaced in a template's events. The days are a month apart, and
// nothing else looks like them.
const (
	anyCentre = "zz-any-zz"
	anyDay    = "2031-01-07" // a Tuesday
	anyBooked = "2030-12-03"
)

// template is one centre-day's life.
type template struct {
	offered  []record   // before anybody booked
	bookings [][]record // one after the other, whoever cancelled included
	visits   [][]record // on the day itself
}

// record is an event with blanks.
type record struct {
	kind   string
	public bool
	data   blanks
	key    blanks
	// letters: the event makes an appointment whose citizen is written to.
	appointment blanks
	at          day.TimeOfDay
}

// blanks is a text in which the centre, the day and the day of booking are left
// out; the odd entries name what stands there.
type blanks []string

func blanked(text string) (b blanks) {
	for {
		first, which := -1, ""
		for _, w := range []string{anyCentre, anyDay, anyBooked} {
			if i := strings.Index(text, w); i >= 0 && (first < 0 || i < first) {
				first, which = i, w
			}
		}
		if first < 0 {
			return append(b, text)
		}
		b = append(b, text[:first], which)
		text = text[first+len(which):]
	}
}

// filled puts a centre and days in.
func (b blanks) filled(to []byte, centre, on, booked string) []byte {
	for i, s := range b {
		switch {
		case i%2 == 0:
			to = append(to, s...)
		case s == anyCentre:
			to = append(to, centre...)
		case s == anyDay:
			to = append(to, on...)
		default:
			to = append(to, booked...)
		}
	}
	return to
}

// newTemplate books a centre-day with so many appointments and lets it happen:
// of a hundred citizens seven cancel and eight do not come.
func newTemplate(ctx context.Context, o Options, counters, appointments int, dice *rand.Rand) (t template, err error) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return t, err
	}
	booked, err := time.ParseInLocation("2006-01-02 15:04", anyBooked+" 06:00", zone)
	if err != nil {
		return t, err
	}
	on, err := day.Parse(anyDay)
	if err != nil {
		return t, err
	}
	now := clock.NewManual(booked)
	c := &City{options: o, today: day.Of(booked, zone), offered: map[string]int64{}, store: memory.New(memory.WithClock(now.Now))}
	if c.service, err = o.service(c.store, now.Now); err != nil {
		return t, err
	}
	for _, e := range found(Size{Centres: 1, Days: 60}) {
		if cc, ok := e.(capacity.CentreChanged); ok {
			cc.Centre.ID, cc.Centre.Name = anyCentre, anyCentre
			e = cc
		}
		if err := c.hear(ctx, e); err != nil {
			return t, err
		}
	}
	if err := c.Offer(ctx, anyCentre, on, counters); err != nil {
		return t, err
	}
	settle := func() error {
		now.Advance(time.Second)
		return c.service.Node().Step(ctx)
	}
	if err := settle(); err != nil {
		return t, err
	}
	seen := int64(0)
	taken := func() (all []record, err error) {
		page, err := c.store.Stream(ctx, "day-"+anyCentre+"/"+anyDay, seen, 10000)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			seen = e.Version
			all = append(all, recordOf(e))
		}
		return all, nil
	}
	if t.offered, err = taken(); err != nil {
		return t, err
	}
	var who []id.Appointment
	for tries := 0; len(who) < appointments && tries < 20*appointments; tries++ {
		at := opens + day.TimeOfDay(5*dice.IntN(int(closes-opens)/5))
		service := id.Service(fmt.Sprint(skills[dice.IntN(3)], lengths[dice.IntN(2)]))
		h, err := c.service.Hold(ctx, "", booking.Wish{Service: service, Centre: anyCentre, Day: on, At: at})
		if err != nil {
			continue // taken
		}
		if err := settle(); err != nil {
			return t, err
		}
		contact := booking.Contact{Name: "Erika Mustermann"}
		if dice.IntN(10) < 7 {
			contact.Email = "erika@example.org"
		}
		a, err := c.service.Confirm(ctx, "", h.Hold, contact)
		if err != nil {
			return t, err
		}
		if dice.IntN(100) < 7 {
			if err := c.staff(a.Appointment, "cancel"); err != nil {
				return t, err
			}
		} else {
			who = append(who, a.Appointment)
		}
		if err := settle(); err != nil {
			return t, err
		}
		group, err := taken()
		if err != nil {
			return t, err
		}
		for i := range group {
			if r := &group[i]; r.kind == detailedType && contact.Email != "" {
				r.appointment, r.at = blanked(string(a.Appointment)), a.At
			}
		}
		t.bookings = append(t.bookings, group)
	}
	now.Advance(on.At(opens, zone).Sub(now.Now()))
	for _, a := range who {
		steps := []string{"check-in", "keep"}
		if dice.IntN(100) < 8 {
			steps = []string{"miss"}
		}
		for _, s := range steps {
			if err := c.staff(a, s); err != nil {
				return t, err
			}
			if err := settle(); err != nil {
				return t, err
			}
		}
		group, err := taken()
		if err != nil {
			return t, err
		}
		t.visits = append(t.visits, group)
	}
	return t, nil
}

const detailedType = "booking.appointment-detailed.v1"

func recordOf(e eventlog.Event) record {
	return record{kind: e.Type, public: e.Public, data: blanked(string(e.Data)), key: blanked(e.Meta.Key)}
}

// staff asks the API for a step of an appointment.
func (c *City) staff(a id.Appointment, step string) error {
	r := httptest.NewRequest(http.MethodPost, "/v1/appointments/"+string(a)+"/"+step, bytes.NewBufferString(`{"channel":"desk"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	desk := access.Principal{Subject: "trial", Roles: []access.Role{access.Desk}, Centres: []string{access.Any}}
	access.As(c.service.Handler(), desk).ServeHTTP(w, r)
	if w.Code >= http.StatusMultipleChoices {
		return fmt.Errorf("%s of %s: %d %s", step, a, w.Code, w.Body)
	}
	return nil
}
