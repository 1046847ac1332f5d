package centreday

import (
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

// A visit of two persons' passports and a licence: 30 minutes at a counter that
// knows passports, then 10 at one that knows licences.
var family = []booking.Part{{Service: "passport", Skill: "pass", Minutes: 30, Persons: 2}, {Service: "licence", Skill: "car", Minutes: 10}}

func TestVisitsOfSeveralParts(t *testing.T) {
	visit := VisitOf(nine, family...)
	if visit.Minutes != 40 || visit.Service != "passport" || visit.Skill != "pass" {
		t.Fatalf("%+v", visit)
	}
	if one := VisitOf(nine, booking.Part{Service: "passport", Skill: "pass", Minutes: 15, Persons: 1}); len(one.Parts) != 0 {
		t.Fatalf("a single service for one person has parts: %+v", one)
	}
	hold := asked("h1", nine)
	hold.Slot = visit
	at := func(h Hold, start day.TimeOfDay) Hold { h.Slot.At = start; return h }
	placedVisit := placed("h1", nine)
	placedVisit.Minutes, placedVisit.Parts = 40, family
	bookedVisit := booked("h1", nine, 0)
	bookedVisit.Minutes, bookedVisit.Parts = 40, family
	here := booking.AppointmentMoved{Appointment: "h1", From: bookedVisit.Place, To: bookedVisit.Place, Service: "passport", Skill: "pass", Parts: family}
	here.To.At = nine + 20
	ended := booking.AppointmentCancelled{AppointmentEnded: about("h1", nine)}
	ended.Minutes, ended.Parts = 40, family
	events := func(e ...decider.Event) []decider.Event { return e }
	apart := adopted(1, line(9, 10, "pass"), line(9, 10, "car"))
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "part after part at two counters", Given: events(apart), When: hold, Then: events(placedVisit)},
		{Name: "part after part at one counter", Given: events(adopted(1, line(9, 10, "car", "pass"))), When: hold, Then: events(placedVisit)},
		{Name: "nobody for the last part", Given: events(adopted(1, line(9, 10, "pass"))), When: hold, Err: ErrClosed},
		{Name: "the last part ends after the shift", Given: events(apart), When: at(hold, nine+25), Err: ErrClosed},
		{Name: "the counter of the last part is taken", Given: events(apart, func() HoldPlaced { p := placed("h2", nine+30); p.Skill = "car"; return p }()),
			When: hold, Err: ErrSlotTaken},
		{Name: "while the first part is served the other counter is free", Given: events(apart, placedVisit), When: Hold{Key: altona, Hold: "h2",
			Slot: Slot{Service: "licence", Skill: "car", Minutes: 30, At: nine}, Expires: placedVisit.Expires, At: noon, Limits: limits},
			Then: events(HoldPlaced{Hold: "h2", Centre: "altona", Day: altona.Day, Service: "licence", Skill: "car", Minutes: 30, At: nine, Expires: placedVisit.Expires})},
		{Name: "the whole visit is booked", Given: events(apart, placedVisit), When: Confirm{Hold: "h1", BookedOn: today.Day, At: noon},
			Then: events(bookedVisit, AppointmentDetailed{Appointment: "h1", Hold: "h1", BookedOn: today.Day})},
		{Name: "it moves as a whole, over its own old place", Given: events(apart, bookedVisit), When: Reschedule{Appointment: "h1", To: nine + 20, At: noon, Limits: limits}, Then: events(here)},
		{Name: "it is cancelled as a whole", Given: events(apart, bookedVisit), When: Cancel{"h1", noon}, Then: events(ended)},
	})
}

// Load and use are counted where each part is served.
func TestLoadOfAVisit(t *testing.T) {
	visit := booked("a", nine, 0)
	visit.Minutes, visit.Parts = 40, family
	s := Decider.Fold(Initial(), adopted(1, line(9, 10, "pass"), line(9, 10, "car")), visit, adopted(2, line(9, 10, "pass")), atRisk("a", nine))
	slots, load := s.describe([]Length{{"pass", 15, 1}, {"car", 10, 1}}, Shares{}, today)
	if load.Booked["pass"] != 30 || load.Booked["car"] != 10 || load.Uncovered["pass"] != 30 || load.Uncovered["car"] != 10 || load.AtRisk != 1 || load.Appointments != 1 {
		t.Fatalf("%+v", load)
	}
	if u := load.InUse.Uncovered; u["pass"][0] != 30 || u["car"][1] != 10 {
		t.Fatalf("%+v", load.InUse)
	}
	if slots.FreeSlots["pass"] != 4 {
		t.Fatalf("who is at risk takes a counter: %+v", slots.FreeSlots)
	}
	if err := s.WhyNot(VisitOf(nine, family...)); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

// Who needs more time gets it once; then, and for what is kept otherwise, not.
func TestMoreTime(t *testing.T) {
	one := adopted(1, line(9, 10, "pass"))
	events := func(e ...decider.Event) []decider.Event { return e }
	until := placed("h1", nine).Expires
	more := HoldExtended{Hold: "h1", Expires: until.Add(10 * time.Minute)}
	ask := Extend{Hold: "h1", Expires: more.Expires, At: until.Add(-time.Minute)}
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "once", Given: events(one, placed("h1", nine)), When: ask, Then: events(more)},
		{Name: "asked again", Given: events(one, placed("h1", nine), more), When: ask},
		{Name: "not twice", Given: events(one, placed("h1", nine), more), When: Extend{Hold: "h1", Expires: more.Expires.Add(time.Second), At: until}, Err: ErrExtended},
		{Name: "too late", Given: events(one, placed("h1", nine)), When: Extend{Hold: "h1", Expires: more.Expires, At: until}, Err: ErrHoldExpired},
		{Name: "kept as long", Given: events(one, placed("h1", nine), more), When: asked("h2", nine), Err: ErrSlotTaken},
		{Name: "no longer", Given: events(one, placed("h1", nine), more), When: ExpireHolds{more.Expires}, Then: events(HoldEnded{Hold: "h1", Why: HoldExpired})},
	})
}

// A hold that waits for its link keeps the slot longer, becomes an appointment
// only by it, and takes the contact's key with it when it ends.
func TestOptIn(t *testing.T) {
	one := adopted(1, line(9, 10, "pass"))
	detail := Detail{CodeHash: "c", LinkHash: "l", ContactKey: "k", Contact: []byte{1}, Mail: true}
	later := noon.Add(time.Hour)
	asking := OptInAsked{Hold: "h1", Expires: later, Detail: detail}
	ask := AskOptIn{Hold: "h1", Expires: later, Detail: detail, At: noon}
	events := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "asked", Given: events(one, placed("h1", nine)), When: ask, Then: events(asking)},
		{Name: "asked of nothing", Given: events(one), When: ask, Err: ErrHoldExpired},
		{Name: "after its own time", Given: events(one, placed("h1", nine), asking), When: asked("h2", nine), Err: ErrSlotTaken},
		{Name: "not without the link", Given: events(one, placed("h1", nine), asking), When: Confirm{Hold: "h1", At: later.Add(-time.Minute)}, Err: ErrOptInNeeded},
		{Name: "by the link, with what waited", Given: events(one, placed("h1", nine), asking), When: Confirm{Hold: "h1", OptedIn: true, BookedOn: today.Day, At: later.Add(-time.Minute)},
			Then: events(booked("h1", nine, 0), AppointmentDetailed{Appointment: "h1", Hold: "h1", BookedOn: today.Day, Detail: detail})},
		{Name: "too late", Given: events(one, placed("h1", nine), asking), When: Confirm{Hold: "h1", OptedIn: true, At: later}, Err: ErrHoldExpired},
		{Name: "forgotten", Given: events(one, placed("h1", nine), asking), When: ExpireHolds{later}, Then: events(HoldEnded{Hold: "h1", Why: HoldExpired, ContactKey: "k"})},
		{Name: "given back", Given: events(one, placed("h1", nine), asking), When: Release{"h1", noon}, Then: events(HoldEnded{Hold: "h1", Why: HoldReleased, ContactKey: "k"})},
		{Name: "withdrawn", Given: events(one, placed("h1", nine), asking), When: AdoptOffering{Key: altona, Version: 2, Now: today, At: noon, Tentative: true},
			Then: events(OfferingAdopted{Centre: "altona", Day: altona.Day, Version: 2, Tentative: true}, HoldEnded{Hold: "h1", Why: HoldWithdrawn, ContactKey: "k"},
				booking.SlotsChanged{Centre: "altona", Day: altona.Day, Version: 1, OfferingVersion: 2, Free: []booking.FreeStarts{}, FreeSlots: map[id.Skill]int{}},
				booking.LoadChanged{Centre: "altona", Day: altona.Day, Version: 1, OfferingVersion: 2, Booked: map[id.Skill]day.Minutes{}, Free: map[id.Skill]int{}})},
	})
}

func TestSequenceCountsMoves(t *testing.T) {
	s := Decider.Fold(Initial(), adopted(1, line(9, 10, "pass")), booked("a", nine, 0))
	for i := range 3 {
		say, err := Decide(s, Reschedule{Appointment: "a", To: nine + day.TimeOfDay(5*i+5), At: noon, Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		s = Decider.Fold(s, say...)
		if a, _ := s.Appointment("a"); a.Detail.Sequence != i+1 {
			t.Fatalf("sequence %d after %d moves", a.Detail.Sequence, i+1)
		}
	}
}
