package centreday

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

var lengths = []Length{{"pass", 15, 0.7}, {"pass", 30, 0.3}, {"car", 10, 1}}

func TestAdoptionSaysWhatItMeansAtOnce(t *testing.T) {
	opening := day.Clock(8, 0)
	s := Decider.Fold(Initial(), adopted(1, line(9, 10, "pass")), booked("a", nine, 3), booked("b", nine+15, 1), placed("h", nine+30))
	say, err := Decide(s, AdoptOffering{Key: altona, Version: 2, Opening: &opening, Lengths: lengths, Now: today, At: noon, Tentative: true,
		Lines: []Line{{Span: day.Span{From: nine + 5, To: nine + 60}, Skills: []id.Skill{"pass"}, Use: ForAppointments}}})
	if err != nil {
		t.Fatal(err)
	}
	slots, load := say[len(say)-2].(booking.SlotsChanged), say[len(say)-1].(booking.LoadChanged)
	// On duty 9:05–10:00; "a" at 9:00 does not fit, "b" 9:15–9:30 and the hold
	// 9:30–9:45 do. The grid of 15 minutes from 8:00 meets 9:15 first.
	equal(t, "slots", slots, booking.SlotsChanged{Centre: "altona", Day: altona.Day, Version: 1, OfferingVersion: 2,
		Free:      []booking.FreeStarts{{Skill: "pass", Minutes: 15, From: nine + 15, Step: 15, Counts: []int{0, 0, 1}}},
		FreeSlots: map[id.Skill]int{"pass": 1, "car": 0}})
	equal(t, "load", load, booking.LoadChanged{Centre: "altona", Day: altona.Day, Version: 1, OfferingVersion: 2,
		Booked: map[id.Skill]day.Minutes{"pass": 30}, Uncovered: map[id.Skill]day.Minutes{"pass": 15},
		Free: map[id.Skill]int{"pass": 1, "car": 0}, Appointments: 2,
		// Both still have a counter: the offering is tentative.
		InUse: &booking.InUse{From: nine, Step: 30, Counters: []int{1}, Skills: map[id.Skill][]int{"pass": {1}},
			Uncovered: map[id.Skill][]int{"pass": {15}}}})
}

func TestPublishSaysOnlyWhatChanged(t *testing.T) {
	s := Initial()
	do := func(c Command) []decider.Event {
		t.Helper()
		say, err := Decide(s, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range say { // through the wire, as after a restart
			data, err := codec.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			back, err := codec.Decode(e.EventType(), data)
			if err != nil {
				t.Fatal(err)
			}
			s = Evolve(s, back)
		}
		return say
	}
	publish := Publish{Lengths: lengths, Now: today, At: noon}
	if say := do(publish); len(say) > 0 {
		t.Fatalf("before any offering: %v", say)
	}
	do(AdoptOffering{Key: altona, Version: 1, Lines: []Line{line(9, 10, "pass")}, Lengths: lengths, Now: today, At: noon})
	if say := do(publish); len(say) > 0 {
		t.Fatalf("nothing has changed: %v", say)
	}
	do(asked("h", nine))
	say := do(publish)
	if len(say) != 2 || say[0].(booking.SlotsChanged).Version != 2 || say[0].(booking.SlotsChanged).FreeSlots["pass"] != 3 || say[1].(booking.LoadChanged).Appointments != 0 {
		t.Fatalf("a hold changes what is free: %v", say)
	}
	do(Release{"h", noon})
	do(asked("h2", nine))
	if say := do(publish); len(say) > 0 {
		t.Fatalf("released and held again: %v", say)
	}
	do(Confirm{Hold: "h2", BookedOn: today.Day, At: noon})
	if say := do(publish); len(say) != 1 || say[0].(booking.LoadChanged).Booked["pass"] != 15 {
		t.Fatalf("a confirmation changes the load alone: %v", say)
	}
}

func TestWhatHasPassedIsNotFree(t *testing.T) {
	s := Decider.Fold(Initial(), adopted(1, line(9, 10, "pass")))
	say := s.publish(lengths, Shares{}, Moment{altona.Day, nine + 31})
	slots := say[0].(booking.SlotsChanged)
	equal(t, "counts", slots.Free[0].Counts, []int{0, 0, 0, 1})
	if slots.FreeSlots["pass"] != 1 {
		t.Fatalf("free slots %v: 9:35–9:50 is what is left of the hour", slots.FreeSlots)
	}
}

// BenchmarkAdoptOffering is one counter that goes on a well-booked day: 6
// counters, 5 skills, 15 lengths, some 130 appointments.
func BenchmarkAdoptOffering(b *testing.B) {
	var lines []Line
	for i := range 6 {
		lines = append(lines, line(8, 18, []id.Skill{"pass", "car", "resident", "business", "other"}[:5-i%3]...))
	}
	var many []Length
	for _, k := range []id.Skill{"pass", "car", "resident", "business", "other"} {
		many = append(many, Length{k, 10, 0.2}, Length{k, 15, 0.5}, Length{k, 20, 0.3})
	}
	s := Decider.Fold(Initial(), adopted(1, lines...))
	var items []ImportItem
	for i := range 200 {
		items = append(items, ImportItem{Appointment: id.Appointment("a" + day.TimeOfDay(i).String()), BookedOn: today.Day - day.Day(i%20),
			Slot: slot(day.Clock(8, 0)+day.TimeOfDay(i%40*15), many[i%15].Skill)})
	}
	say, err := Decide(s, Import{Key: altona, Items: items, At: noon})
	if err != nil {
		b.Fatal(err)
	}
	s = Decider.Fold(s, say...)
	b.Run("adopt", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decide(s, AdoptOffering{Key: altona, Version: 2, Lines: lines[1:], Lengths: many, Now: today, At: noon}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decide(s, asked("h1", day.Clock(17, 45))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("publish", func(b *testing.B) {
		var size int
		for b.Loop() {
			say, _ := Decide(s, Publish{Lengths: many, Now: today, At: noon})
			data, _ := codec.Encode(say[0])
			size = len(data)
		}
		b.ReportMetric(float64(size), "bytes")
	})
}
