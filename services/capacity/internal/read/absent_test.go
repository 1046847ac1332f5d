package read

import (
	"math"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Who is missing at short notice is learned by district; leave that was known weeks
// before is not, and who is back in time was never missing.
func TestAbsencesAreLearnedByDistrict(t *testing.T) {
	c, first := NewCity(), day.Date(2026, 11, 23)
	at := int64(0)
	say := func(e decider.Event) {
		at++
		c.Apply(eventlog.Event{Position: at, NewEvent: eventlog.NewEvent{Meta: eventlog.Meta{CorrelationID: "x"}}}, e)
	}
	say(capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{HorizonDays: 60, Planning: &capacity.Planning{DemandLearned: true}}, Districts: []capacity.District{{ID: "altona"}, {ID: "mitte"}, {ID: "nord"}}})
	say(calendar.Began{Day: first})
	for _, k := range []id.Centre{"altona", "mitte"} {
		say(capacity.CentreChanged{Centre: capacity.Centre{ID: k, District: id.District(k)}})
	}
	version := int64(0)
	duties := func(e id.Employee, home id.Centre, off ...day.Day) {
		version++
		o := observed.DutiesObserved{Employee: e, Home: home, Version: version, Horizon: day.Period{From: first, Until: first + 90}}
		for d := first; d < first+90; d++ {
			if d-d.Monday() < 5 && !slices.Contains(off, d) {
				o.Duties = append(o.Duties, observed.Duty{Day: d, Centre: home, Span: day.Span{From: day.Clock(8, 0), To: day.Clock(16, 0)}})
			}
		}
		say(o)
	}
	off := map[id.Employee][]day.Day{}
	homes := map[id.Employee]id.Centre{"a1": "altona", "a2": "altona", "a3": "altona", "a4": "altona", "m1": "mitte", "m2": "mitte", "m3": "mitte", "m4": "mitte"}
	for _, e := range []id.Employee{"a1", "a2", "a3", "a4", "m1", "m2", "m3", "m4"} {
		duties(e, homes[e])
	}
	if f, counted := c.Expect().Absent("mitte"); counted || math.Abs(f-.04) > 1e-9 {
		t.Fatalf("%v %v before any day is over", f, counted)
	}
	for d := first + 20; d < first+30; d++ {
		off["m2"] = append(off["m2"], d) // leave, asked for weeks before
	}
	duties("m2", "mitte", off["m2"]...)
	// A quarter of mitte is ill every day, of altona one comes back in time.
	for d := first + 1; d < first+60; d++ {
		off["m1"] = append(off["m1"], d)
		duties("m1", "mitte", off["m1"]...)
		duties("a1", "altona", d)
		duties("a1", "altona")
		say(calendar.Began{Day: d})
	}
	x := c.Expect() // few people are shrunk to the city much
	altona, _ := x.Absent("altona")
	mitte, counted := x.Absent("mitte")
	nord, _ := x.Absent("nord")
	city, _ := x.Absent("")
	if !counted || altona >= city || altona <= .04 || mitte <= 1.2*city || mitte > .25 || nord != city {
		t.Errorf("altona %.4f, mitte %.4f, nord %.4f, city %.4f", altona, mitte, nord, city)
	}
	if sick := x.Sickness(c.Policy); sick("mitte") != mitte || sick("") != city {
		t.Errorf("planned for %v and %v", sick("mitte"), sick(""))
	}
	half := .02
	supposed := c.Policy
	supposed.Planning = &capacity.Planning{DemandLearned: true, ExpectedSickness: &half}
	if got := x.Sickness(supposed)("mitte"); math.Abs(got-mitte/2) > 1e-9 {
		t.Errorf("half as much is supposed: %v, %v in force", got, mitte)
	}
	said := c.Policy
	said.Planning = nil
	if got := x.Sickness(said)("mitte"); got != .04 {
		t.Errorf("%v is planned for, where the policy goes by what it says", got)
	}
}
