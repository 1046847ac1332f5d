// Package webtest is a small town for tests of capacity's pages: two districts with
// an office each, on a clock by hand and a log in memory, with a stand-in for
// booking.
package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Monday is the town's first day.
var Monday = day.Date(2026, time.November, 23)

// Town is capacity with two districts, "altona" with the centre "altona-1" and
// "mitte" with "mitte-1", and the groups "id" and "move".
type Town struct {
	T     testing.TB
	App   *app.App
	Clock *clock.Manual
	Zone  *time.Location
	sent  map[string]int64
	loads map[string]int64
	ahead map[string]booking.BookingsCounted
}

// New makes the town, on Monday at 7:12.
func New(t testing.TB) *Town {
	t.Helper()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	w := &Town{T: t, Zone: zone, Clock: clock.NewManual(Monday.At(day.Clock(7, 12), zone)), sent: map[string]int64{}, loads: map[string]int64{}, ahead: map[string]booking.BookingsCounted{}}
	w.App = app.New(node.Deps{Store: memory.New(), Now: func() time.Time { return w.Clock.Now().In(zone) }}, app.Options{Zone: zone, RepairTime: time.Millisecond})
	if err := w.App.Node().Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.App.ApplyNetwork(context.Background(), Network(), app.Applying{}); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	return w
}

// Network of the town.
func Network() network.Network {
	hours := map[int][]day.Span{}
	for w := 1; w <= 5; w++ {
		hours[w] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	centre := func(k id.Centre, d id.District, name string, lat, lon float64, other id.Centre) capacity.Centre {
		return capacity.Centre{ID: k, District: d, Name: name, Address: name + " 1, Hamburg", Lat: lat, Lon: lon, Counters: 4, MinStaff: 1, Hours: hours,
			TravelMinutes: map[id.Centre]int{other: 20}}
	}
	return network.Network{
		Districts: []capacity.District{{ID: "altona", Name: "Altona"}, {ID: "mitte", Name: "Hamburg-Mitte"}},
		Centres: []capacity.Centre{centre("altona-1", "altona", "Kundenzentrum Altona", 53.551, 9.935, "mitte-1"),
			centre("mitte-1", "mitte", "Kundenzentrum Mitte", 53.553, 9.99, "altona-1")},
		Groups: []capacity.ServiceGroup{{Skill: "id", Name: map[string]string{"de": "Ausweise", "en": "Identity documents"}},
			{Skill: "move", Name: map[string]string{"de": "Umzug", "en": "Moving house"}}},
		Services: []capacity.ServiceType{{ID: "card", Skill: "id", Minutes: 15, Share: 0.5, Name: map[string]string{"de": "Personalausweis", "en": "Identity card"}},
			{ID: "register", Skill: "move", Minutes: 15, Share: 0.5, Name: map[string]string{"de": "Anmeldung", "en": "Registration"}}},
		Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, HoldMinutes: 5, MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 60, ProposalDays: 7, NoticeDays: 4},
	}
}

// Settle lets the service work until it has nothing more to do.
func (w *Town) Settle() {
	w.T.Helper()
	if err := w.App.Node().Tick(context.Background()); err != nil {
		w.T.Fatal(err)
	}
	if err := w.App.Node().Step(context.Background()); err != nil {
		w.T.Fatal(err)
	}
}

// Today is the town's plan day.
func (w *Town) Today() day.Day { return w.App.Today() }

// Go moves the clock to a time of day so many days ahead.
func (w *Town) Go(days int, at day.TimeOfDay) {
	w.T.Helper()
	to := (w.Today() + day.Day(days)).At(at, w.Zone)
	w.Clock.Advance(to.Sub(w.Clock.Now()))
	w.Settle()
}

// Hear hands an event of a neighbour to capacity, in order.
func (w *Town) Hear(e events.Event, source string) {
	w.T.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		w.T.Fatal(err)
	}
	w.sent[source]++
	env := events.Envelope{ID: fmt.Sprintf("%s-%d", source, w.sent[source]), Source: "lotse/" + source, Type: e.EventType(), Subject: events.Key(e.EventKey()...),
		CorrelationID: fmt.Sprintf("%s-%d", source, w.sent[source]), Epoch: 1, Position: w.sent[source], Data: data}
	for _, in := range w.App.Node().Inbounds() {
		if in.Source() == source {
			if err := in.Deliver(context.Background(), env); err != nil {
				w.T.Fatalf("%s: %v", e.EventType(), err)
			}
		}
	}
	w.Settle()
}

// Load tells what booking has at a centre-day.
func (w *Town) Load(l booking.LoadChanged) {
	w.T.Helper()
	key := string(l.Centre) + "/" + l.Day.String()
	w.loads[key]++
	l.Version = w.loads[key]
	w.App.Node().View(func() {
		for p, o := range w.App.City.Offerings {
			if p.Centre == l.Centre && p.Day == l.Day {
				l.OfferingVersion = o.Version
			}
		}
	})
	w.Hear(l, booking.Service)
}

// Free makes the days to the third next available appointment at a centre: nothing
// is free before that day; below 0 nothing at all.
func (w *Town) Free(c id.Centre, days map[id.Skill]int) {
	w.T.Helper()
	today := w.Today()
	for d := range 60 {
		free := map[id.Skill]int{}
		for s, n := range days {
			if n == d {
				free[s] = 5
			}
		}
		key := string(c) + "/" + (today + day.Day(d)).String()
		if len(free) > 0 || w.loads[key] > 0 {
			w.Load(booking.LoadChanged{Centre: c, Day: today + day.Day(d), Free: free})
		}
	}
	if len(days) > 0 && w.loads[string(c)+"/"+today.String()] == 0 {
		w.Load(booking.LoadChanged{Centre: c, Day: today, Free: map[id.Skill]int{}})
	}
}

// Booked tells how many bookings were made on a day for so many days ahead.
func (w *Town) Booked(c id.Centre, on day.Day, s id.Skill, ahead ...[2]int) {
	w.T.Helper()
	b := booking.BookedAhead{Skill: s}
	for _, a := range ahead {
		b.Days, b.Counts = append(b.Days, a[0]), append(b.Counts, a[1])
	}
	key := string(c) + "/" + on.String()
	sum := w.ahead[key]
	w.ahead[key] = booking.BookingsCounted{Centre: c, Day: on, Version: sum.Version + 1, Skills: append(sum.Skills, b)}
	w.Hear(w.ahead[key], booking.Service)
}

// Staff puts employees on duty at a centre, Monday to Friday of the horizon.
func (w *Town) Staff(c id.Centre, all ...id.Employee) {
	w.T.Helper()
	h := day.Period{From: w.Today(), Until: w.Today() + 60}
	for _, e := range all {
		d := staffing.DutiesChanged{Employee: e, Version: 1, Home: c, Skills: []id.Skill{"id", "move"}, Deployable: true, MaxDaysAwayPerWeek: 2, Horizon: h}
		for x := h.From; x < h.Until; x++ {
			if x-x.Monday() < 5 {
				d.Duties = append(d.Duties, staffing.Duty{Day: x, Centre: c, Span: day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}})
			}
		}
		w.Hear(d, staffing.Service)
	}
}
