package centreday

import (
	"errors"
	"fmt"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// Four like counters, a fifth of the citizens does not come: with a fifth
// appointment all counters are too few in 0.8⁵ = 33 of 100 cases, with a sixth
// in 66 of 100.
func TestOverbooking(t *testing.T) {
	key := Key{"altona", 20800}
	now := Moment{Day: 20780}
	line := Line{Span: day.Span{From: day.Clock(8, 0), To: day.Clock(10, 0)}, Skills: []id.Skill{"pass"}, Use: ForAppointments}
	adopt := func(version int64, counters int, o *Overbook) Command {
		var lines []Line
		for range counters {
			lines = append(lines, line)
		}
		return AdoptOffering{Key: key, Version: version, Lines: lines, Overbook: o, Now: now}
	}
	s := Initial()
	do := func(c Command) error {
		say, err := Decide(s, c)
		s = fold(s, say)
		return err
	}
	book := func(n int) error {
		return do(Book{Key: key, Appointment: id.Appointment(fmt.Sprint("a", n)), Slot: Slot{Service: "passport", Skill: "pass", Minutes: 15, At: day.Clock(9, 0)},
			Channel: "online", BookedOn: 20780, Limits: Limits{Now: now}})
	}
	walkIn := func(h HoldID) error {
		return do(Hold{Key: key, Hold: h, Slot: Slot{Service: "passport", Skill: "pass", Minutes: 15, At: day.Clock(9, 0)}, Channel: WalkInChannel, Limits: Limits{Now: now}})
	}
	some := &Overbook{NoShow: 0.2, Risk: 0.35}
	if err := do(adopt(1, 4, some)); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if err := book(n); err != nil {
			t.Fatalf("appointment %d: %v", n+1, err)
		}
	}
	if err := book(5); !errors.Is(err, ErrSlotTaken) {
		t.Fatalf("a sixth: %v", err)
	}
	if _, load := s.describe(nil, Shares{}, now); load.Overbooked != 1 || load.InUse.Counters[0] != 5 || len(load.Uncovered) != 0 {
		t.Fatalf("the planner is not told why five are booked at four counters: %+v", load)
	}
	if err := walkIn("w1"); !errors.Is(err, ErrSlotTaken) {
		t.Fatalf("a walk-in, when five are expected at four counters: %v", err)
	}
	for _, a := range []id.Appointment{"a0", "a1"} {
		if err := do(Miss{Appointment: a}); err != nil {
			t.Fatal(err)
		}
	}
	if err := walkIn("w2"); err != nil {
		t.Fatalf("a walk-in, when two have not come: %v", err)
	}
	if waits := s.Waits([]WalkIn{{Skill: "pass", Minutes: 15}, {Skill: "pass", Minutes: 15}}, day.Clock(9, 0)); waits[0] != 15 {
		t.Fatalf("three appointments and a walk-in at four counters, another waits %v", waits)
	}
	// Fewer counters have fewer extra places: one of them none.
	if err := do(adopt(2, 1, some)); err != nil {
		t.Fatal(err)
	}
	if n := len(s.atRisk()); n != 2 {
		t.Fatalf("%d at risk of three at one counter", n)
	}
}

func TestOnlyLikeCountersAreAGroup(t *testing.T) {
	at := func(from, to int, skills occupancy.Mask, breaks ...occupancy.Span) occupancy.Line {
		return occupancy.Line{Span: occupancy.Span{From: from, To: to}, Skills: skills, Breaks: breaks}
	}
	o := &Overbook{NoShow: 0.2, Risk: 0.35}
	four := []occupancy.Line{at(480, 600, 1), at(480, 600, 1), at(480, 600, 1), at(480, 600, 1)}
	if n := len(o.extra(four)); n != 1 {
		t.Fatalf("%d", n)
	}
	odd := []occupancy.Line{at(480, 600, 1), at(480, 600, 3), at(480, 660, 1), at(480, 600, 1, occupancy.Span{From: 500, To: 520})}
	if n := len(o.extra(odd)); n != 0 {
		t.Fatalf("%d extra places for four counters that differ", n)
	}
	var none *Overbook
	if none.extra(four) != nil {
		t.Fatal("extra places without a policy")
	}
}

func (s State) atRisk() (all []id.Appointment) {
	for _, a := range s.appts.all() {
		if a.AtRisk {
			all = append(all, a.ID)
		}
	}
	return all
}
