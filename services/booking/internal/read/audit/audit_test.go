package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/overbook"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read/audit"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

var (
	noon   = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	monday = day.Date(2026, time.November, 30)
	nine   = day.Clock(9, 0)
)

// log writes events down as a store would.
type log struct {
	*audit.Audit
	position int64
	versions map[string]int64
}

func newLog() *log { return &log{Audit: audit.New(), versions: map[string]int64{}} }

func (l *log) say(centre string, events ...decider.Event) {
	stream := "day-" + centre + "/" + monday.String()
	for _, e := range events {
		l.position++
		l.versions[stream]++
		l.Apply(eventlog.Event{Position: l.position, Stream: stream, Version: l.versions[stream]}, e)
	}
}

func counters(n int) centreday.OfferingAdopted {
	e := centreday.OfferingAdopted{Centre: "altona", Day: monday, Version: 1}
	for range n {
		e.Lines = append(e.Lines, centreday.Line{Span: day.Span{From: nine, To: nine + 60}, Skills: []id.Skill{"pass"}, Use: centreday.ForAppointments})
	}
	return e
}

func place(at day.TimeOfDay) booking.Place {
	return booking.Place{Centre: "altona", Day: monday, At: at, Minutes: 15}
}

func bookedAt(a id.Appointment, at day.TimeOfDay) booking.AppointmentBooked {
	return booking.AppointmentBooked{Appointment: a, Place: place(at), Skill: "pass"}
}

func ended(a id.Appointment) booking.AppointmentEnded {
	return booking.AppointmentEnded{Appointment: a, Place: place(nine)}
}

// Each of these logs breaks a promise, and is found to.
func TestDoctoredLogs(t *testing.T) {
	kept := func(h centreday.HoldID) centreday.HoldPlaced {
		return centreday.HoldPlaced{Hold: h, Centre: "altona", Day: monday, Skill: "pass", Minutes: 15, At: nine}
	}
	for _, c := range []struct {
		name, want string
		events     []decider.Event
		promises   []audit.Promise
	}{
		{"two at one counter", "overbooked", []decider.Event{counters(1), bookedAt("a", nine), bookedAt("b", nine+10)}, nil},
		{"a hold beside an appointment", "overbooked", []decider.Event{counters(1), kept("h"), bookedAt("a", nine)}, nil},
		{"a counter went and nobody was told", "overbooked", []decider.Event{counters(2), bookedAt("a", nine), bookedAt("b", nine), counters(1)}, nil},
		{"secured without a counter", "overbooked", []decider.Event{counters(2), bookedAt("a", nine), bookedAt("b", nine), counters(1),
			booking.AppointmentAtRisk{AppointmentEnded: ended("b")}, booking.AppointmentSecured{AppointmentEnded: ended("b")}}, nil},
		{"the wrong skill", "overbooked", []decider.Event{counters(1), booking.AppointmentBooked{Appointment: "a", Place: place(nine), Skill: "car"}}, nil},
		{"after closing", "overbooked", []decider.Event{counters(1), bookedAt("a", nine+50)}, nil},
		{"booked twice", "booked twice", []decider.Event{counters(2), bookedAt("a", nine), bookedAt("a", nine)}, nil},
		{"moved away and nowhere to", "lost", []decider.Event{counters(1), bookedAt("a", nine), centreday.AppointmentMovedOut{Appointment: "a"}}, nil},
		{"ended and not there", "does not stand here", []decider.Event{counters(1), booking.AppointmentCancelled{AppointmentEnded: ended("a")}}, nil},
		{"late and never missed", "was not missed here", []decider.Event{counters(1), bookedAt("a", nine), centreday.CameLate{Appointment: "a"}}, nil},
		{"a hold from nowhere ends", "was not there", []decider.Event{centreday.HoldEnded{Hold: "h"}}, nil},
		{"a confirmation is not in the log", "is not in the log", []decider.Event{counters(1)}, []audit.Promise{{Appointment: "a", State: "booked"}}},
		{"a cancellation is not in the log", "said to be cancelled", []decider.Event{counters(1), bookedAt("a", nine)}, []audit.Promise{{Appointment: "a", State: "cancelled"}}},
		{"it is elsewhere", "was promised for", []decider.Event{counters(1), bookedAt("a", nine)}, []audit.Promise{{Appointment: "a", State: "booked", Place: place(nine + 15)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLog()
			l.say("altona", c.events...)
			if faults := l.Report(c.promises).Faults; len(faults) == 0 || !strings.Contains(faults[0], c.want) {
				t.Errorf("%q, want one that says %q", faults, c.want)
			}
		})
	}
	l := newLog()
	l.position++
	l.say("altona", counters(1))
	l.versions["day-altona/"+monday.String()]++
	l.say("altona", bookedAt("a", nine))
	if faults := l.Report(nil).Faults; len(faults) != 2 {
		t.Errorf("a hole in the log and one in a stream: %q", faults)
	}
}

func TestAnHonestLog(t *testing.T) {
	over := counters(10)
	over.Overbook = &centreday.Overbook{NoShow: 0.2, Risk: 0.1}
	extra := overbook.Extra(10, 0.2, 0.1)
	l := newLog()
	l.say("wandsbek", over)
	for i := range 10 + extra {
		a := bookedAt(id.Appointment(fmt.Sprint("w", i)), nine)
		a.Centre = "wandsbek"
		l.say("wandsbek", a)
	}
	l.say("altona", counters(2), bookedAt("a", nine), bookedAt("b", nine), counters(1), booking.AppointmentAtRisk{AppointmentEnded: ended("b")},
		bookedAt("c", nine+15), booking.AppointmentCancelled{AppointmentEnded: ended("a")}, booking.AppointmentSecured{AppointmentEnded: ended("b")})
	r := l.Report([]audit.Promise{{Appointment: "a", State: "cancelled"}, {Appointment: "b", State: "booked", Place: place(nine)}})
	if len(r.Faults) > 0 || r.Booked != 12+extra || r.Appointments != 13+extra || r.AtRisk != 0 || extra == 0 {
		t.Errorf("%+v", r)
	}
}

// TestNoMomentExceedsCapacity drives two centre-days by random commands and
// changes of capacity. The audit, which matches citizens to counters one by one,
// finds no fault at any step.
func TestNoMomentExceedsCapacity(t *testing.T) {
	skills := []id.Skill{"pass", "car", "resident"}
	rapid.Check(t, func(t *rapid.T) {
		l, now, next, version := newLog(), noon, 0, int64(0)
		limits := centreday.Limits{Now: centreday.Moment{Day: monday - 7, At: nine}}
		moment := limits.Now
		state := map[string]centreday.State{}
		centres := []string{"altona", "wandsbek"}
		for _, c := range centres {
			state[c] = centreday.Initial()
		}
		decide := func(c string, cmd centreday.Command) ([]decider.Event, bool) {
			say, err := centreday.Decide(state[c], cmd)
			return say, err == nil
		}
		write := func(c string, say []decider.Event) {
			for _, e := range say {
				state[c] = centreday.Evolve(state[c], e)
			}
			l.say(c, say...)
		}
		slot := func() centreday.Slot {
			parts := make([]booking.Part, rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "parts"))
			for i := range parts {
				parts[i] = booking.Part{Service: "x", Skill: rapid.SampledFrom(skills).Draw(t, "skill"), Minutes: day.Minutes(5 * rapid.IntRange(1, 5).Draw(t, "minutes"))}
			}
			return centreday.VisitOf(nine+day.TimeOfDay(5*rapid.IntRange(0, 8).Draw(t, "at")), parts...)
		}
		someone := func() id.Appointment {
			return id.Appointment(fmt.Sprint("a", rapid.IntRange(0, max(next-1, 0)).Draw(t, "who")))
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "minutes later")) * time.Minute)
			c := rapid.SampledFrom(centres).Draw(t, "centre")
			key := centreday.Key{Centre: id.Centre(c), Day: monday}
			var cmd centreday.Command
			switch rapid.IntRange(0, 11).Draw(t, "command") {
			case 0, 1:
				version++
				adopt := centreday.AdoptOffering{Key: key, Version: version, Tentative: rapid.IntRange(0, 3).Draw(t, "tentative") == 0, Now: moment, At: now}
				for range rapid.IntRange(0, 4).Draw(t, "lines") {
					from := nine + day.TimeOfDay(rapid.IntRange(-7, 20).Draw(t, "from"))
					line := centreday.Line{Span: day.Span{From: from, To: from + day.TimeOfDay(rapid.IntRange(10, 70).Draw(t, "length"))},
						Skills: rapid.SliceOfNDistinct(rapid.SampledFrom(skills), 1, 3, rapid.ID).Draw(t, "skills"),
						Use:    rapid.SampledFrom([]string{centreday.ForAppointments, centreday.ForAppointments, "walk-in"}).Draw(t, "use")}
					if rapid.Bool().Draw(t, "break") {
						at := line.From + day.TimeOfDay(rapid.IntRange(1, 30).Draw(t, "break at"))
						line.Breaks = []day.Span{{From: at, To: at + day.TimeOfDay(rapid.IntRange(1, 12).Draw(t, "break length"))}}
					}
					adopt.Lines = append(adopt.Lines, line)
				}
				cmd = adopt
			case 2, 3, 4:
				cmd = centreday.Hold{Key: key, Hold: centreday.HoldID(fmt.Sprint("a", next)), Slot: slot(), Expires: now.Add(8 * time.Minute), At: now, Limits: limits}
				next++
			case 5, 6:
				cmd = centreday.Confirm{Hold: centreday.HoldID(someone()), BookedOn: moment.Day - day.Day(rapid.IntRange(0, 3).Draw(t, "ago")), At: now,
					Detail: centreday.Detail{Hardship: rapid.IntRange(0, 4).Draw(t, "hardship") == 0}}
			case 7:
				cmd = centreday.Cancel{Appointment: someone(), At: now}
			case 8:
				cmd = centreday.Reschedule{Appointment: someone(), To: slot().At, At: now, Limits: limits}
			case 9:
				cmd = rapid.SampledFrom([]centreday.Command{centreday.ExpireHolds{At: now}, centreday.Release{Hold: centreday.HoldID(someone()), At: now}}).Draw(t, "hold ends")
			case 10:
				cmd = centreday.SetHardship{Appointment: someone(), Hardship: rapid.Bool().Draw(t, "hardship"), At: now, Now: moment}
			case 11: // to the other centre, both or neither
				ap, other := someone(), centres[0]
				if c == other {
					other = centres[1]
				}
				x, here := state[c].Appointment(ap)
				if !here || x.Life != centreday.Booked {
					continue
				}
				to := x.Slot
				to.At = slot().At
				in, ok := decide(other, centreday.MoveIn{Key: centreday.Key{Centre: id.Centre(other), Day: monday}, Appointment: ap, From: state[c].Place(x), Slot: to,
					Detail: x.Detail, BookedOn: x.BookedOn, At: now, Limits: limits})
				out, left := decide(c, centreday.MoveOut{Appointment: ap, To: booking.Place{Centre: id.Centre(other), Day: monday, At: to.At, Minutes: to.Minutes}, At: now})
				if ok && left {
					write(c, out)
					write(other, in)
				}
				continue
			}
			if say, ok := decide(c, cmd); ok {
				write(c, say)
			}
		}
		if faults := l.Report(nil).Faults; len(faults) > 0 {
			t.Fatal(strings.Join(faults, "\n"))
		}
	})
}
