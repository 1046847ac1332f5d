package centreday

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

// overbooked finds a tick at which the holds and appointments that are not
// marked at risk cannot be matched to the lines on duty, one by one (Kuhn).
// Under a tentative offering what would be uncovered is left out too.
func overbooked(s State, lines []Line) string {
	var needs []Slot
	for _, a := range s.appts.all() {
		if a.Life == Booked && !a.Late && !a.AtRisk && (!s.Tentative || !a.unfit) {
			needs = append(needs, legs(a.Slot)...)
		}
	}
	for _, h := range s.holds {
		needs = append(needs, legs(h.Slot)...)
	}
	for t := 0; t < 1440; t += occupancy.Tick {
		owner := map[int]int{}
		var try func(n int, seen map[int]bool) bool
		try = func(n int, seen map[int]bool) bool {
			for i, l := range lines {
				if seen[i] || l.Use != ForAppointments || int(l.From) > t || int(l.To) < t+occupancy.Tick || !slices.Contains(l.Skills, needs[n].Skill) {
					continue
				}
				seen[i] = true
				if other, taken := owner[i]; !taken || try(other, seen) {
					owner[i] = n
					return true
				}
			}
			return false
		}
		for n, need := range needs {
			if int(need.At) <= t && t < int(need.At)+int(need.Minutes) && !try(n, map[int]bool{}) {
				return fmt.Sprintf("at %s: needs %+v on lines %+v", day.TimeOfDay(t), needs, lines)
			}
		}
	}
	return ""
}

// legs takes a visit apart, one slot for each part.
func legs(s Slot) (all []Slot) {
	s.each(func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes) {
		all = append(all, Slot{Skill: skill, At: at, Minutes: minutes})
	})
	return all
}

// TestNeverMoreThanCanBeServed drives a day by random commands. At each step
// no moment is overbooked, nothing booked is lost, and under a firm offering
// whoever is at risk really finds no counter.
func TestNeverMoreThanCanBeServed(t *testing.T) {
	skills := []id.Skill{"pass", "car", "resident"}
	rapid.Check(t, func(t *rapid.T) {
		s, now, version, next := Initial(), noon, int64(0), 0
		var lines []Line
		promised := map[id.Appointment]bool{}
		drawSlot := func() Slot {
			parts := make([]booking.Part, rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "parts"))
			for i := range parts {
				parts[i] = booking.Part{Service: "x", Skill: rapid.SampledFrom(skills).Draw(t, "skill"), Minutes: day.Minutes(5 * rapid.IntRange(1, 5).Draw(t, "minutes"))}
			}
			return VisitOf(nine+day.TimeOfDay(5*rapid.IntRange(-1, 10).Draw(t, "at")), parts...)
		}
		someone := func() id.Appointment {
			return id.Appointment(fmt.Sprint("a", rapid.IntRange(0, max(next, 1)).Draw(t, "who")))
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes later")) * time.Minute)
			var c Command
			switch what := rapid.IntRange(0, 13).Draw(t, "command"); what {
			case 0, 1:
				version++
				lines = nil
				for range rapid.IntRange(0, 4).Draw(t, "lines") {
					from := nine + day.TimeOfDay(rapid.IntRange(-5, 20).Draw(t, "from"))
					lines = append(lines, Line{Span: day.Span{From: from, To: from + day.TimeOfDay(rapid.IntRange(10, 60).Draw(t, "length"))},
						Skills: rapid.SliceOfDistinct(rapid.SampledFrom(skills), rapid.ID).Draw(t, "skills"),
						Use:    rapid.SampledFrom([]string{ForAppointments, ForAppointments, ForAppointments, "walk-in"}).Draw(t, "use")})
				}
				c = AdoptOffering{Key: altona, Version: version, Lines: lines, Tentative: rapid.Bool().Draw(t, "tentative"), Now: today, At: now, Lengths: lengths}
			case 2, 3, 4:
				c = Hold{Key: altona, Hold: HoldID(fmt.Sprint("a", next)), Slot: drawSlot(), Expires: now.Add(5 * time.Minute), At: now, Limits: limits}
				next++
			case 5, 6:
				c = Confirm{Hold: HoldID(someone()), BookedOn: today.Day - day.Day(rapid.IntRange(0, 9).Draw(t, "ago")), At: now,
					Detail: Detail{Hardship: rapid.IntRange(0, 4).Draw(t, "hardship") == 0}}
			case 7:
				c = Book{Key: altona, Appointment: id.Appointment(fmt.Sprint("a", next)), Slot: drawSlot(), BookedOn: today.Day, At: now, Limits: limits}
				next++
			case 8:
				c = Cancel{someone(), now}
			case 9:
				c = Reschedule{Appointment: someone(), To: drawSlot().At, At: now, Limits: limits}
			case 10:
				c = rapid.SampledFrom([]Command{ExpireHolds{now}, Release{HoldID(someone()), now}, Publish{Lengths: lengths, Now: today, At: now}}).Draw(t, "hold ends")
			case 11:
				c = SetHardship{someone(), rapid.Bool().Draw(t, "hardship"), now, today}
			case 12:
				c = rapid.SampledFrom([]Command{Miss{someone(), now}, Miss{someone(), now}, CheckIn{someone(), altona.Day, now}, MoveOut{someone(), booking.Place{Centre: "wandsbek"}, now}}).Draw(t, "leaves")
			case 13:
				c = Import{Key: altona, At: now, Items: []ImportItem{{Appointment: id.Appointment(fmt.Sprint("a", next)), Slot: drawSlot()}}}
				next++
			}
			if rapid.IntRange(0, 9).Draw(t, "restart") == 0 { // what is not written down is counted again
				s.filled = nil
			}
			before := decidertest.Dump(s)
			say, err := Decide(s, c)
			if err != nil && len(say) > 0 {
				t.Fatalf("%T refused with events", c)
			}
			s2 := fold(s, say)
			if after := decidertest.Dump(s); after != before {
				t.Fatalf("%T changed the state handed in:\n%s\nwas\n%s", c, after, before)
			}
			s = s2
			for _, e := range say {
				if e, ok := e.(booking.AppointmentBooked); ok {
					promised[e.Appointment] = true
				}
			}
			if why := overbooked(s, lines); why != "" {
				t.Fatalf("after %+v overbooked %s", c, why)
			}
			for a := range promised {
				if !s.knows(a) {
					t.Fatalf("after %+v appointment %s is lost", c, a)
				}
			}
			if why := miscounted(s); why != "" {
				t.Fatalf("after %+v %s", c, why)
			}
			if len(s.regained()) > 0 && version > 0 {
				t.Fatalf("after %+v somebody finds no counter who would fit", c)
			}
			for _, a := range s.appts.all() {
				if !s.Tentative && version > 0 && a.Life == Booked && a.unfit != a.AtRisk {
					t.Fatalf("after %+v: %s placed %v but at risk %v", c, a.ID, !a.unfit, a.AtRisk)
				}
			}
		}
	})
}

func TestMoveBetweenDays(t *testing.T) {
	here := Decider.Fold(Initial(), adopted(1, line(9, 10, "pass")), booked("a", nine, 2),
		AppointmentDetailed{Appointment: "a", BookedOn: today.Day - 2, Detail: Detail{CodeHash: "c", Contact: []byte("x")}}, adopted(2), atRisk("a", nine))
	offer := adopted(1, line(9, 10, "pass"))
	offer.Centre, offer.Day = wands.Centre, wands.Day
	there := Decider.Fold(Initial(), offer)
	a, _ := here.Appointment("a")
	in := MoveIn{Key: wands, Appointment: "a", From: here.Place(a), Slot: a.Slot, Channel: a.Channel, Detail: a.Detail, BookedOn: a.BookedOn, At: noon, Limits: limits}
	came, err := Decide(there, in)
	if err != nil {
		t.Fatal(err)
	}
	to := came[0].(booking.AppointmentMoved).To
	left, err := Decide(here, MoveOut{"a", to, noon})
	if err != nil {
		t.Fatal(err)
	}
	here, there = Decider.Fold(here, left...), Decider.Fold(there, came...)
	if _, still := here.Appointment("a"); still {
		t.Fatal("it is still at the old place")
	}
	if p, ok := here.MovedTo("a"); !ok || p.Centre != "wandsbek" {
		t.Fatalf("the old place points to %v", p)
	}
	b, ok := there.Appointment("a")
	if !ok || b.BookedOn != a.BookedOn || string(b.Detail.Contact) != "x" || b.AtRisk || b.Channel != booking.Online {
		t.Fatalf("moved in as %+v", b)
	}
	for s, c := range map[*State]Command{&here: MoveOut{"a", to, noon}, &there: in} {
		if again, err := Decide(*s, c); err != nil || len(again) > 0 {
			t.Fatalf("%T again: %v %v", c, again, err)
		}
	}
}
