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

var (
	codec  = decider.NewCodec(Events()...)
	altona = Key{"altona", day.Date(2026, time.December, 1)}
	wands  = Key{"wandsbek", day.Date(2026, time.December, 2)}
	noon   = time.Date(2026, time.November, 22, 11, 0, 0, 0, time.UTC)
	today  = Moment{day.Date(2026, time.November, 22), day.Clock(12, 0)}
	limits = Limits{Now: today, LeadDays: 1, HorizonDays: 60}
	nine   = day.Clock(9, 0)
)

func line(from, to int, skills ...id.Skill) Line {
	return Line{Span: day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)}, Skills: skills, Use: ForAppointments}
}

func adopted(version int64, lines ...Line) OfferingAdopted {
	return OfferingAdopted{Centre: altona.Centre, Day: altona.Day, Version: version, Lines: lines}
}

func slot(at day.TimeOfDay, skill id.Skill) Slot {
	return Slot{Service: "passport", Skill: skill, Minutes: 15, At: at}
}

func asked(h HoldID, at day.TimeOfDay) Hold {
	return Hold{Key: altona, Hold: h, Slot: slot(at, "pass"), Channel: booking.Online, Expires: noon.Add(10 * time.Minute), At: noon, Limits: limits}
}

func placed(h HoldID, at day.TimeOfDay) HoldPlaced {
	return HoldPlaced{Hold: h, Centre: "altona", Day: altona.Day, Service: "passport", Skill: "pass", Minutes: 15, At: at,
		Channel: booking.Online, Expires: noon.Add(10 * time.Minute)}
}

func place(at day.TimeOfDay) booking.Place {
	return booking.Place{Centre: "altona", Day: altona.Day, At: at, Minutes: 15}
}

func booked(a id.Appointment, at day.TimeOfDay, on int) booking.AppointmentBooked {
	return booking.AppointmentBooked{Appointment: a, Place: place(at), Service: "passport", Skill: "pass", Channel: booking.Online,
		BookedOn: today.Day - day.Day(on)}
}

func about(a id.Appointment, at day.TimeOfDay) booking.AppointmentEnded {
	return booking.AppointmentEnded{Appointment: a, Place: place(at), Service: "passport", Skill: "pass"}
}

func secured(a id.Appointment, at day.TimeOfDay) booking.AppointmentSecured {
	return booking.AppointmentSecured{AppointmentEnded: about(a, at)}
}

func atRisk(a id.Appointment, at day.TimeOfDay) booking.AppointmentAtRisk {
	return booking.AppointmentAtRisk{AppointmentEnded: about(a, at)}
}

func TestHoldsAndAppointments(t *testing.T) {
	one := adopted(1, line(9, 10, "pass"))
	two := adopted(1, line(9, 10, "pass"), line(9, 10, "pass", "car"))
	walkIn := line(9, 10, "pass")
	walkIn.Use = "walk-in"
	late := noon.Add(time.Hour)
	detail := Detail{CodeHash: "c", ContactKey: "k", Contact: []byte{1}}
	at := func(h Hold, change func(*Hold)) Hold { change(&h); return h }
	events := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "a free slot is held", Given: events(one), When: asked("h1", nine), Then: events(placed("h1", nine))},
		{Name: "a slot is held once", Given: events(one, placed("h1", nine)), When: asked("h2", nine), Err: ErrSlotTaken},
		{Name: "an overlap of five minutes is too much", Given: events(one, placed("h1", nine)), When: asked("h2", nine+10), Err: ErrSlotTaken},
		{Name: "the next start is free", Given: events(one, placed("h1", nine)), When: asked("h2", nine+15), Then: events(placed("h2", nine+15))},
		{Name: "two counters, two holds", Given: events(two, placed("h1", nine)), When: asked("h2", nine), Then: events(placed("h2", nine))},
		{Name: "nobody is on duty", Given: events(one), When: asked("h1", day.Clock(10, 0)), Err: ErrClosed},
		{Name: "beyond the shift", Given: events(one), When: asked("h1", day.Clock(9, 50)), Err: ErrClosed},
		{Name: "a walk-in counter is set aside", Given: events(adopted(1, walkIn)), When: asked("h1", nine), Err: ErrClosed},
		{Name: "nobody has the skill", Given: events(one), When: at(asked("h1", nine), func(h *Hold) { h.Skill = "car" }), Err: ErrClosed},
		{Name: "off the grid", Given: events(one), When: asked("h1", nine+3), Err: ErrOffGrid},
		{Name: "no offering yet", When: asked("h1", nine), Err: ErrClosed},
		{Name: "in the past", Given: events(one), When: at(asked("h1", nine), func(h *Hold) { h.Limits.Now.Day = altona.Day + 1 }), Err: ErrPast},
		{Name: "today, but too late", Given: events(one), When: at(asked("h1", nine), func(h *Hold) {
			h.Limits = Limits{Now: Moment{altona.Day, nine + 1}}
		}), Err: ErrPast},
		{Name: "too soon online", Given: events(one), When: at(asked("h1", nine), func(h *Hold) { h.Limits.Now = Moment{altona.Day, 0} }), Err: ErrTooSoon},
		{Name: "beyond the horizon", Given: events(one), When: at(asked("h1", nine), func(h *Hold) { h.Limits.HorizonDays = 5 }), Err: ErrTooFar},
		{Name: "who comes after an expired hold ends it", Given: events(one, placed("h1", nine)),
			When: at(asked("h2", nine), func(h *Hold) { h.At, h.Expires = late, late.Add(time.Minute) }),
			Then: events(HoldEnded{Hold: "h1", Why: HoldExpired}, func() HoldPlaced { p := placed("h2", nine); p.Expires = late.Add(time.Minute); return p }())},
		{Name: "release", Given: events(one, placed("h1", nine)), When: Release{"h1", noon}, Then: events(HoldEnded{Hold: "h1", Why: HoldReleased})},
		{Name: "release of nothing", Given: events(one), When: Release{"h1", noon}},
		{Name: "nothing has run out", Given: events(one, placed("h1", nine)), When: ExpireHolds{noon}},
		{Name: "a hold runs out", Given: events(one, placed("h1", nine)), When: ExpireHolds{late}, Then: events(HoldEnded{Hold: "h1", Why: HoldExpired})},
		{Name: "confirm", Given: events(one, placed("h1", nine)), When: Confirm{Hold: "h1", Detail: detail, BookedOn: today.Day, At: noon},
			Then: events(booked("h1", nine, 0), AppointmentDetailed{Appointment: "h1", Hold: "h1", BookedOn: today.Day, Detail: detail})},
		{Name: "confirm too late", Given: events(one, placed("h1", nine)), When: Confirm{Hold: "h1", Detail: detail, BookedOn: today.Day, At: late}, Err: ErrHoldExpired},
		{Name: "confirm nothing", Given: events(one), When: Confirm{Hold: "h1", Detail: detail, BookedOn: today.Day, At: noon}, Err: ErrHoldExpired},
		{Name: "book at the desk", Given: events(one), When: Book{Key: altona, Appointment: "a", Slot: slot(nine, "pass"), Channel: booking.Online, BookedOn: today.Day, At: noon, Limits: limits},
			Then: events(booked("a", nine, 0), AppointmentDetailed{Appointment: "a", BookedOn: today.Day})},
		{Name: "book what is taken", Given: events(one, booked("b", nine, 0)), When: Book{Key: altona, Appointment: "a", Slot: slot(nine, "pass"), At: noon, Limits: limits}, Err: ErrSlotTaken},
		{Name: "import what fits", Given: events(one), When: Import{Key: altona, At: noon, Items: []ImportItem{
			{Appointment: "a", Slot: slot(nine, "pass"), Channel: booking.Online, BookedOn: today.Day},
			{Appointment: "b", Slot: slot(nine, "pass"), Channel: booking.Online, BookedOn: today.Day},
			{Appointment: "a", Slot: slot(nine+30, "pass")}}},
			Then: events(booked("a", nine, 0))},
		{Name: "cancel", Given: events(one, booked("a", nine, 0)), When: Cancel{"a", noon}, Then: events(booking.AppointmentCancelled{AppointmentEnded: about("a", nine)})},
		{Name: "cancel what is not there", Given: events(one), When: Cancel{"a", noon}, Err: ErrNoSuchAppointment},
		{Name: "cancel what was kept", Given: events(one, booked("a", nine, 0), booking.AppointmentKept{AppointmentEnded: about("a", nine)}), When: Cancel{"a", noon}, Err: ErrAlreadyOver},
		{Name: "check in", Given: events(one, booked("a", nine, 0)), When: CheckIn{"a", altona.Day, noon}, Then: events(CheckedIn{"a", noon})},
		{Name: "called", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon}), When: Call{"a", noon, "4", false}, Then: events(Called{"a", noon, "4", false})},
		{Name: "called twice", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon}, Called{"a", noon, "4", false}), When: Call{"a", noon.Add(time.Second), "5", false}},
		{Name: "called again", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon}, Called{"a", noon, "4", false}), When: Call{"a", noon.Add(time.Second), "5", true},
			Then: events(Called{"a", noon.Add(time.Second), "5", true})},
		{Name: "called again at once", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon}, Called{"a", noon, "4", false}), When: Call{"a", noon, "4", true}},
		{Name: "called, but not there", Given: events(one, booked("a", nine, 0)), When: Call{"a", noon, "", false}, Err: ErrNotThere},
		{Name: "nobody came", Given: events(one, booked("a", nine, 0), booked("b", nine+15, 0), booked("c", nine+30, 0), CheckedIn{"b", noon}), When: MissUnattended{nine + 30, noon}, Then: events(booking.AppointmentMissed{AppointmentEnded: about("a", nine)})},
		{Name: "came after all", Given: events(one, booked("a", nine, 0), booking.AppointmentMissed{AppointmentEnded: about("a", nine)}), When: CheckIn{"a", altona.Day, noon}, Then: events(CameLate{"a", "passport"}, CheckedIn{"a", noon})},
		{Name: "came the next day", Given: events(one, booked("a", nine, 0), booking.AppointmentMissed{AppointmentEnded: about("a", nine)}), When: CheckIn{"a", altona.Day + 1, noon}, Err: ErrAlreadyOver},
		{Name: "keep", Given: events(one, booked("a", nine, 0)), When: Keep{Appointment: "a"}, Then: events(booking.AppointmentKept{AppointmentEnded: about("a", nine)})},
		{Name: "begin", Given: events(one, booked("a", nine, 0)), When: Begin{"a", noon}, Then: events(Begun{"a", noon})},
		{Name: "keep measures", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon.Add(-20 * time.Minute)}, Begun{"a", noon.Add(3 * time.Minute)}),
			When: Keep{"a", noon.Add(18 * time.Minute), noon}, Then: events(booking.AppointmentKept{AppointmentEnded: about("a", nine), WaitedSeconds: 180, ServedSeconds: 900})},
		{Name: "who comes late waits from then on", Given: events(one, booked("a", nine, 0), CheckedIn{"a", noon.Add(5 * time.Minute)}, Begun{"a", noon.Add(6 * time.Minute)}),
			When: Keep{"a", noon.Add(16 * time.Minute), noon}, Then: events(booking.AppointmentKept{AppointmentEnded: about("a", nine), WaitedSeconds: 60, ServedSeconds: 600})},
		{Name: "miss frees the counter", Given: events(one, booked("a", nine, 0), booking.AppointmentMissed{AppointmentEnded: about("a", nine)}), When: asked("h1", nine), Then: events(placed("h1", nine))},
		{Name: "kept does not", Given: events(one, booked("a", nine, 0), booking.AppointmentKept{AppointmentEnded: about("a", nine)}), When: asked("h1", nine), Err: ErrSlotTaken},
		{Name: "within the day, over its own old place", Given: events(one, booked("a", nine, 0)), When: Reschedule{Appointment: "a", To: nine + 5, At: noon, Limits: limits},
			Then: events(booking.AppointmentMoved{Appointment: "a", From: place(nine), To: place(nine + 5), Service: "passport", Skill: "pass"})},
		{Name: "within the day, onto another's", Given: events(one, booked("a", nine, 0), booked("b", nine+15, 0)), When: Reschedule{Appointment: "a", To: nine + 5, At: noon, Limits: limits}, Err: ErrSlotTaken},
	})
}

func TestAtRisk(t *testing.T) {
	three := adopted(1, line(9, 10, "pass"), line(9, 10, "pass"), line(9, 10, "pass"))
	given := []decider.Event{three, booked("new", nine, 1), booked("old", nine, 9), booked("mid", nine, 5)}
	adopt := func(version int64, tentative bool, lines ...Line) AdoptOffering {
		return AdoptOffering{Key: altona, Version: version, Tentative: tentative, Lines: lines, Now: today, At: noon}
	}
	cases := []struct {
		name   string
		given  []decider.Event
		when   Command
		marked []decider.Event // at-risk, secured and holds ended, in order
		unfit  []id.Appointment
	}{
		{"latest booked first", given, adopt(2, false, line(9, 10, "pass"), line(9, 10, "pass")), []decider.Event{atRisk("new", nine)}, []id.Appointment{"new"}},
		{"hardship last", append(given[:4:4], HardshipSet{"new", true, 0}), adopt(2, false, line(9, 10, "pass")),
			[]decider.Event{atRisk("old", nine), atRisk("mid", nine)}, []id.Appointment{"old", "mid"}},
		{"only what overlaps", append(given[:4:4], booked("later", nine+30, 0)), adopt(2, false, line(9, 10, "pass"), line(9, 10, "pass")),
			[]decider.Event{atRisk("new", nine)}, []id.Appointment{"new"}},
		{"tentative marks nobody", given, adopt(2, true, line(9, 10, "pass")), nil, []id.Appointment{"new", "mid"}},
		{"an older version is ignored", given, adopt(1, false), nil, nil},
		{"capacity was restored", given, AdoptOffering{Key: altona, Epoch: 1, Version: 1, Lines: []Line{line(9, 10, "pass"), line(9, 10, "pass")}, Now: today, At: noon},
			[]decider.Event{atRisk("new", nine)}, []id.Appointment{"new"}},
		{"holds go before appointments", append(given[:1:1], booked("a", nine, 1), placed("h", nine)), adopt(2, false, line(9, 10, "pass")),
			[]decider.Event{HoldEnded{Hold: "h", Why: HoldWithdrawn}}, nil},
		{"what fits again is secured", append(given[:4:4], adopted(2, line(9, 10, "pass")), atRisk("new", nine), atRisk("mid", nine)),
			adopt(3, false, line(9, 10, "pass"), line(9, 10, "pass")), []decider.Event{secured("mid", nine)}, []id.Appointment{"new"}},
		{"what was over is left alone", given, AdoptOffering{Key: altona, Version: 2, Now: Moment{altona.Day, nine + 15}, At: noon}, nil, nil},
		{"a cancellation secures the next in order", append(given[:4:4], adopted(2, line(9, 10, "pass")), atRisk("new", nine), atRisk("mid", nine)),
			Cancel{"old", noon}, []decider.Event{secured("mid", nine)}, []id.Appointment{"new"}},
		{"hardship takes its place", append(given[:4:4], adopted(2, line(9, 10, "pass"), line(9, 10, "pass")), atRisk("new", nine)),
			SetHardship{"new", true, noon, today}, []decider.Event{secured("new", nine), atRisk("mid", nine)}, []id.Appointment{"mid"}},
		{"hardship takes a hold's place too", []decider.Event{adopted(1, line(9, 10, "pass"), line(9, 10, "pass")), booked("b", nine, 2), booked("a", nine+5, 1),
			adopted(2, line(9, 10, "pass")), atRisk("a", nine+5), placed("h", nine+15)},
			SetHardship{"a", true, noon, today}, []decider.Event{HoldEnded{Hold: "h", Why: HoldWithdrawn}, atRisk("b", nine), secured("a", nine+5)}, []id.Appointment{"b"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := Decider.Fold(Initial(), c.given...)
			say, err := Decide(s, c.when)
			if err != nil {
				t.Fatal(err)
			}
			var marked []decider.Event
			for _, e := range say {
				switch e.(type) {
				case booking.AppointmentAtRisk, booking.AppointmentSecured, HoldEnded:
					marked = append(marked, e)
				}
			}
			equal(t, "marked", marked, c.marked)
			next := Decider.Fold(s, say...)
			var unfit []id.Appointment
			for _, a := range next.appts.all() {
				if a.unfit && a.Life == Booked {
					unfit = append(unfit, a.ID)
				}
			}
			equal(t, "not placed", unfit, c.unfit)
			if again, err := Decide(next, c.when); err == nil && len(again) > 0 {
				t.Fatalf("again: %v", again)
			}
		})
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if decidertest.Dump(got) != decidertest.Dump(want) {
		t.Fatalf("%s\n%s\nwant\n%s", what, decidertest.Dump(got), decidertest.Dump(want))
	}
}

// Under a tentative offering, too, what becomes free is first of all theirs who
// find no counter: sold to somebody else, it would have to be taken away again
// when the offering becomes firm.
func TestWhatIsFreedUnderATentativeOfferingIsNotSoldTwice(t *testing.T) {
	both := line(9, 10, "car", "pass")
	car := booked("car", nine, 5)
	car.Skill = "car"
	tentative := adopted(2, both)
	tentative.Tentative = true
	before := Decider.Fold(Initial(), adopted(1, both, both), booked("first", nine, 9), car, tentative)
	for name, c := range map[string]Command{"cancelled": Cancel{"first", noon}, "missed": Miss{"first", noon},
		"moved within the day": Reschedule{Appointment: "first", To: nine + 30, At: noon, Limits: limits}, "moved away": MoveOut{"first", booking.Place{Centre: "wandsbek"}, noon}} {
		t.Run(name, func(t *testing.T) {
			say, err := Decide(before, c)
			if err != nil {
				t.Fatal(err)
			}
			s := Decider.Fold(before, say...)
			if _, err := Decide(s, asked("h", nine)); !errors.Is(err, ErrSlotTaken) {
				t.Fatalf("the counter of who waits for it is sold: %v", err)
			}
			if s.Free().Spent[booking.Online] == 0 || len(s.regained()) > 0 {
				t.Fatal("it is on offer")
			}
		})
	}
	long := booked("long", nine, 1)
	long.Minutes = 30
	held := Decider.Fold(Initial(), booked("short", nine+15, 5), long, tentative, placed("h1", nine),
		booking.AppointmentCancelled{AppointmentEnded: about("short", nine+15)})
	say, err := Decide(held, Release{"h1", noon})
	if err != nil || len(held.regained()) > 0 {
		t.Fatalf("%v, %v", err, held.regained())
	}
	if _, err := Decide(Decider.Fold(held, say...), asked("h", nine)); !errors.Is(err, ErrSlotTaken) {
		t.Fatalf("after a hold: %v", err)
	}
}
