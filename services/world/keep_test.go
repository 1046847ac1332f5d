package world_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// Who was moved away from a day is asked for there long after the log has forgotten
// it, and is still found.
func TestADayOutlastsItsLog(t *testing.T) {
	c := newCity(t)
	c.keep = 24 * time.Hour
	for _, line := range []string{"today is 2026-11-23 07:00", "the city is four-centres"} {
		if err := c.run(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.apply(); err != nil {
		t.Fatal(err)
	}
	if err := c.Settle(c.ctx); err != nil {
		t.Fatal(err)
	}
	telephone := booking.Proof{Channel: "telephone"}
	slot := func(from day.Day) booking.NewPlace {
		t.Helper()
		until := from + 5
		found, err := c.Booking.Search(c.ctx, booking.Search{Service: c.network.Services[0].ID, Persons: 1, Limit: 1, From: &from, Until: &until})
		if err != nil || len(found.Offers) == 0 {
			t.Fatalf("from %s on: %v, %v", from, found, err)
		}
		o := found.Offers[0]
		return booking.NewPlace{Centre: o.Centre, Day: o.Day, At: o.At}
	}
	first := slot(monday + 1)
	got, err := c.Booking.Book(c.ctx, "", booking.Wish{Service: c.network.Services[0].ID, Centre: first.Centre, Day: first.Day, At: first.At, Channel: "telephone"}, booking.Contact{})
	if err != nil {
		t.Fatal(err)
	}
	move := func(to day.Day) {
		t.Helper()
		if _, err := c.Booking.Move(c.ctx, "", got.Appointment, telephone, slot(to)); err != nil {
			t.Fatalf("on %s: %v", c.Now(), err)
		}
	}
	advance := func(to day.Day) {
		t.Helper()
		for at := c.Now(); at.Before(to.At(day.Clock(9, 0), c.zone)); {
			at = at.Add(6 * time.Hour)
			if err := c.Advance(c.ctx, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	move(monday + 14)
	advance(monday + 10)
	log, err := c.Log("booking")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Stream(c.ctx, "day-"+string(first.Centre)+"/"+first.Day.String(), 0, 10); !errors.Is(err, memory.ErrForgotten) {
		t.Fatalf("the log of the first day: %v, want it forgotten", err)
	}
	move(monday + 28)
	advance(monday + 24)
	if err := c.Booking.Cancel(c.ctx, "", got.Appointment, telephone); err != nil {
		t.Errorf("weeks after: %v", err)
	}
}
