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

// Books that follow the events say what books counted anew say, also where an event
// comes that nobody would decide.
func TestBooksFollowTheAppointments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := Decider.Fold(Initial(), adopted(1, line(9, 12, "pass"), line(9, 10, "car"))), 0
		version := int64(1)
		drawAt := func() day.TimeOfDay { return nine + day.TimeOfDay(5*rapid.IntRange(0, 6).Draw(t, "at")) }
		for range rapid.IntRange(1, 100).Draw(t, "events") {
			a := id.Appointment(fmt.Sprint("a", rapid.IntRange(0, min(n, 5)).Draw(t, "whose")))
			ends := booking.AppointmentEnded{Appointment: a}
			var e decider.Event
			switch rapid.IntRange(0, 11).Draw(t, "what") {
			case 0, 1:
				n++
				b := bookedFor(id.Appointment(fmt.Sprint("a", n)), drawAt(), day.Minutes(5*rapid.IntRange(0, 4).Draw(t, "ticks")), rapid.SampledFrom([]id.Skill{"pass", "car"}).Draw(t, "skill"))
				if rapid.Bool().Draw(t, "two") {
					b.Parts = []booking.Part{{Service: "x", Skill: "car", Minutes: 5}, {Service: "y", Skill: "pass", Minutes: 10}}
				}
				e = b
			case 2:
				version++
				o := adopted(version, line(9, 12, "pass", "car"))
				o.Tentative = rapid.Bool().Draw(t, "tentative")
				if rapid.Bool().Draw(t, "nobody on duty") {
					o.Lines = nil
				}
				e = o
			case 3:
				e = booking.AppointmentAtRisk{AppointmentEnded: ends}
			case 4:
				e = booking.AppointmentSecured{AppointmentEnded: ends}
			case 5:
				e = booking.AppointmentKept{AppointmentEnded: ends}
			case 6:
				e = booking.AppointmentMissed{AppointmentEnded: ends}
			case 7:
				e = CameLate{Appointment: a}
			case 8:
				e = AppointmentMovedOut{a, booking.Place{}}
			case 9:
				at := drawAt()
				if p, here := s.Appointment(a); here && rapid.Bool().Draw(t, "stays") {
					at = p.At
				}
				e = booking.AppointmentMoved{Appointment: a, To: booking.Place{At: at, Minutes: 10}, Skill: "pass"}
			case 10:
				e = HardshipSet{Appointment: a, Hardship: rapid.Bool().Draw(t, "hardship")}
			case 11:
				e = booking.LoadChanged{}
			}
			s = Evolve(s, e)
			anew := s
			anew.books, anew.changed = nil, nil
			if got, want := told(s), told(anew); !reflect.DeepEqual(got, want) {
				t.Fatalf("after %T %+v the load is %+v %+v, counted anew %+v %+v", e, e, got, got.InUse, want, want.InUse)
			}
		}
	})
}
