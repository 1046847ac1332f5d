package centreday

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

func bookedFor(a id.Appointment, at day.TimeOfDay, minutes day.Minutes, skill id.Skill) booking.AppointmentBooked {
	return booking.AppointmentBooked{Appointment: a, Place: booking.Place{Centre: altona.Centre, Day: altona.Day, At: at, Minutes: minutes},
		Service: "passport", Skill: skill, Channel: booking.Online, BookedOn: today.Day - 1}
}

func TestInUseIsTheMostAtOneMoment(t *testing.T) {
	firm := adopted(1, line(9, 12, "pass"), line(9, 12, "car"))
	for name, c := range map[string]struct {
		given []decider.Event
		want  *booking.InUse
	}{
		"nobody": {[]decider.Event{firm}, nil},
		"one after the other is one, at the same time two": {
			[]decider.Event{firm, bookedFor("a", nine+5, 10, "pass"), bookedFor("b", nine+15, 15, "pass"), bookedFor("c", nine+20, 10, "car")},
			&booking.InUse{From: nine, Step: 30, Counters: []int{2}, Skills: map[id.Skill][]int{"pass": {1}, "car": {1}}}},
		"across steps, with a gap": {
			[]decider.Event{firm, bookedFor("a", nine+20, 20, "pass"), bookedFor("b", nine+100, 15, "car")},
			&booking.InUse{From: nine, Step: 30, Counters: []int{1, 1, 0, 1}, Skills: map[id.Skill][]int{"pass": {1, 1, 0, 0}, "car": {0, 0, 0, 1}}}},
		"at risk has no counter": {
			[]decider.Event{adopted(1, line(9, 12, "pass"), line(9, 12, "pass")), bookedFor("a", nine, 15, "pass"), bookedFor("b", nine, 15, "pass"),
				adopted(2, line(9, 12, "pass")), atRisk("b", nine)},
			&booking.InUse{From: nine, Step: 30, Counters: []int{1}, Skills: map[id.Skill][]int{"pass": {1}},
				Uncovered: map[id.Skill][]int{"pass": {15}}}},
		"nobody on duty, across steps": {
			[]decider.Event{firm, bookedFor("a", nine+50, 20, "pass"), adopted(2), atRisk("a", nine+50)},
			&booking.InUse{From: nine + 30, Step: 30, Counters: []int{0, 0}, Skills: map[id.Skill][]int{}, Uncovered: map[id.Skill][]int{"pass": {10, 10}}}},
		"cancelled is over": {
			[]decider.Event{firm, bookedFor("a", nine, 15, "pass"), booking.AppointmentCancelled{AppointmentEnded: about("a", nine)}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inUse(Decider.Fold(Initial(), c.given...)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func inUse(s State) *booking.InUse {
	load := booking.LoadChanged{Booked: map[id.Skill]day.Minutes{}}
	s.countBooked(&load)
	return load.InUse
}

// Counted minute by minute, the use is the same.
func TestInUseAgainstEveryMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Decider.Fold(Initial(), adopted(1, line(0, 24, "pass", "car")))
		use := map[id.Skill]*[1440]int{"": {}, "pass": {}, "car": {}}
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			minutes := 5 * rapid.IntRange(1, 12).Draw(t, "ticks")
			at := 5 * rapid.IntRange(0, (1440-minutes)/5).Draw(t, "at")
			skill := rapid.SampledFrom([]id.Skill{"pass", "car"}).Draw(t, "skill")
			s = Decider.Fold(s, bookedFor(id.Appointment(fmt.Sprint(i)), day.TimeOfDay(at), day.Minutes(minutes), skill))
			for m := at; m < at+minutes; m++ {
				use[skill][m]++
				use[""][m]++
			}
		}
		got := inUse(s)
		told := func(n []int, m int) int {
			if i := (m - int(got.From)) / int(got.Step); m >= int(got.From) && i < len(n) {
				return n[i]
			}
			return 0
		}
		for m := range 1440 {
			for skill, by := range use {
				n, most := got.Counters, 0
				if skill != "" {
					n = got.Skills[skill]
				}
				for k := m - m%30; k < m-m%30+30; k++ {
					most = max(most, by[k])
				}
				if told(n, m) != most {
					t.Fatalf("minute %d, skill %q: told %d, counted %d", m, skill, told(n, m), most)
				}
			}
		}
	})
}
