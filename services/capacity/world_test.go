package capacity_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// world is capacity with stand-ins for its neighbours, in one goroutine:
// staffing orders what is requested (unless refuse says no), booking answers
// every offering with the load it leaves.
type world struct {
	t       testing.TB
	ctx     context.Context
	store   *memory.Store
	now     time.Time
	drag    time.Duration // how far the clock goes on each time it is read
	service *capacity.Service
	// restart rebuilds the service from its log before every delivery.
	restart bool
	seen    int64 // public position of capacity's events handled
	sent    map[string]int64
	said    []events.Event // all public events so far

	staff    map[id.Employee]staffing.DutiesChanged
	booked   map[string]day.Minutes // centre/day → minutes of skill "id"
	loads    map[string]int64       // versions
	refuse   func(events_capacity.DeploymentRequested) string
	inUse    map[string]*booking.InUse // centre/day → what booking tells of counters in use
	atRisk   map[string]day.Minutes    // what booking says is uncovered under a firm offering, beyond the minutes
	uncovers map[string]day.Minutes    // added to what a tentative offering uncovers
}

var monday = day.Date(2026, time.November, 23)

func newWorld(t testing.TB) *world {
	w := &world{t: t, ctx: context.Background(), store: memory.New(), sent: map[string]int64{},
		now:   time.Date(2026, time.November, 23, 7, 12, 0, 0, time.UTC),
		staff: map[id.Employee]staffing.DutiesChanged{}, booked: map[string]day.Minutes{}, loads: map[string]int64{}, inUse: map[string]*booking.InUse{}, atRisk: map[string]day.Minutes{}, uncovers: map[string]day.Minutes{}}
	w.start()
	return w
}

func (w *world) start() {
	w.t.Helper()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := capacity.DefaultConfig()
	cfg.OfferingPace = 0 // here the clock stands while the service works
	w.service, err = capacity.New(capacity.Deps{Node: node.Deps{Store: w.store, Now: func() time.Time { w.now = w.now.Add(w.drag); return w.now.In(zone) }}, Config: cfg})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.service.Node().Start(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) step() {
	w.t.Helper()
	if w.restart {
		w.start()
	}
	if err := w.service.Node().Step(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

// deliver hands an event of a neighbour to capacity.
func (w *world) deliver(source, cause string, e events.Event) {
	w.t.Helper()
	if w.restart {
		w.start()
	}
	data, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sent[source]++
	env := events.Envelope{ID: fmt.Sprintf("%s-%d", source, w.sent[source]), Source: "lotse/" + source, Type: e.EventType(), Subject: events.Key(e.EventKey()...),
		CorrelationID: cause, Epoch: 1, Position: w.sent[source], Data: data}
	for _, in := range w.service.Node().Inbounds() {
		if in.Source() == source {
			if err := in.Deliver(w.ctx, env); err != nil {
				w.t.Fatalf("%s: %v", e.EventType(), err)
			}
			if err := in.Deliver(w.ctx, env); err != nil { // a repeat does no harm
				w.t.Fatalf("%s again: %v", e.EventType(), err)
			}
		}
	}
}

// heard are the public events since last asked.
func (w *world) heard() []events.Event {
	w.t.Helper()
	page, err := w.store.PublicAfter(w.ctx, w.seen, 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []events.Event
	for _, e := range page {
		ev, err := lotse.Registry().Decode(e.Type, e.Data)
		if err != nil {
			w.t.Fatal(err)
		}
		w.seen = e.PublicPosition
		all = append(all, ev)
	}
	w.said = append(w.said, all...)
	return all
}

// settle lets capacity and its neighbours talk until all are quiet.
func (w *world) settle() {
	w.t.Helper()
	for range 500 {
		w.step()
		heard := w.heard()
		if len(heard) == 0 {
			return
		}
		for _, e := range heard {
			switch e := e.(type) {
			case events_capacity.OfferingChanged:
				w.answer(e)
			case events_capacity.DeploymentRequested:
				w.order(e)
			case events_capacity.DeploymentWithdrawn:
				w.withdraw(e)
			}
		}
	}
	w.t.Fatal("the city does not come to rest")
}

func supply(lines []events_capacity.Line) (m day.Minutes) {
	for _, l := range lines {
		if l.Use == events_capacity.ForAppointments {
			m += l.Minutes()
			for _, b := range l.Breaks {
				m -= b.Minutes()
			}
		}
	}
	return m
}

func (w *world) answer(e events_capacity.OfferingChanged) {
	k := string(e.Centre) + "/" + e.Day.String()
	w.loads[k]++
	l := booking.LoadChanged{Centre: e.Centre, Day: e.Day, Version: w.loads[k], OfferingVersion: e.Version,
		Booked: map[id.Skill]day.Minutes{"id": w.booked[k]}, Free: map[id.Skill]int{"id": int(max(0, supply(e.Lines)-w.booked[k]) / 15)}}
	l.InUse = w.inUse[k]
	over := w.booked[k] - supply(e.Lines)
	if !e.Tentative {
		over = max(over, w.atRisk[k])
	}
	if e.Tentative {
		over = max(0, over) + w.uncovers[k]
	}
	if over > 0 {
		l.Uncovered = map[id.Skill]day.Minutes{"id": over}
	}
	w.deliver("booking", "", l)
}

func (w *world) order(e events_capacity.DeploymentRequested) {
	d := staffing.DeploymentOrdered{Deployment: e.Deployment, Proposal: e.Proposal, Employee: e.Employee, Day: e.Day, From: e.From, To: e.To}
	if w.refuse != nil {
		if rule := w.refuse(e); rule != "" {
			w.deliver("staffing", "", staffing.DeploymentRefused{Deployment: e.Deployment, Proposal: e.Proposal, Employee: e.Employee,
				Day: e.Day, From: e.From, To: e.To, Rule: rule, Reason: "says staffing"})
			return
		}
	}
	w.deliver("staffing", "", d)
	w.duties(e.Employee, "", func(x *staffing.Duty) bool {
		if x.Day == e.Day {
			x.Centre, x.Deployment = e.To, e.Deployment
		}
		return true
	})
}

func (w *world) withdraw(e events_capacity.DeploymentWithdrawn) {
	home := w.staff[e.Employee].Home
	w.deliver("staffing", "", staffing.DeploymentCancelled{Deployment: e.Deployment, Proposal: e.Proposal, Employee: e.Employee, Day: e.Day, To: home, Cause: "undone"})
	w.duties(e.Employee, "", func(x *staffing.Duty) bool {
		if x.Day == e.Day {
			x.Centre, x.Deployment = home, ""
		}
		return true
	})
}

// duties edits an employee's duties; edit answers whether to keep one.
func (w *world) duties(e id.Employee, cause string, edit func(*staffing.Duty) bool) {
	w.t.Helper()
	d := w.staff[e]
	d.Version++
	kept := []staffing.Duty{}
	for _, x := range d.Duties {
		if edit == nil || edit(&x) {
			kept = append(kept, x)
		}
	}
	d.Duties = kept
	w.staff[e] = d
	w.deliver("staffing", cause, d)
}

// ill takes somebody off duty on days; back puts them on again.
func (w *world) ill(e id.Employee, cause string, days ...day.Day) {
	w.duties(e, cause, func(x *staffing.Duty) bool { return !slices.Contains(days, x.Day) })
}

func (w *world) back(e id.Employee, cause string, days ...day.Day) {
	d := w.staff[e]
	for _, x := range days {
		d.Duties = append(slices.Clone(d.Duties), staffing.Duty{Day: x, Centre: d.Home, Span: day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}})
	}
	slices.SortFunc(d.Duties, func(a, b staffing.Duty) int { return int(a.Day - b.Day) })
	w.staff[e] = d
	w.duties(e, cause, nil)
}

// hire puts n people on duty at a centre, 8 to 16, Monday to Friday.
func (w *world) hire(c id.Centre, n int, edit func(*staffing.DutiesChanged)) {
	for i := range n {
		d := staffing.DutiesChanged{Employee: id.Employee(fmt.Sprintf("%s-%d", c, i+1)), Home: c, Skills: []id.Skill{"id"}, Deployable: true,
			MaxDaysAwayPerWeek: 2, Horizon: day.Period{From: monday, Until: monday + 60}}
		for x := monday; x < monday+28; x++ {
			if x-x.Monday() < 5 {
				d.Duties = append(d.Duties, staffing.Duty{Day: x, Centre: c, Span: day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}})
			}
		}
		if edit != nil {
			edit(&d)
		}
		w.staff[d.Employee] = d
		w.duties(d.Employee, "", nil)
	}
}

func hours() map[int][]day.Span {
	h := map[int][]day.Span{}
	for i := 1; i <= 5; i++ {
		h[i] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	return h
}

// town has two districts: alpha with west, beta with east.
func town() capacity.Network {
	return capacity.Network{
		Districts: []events_capacity.District{
			{ID: "alpha", Name: "Alpha", DailyDemand: map[id.Skill]day.Minutes{"id": 600}, AnyShare: .2},
			{ID: "beta", Name: "Beta", DailyDemand: map[id.Skill]day.Minutes{"id": 600}, AnyShare: .2}},
		Centres: []events_capacity.Centre{
			{ID: "west", Name: "West", District: "alpha", Counters: 9, MinStaff: 1, Hours: hours(), TravelMinutes: map[id.Centre]int{"east": 20}},
			{ID: "east", Name: "East", District: "beta", Counters: 9, MinStaff: 1, Hours: hours(), TravelMinutes: map[id.Centre]int{"west": 20}}},
		Groups:   []events_capacity.ServiceGroup{{Skill: "id", Name: map[string]string{"de": "Ausweis", "en": "ID"}}},
		Services: []events_capacity.ServiceType{{ID: "identity-card", Name: map[string]string{"de": "Personalausweis"}, Skill: "id", Minutes: 15, Share: 1}},
		Policy: events_capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 28, MinLeadDays: 1, HoldMinutes: 10, NoticeDays: 4,
			MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, StaleLoss: .2, ProposalDays: 3,
			Automatic: events_capacity.Guardrails{MaxMoves: 4, MaxTravelMinutes: 40, MinGain: 1}},
	}
}

// running has three people at west and four at east; on Tuesday of next week
// west is booked to the limit.
func running(t testing.TB, edit func(*capacity.Network)) *world {
	w := newWorld(t)
	n := town()
	if edit != nil {
		edit(&n)
	}
	if _, err := w.service.ApplyNetwork(w.ctx, n, false); err != nil {
		t.Fatal(err)
	}
	w.hire("west", 3, nil)
	w.hire("east", 4, nil)
	w.booked["west/"+tuesday.String()] = 3 * 480
	w.booked["east/"+tuesday.String()] = 2 * 480
	w.settle()
	return w
}

var tuesday = monday + 8

// last returns the newest public event of a type.
func last[E events.Event](w *world) (e E, ok bool) {
	for i := len(w.said) - 1; i >= 0; i-- {
		if x, is := w.said[i].(E); is {
			return x, true
		}
	}
	return e, false
}

func must[E events.Event](w *world) E {
	w.t.Helper()
	e, ok := last[E](w)
	if !ok {
		w.t.Fatalf("no %s was said", reflect.TypeFor[E]())
	}
	return e
}

// offered is the newest offering of a place.
func (w *world) offered(c id.Centre, d day.Day) (o events_capacity.OfferingChanged) {
	for _, e := range w.said {
		if x, is := e.(events_capacity.OfferingChanged); is && x.Centre == c && x.Day == d {
			o = x
		}
	}
	return o
}

func count[E events.Event](w *world) (n int) {
	for _, e := range w.said {
		if _, is := e.(E); is {
			n++
		}
	}
	return n
}
