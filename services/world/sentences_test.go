package world_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	bookingservice "github.com/lotse-hamburg/lotse/services/booking"
)

// sentences are all that a script may say; the first that fits is taken.
var sentences []sentence

func init() { sentences = compile(slices.Concat(ofTheCity, ofEvents)) }

// ofTheCity: what there is.
var ofTheCity = []sentence{
	{form: "today is <date> <time>", do: func(c *city, a words) error { return c.begin(a.date("date"), a.time("time")) }},
	{form: "the city is <name>", do: func(c *city, a words) error {
		text, err := os.ReadFile(filepath.Join("testdata", "cities", a.text("name")+".txt"))
		if err != nil {
			return err
		}
		for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			if err := c.run(line); err != nil {
				return fmt.Errorf("%s.txt:%d: %w", a.text("name"), i+1, err)
			}
		}
		return nil
	}},
	{form: "the promise is <limit> days, the goal <goal>", do: func(c *city, a words) error {
		c.network.Policy.LimitDays, c.network.Policy.GoalDays, c.changed.network = a.number("limit"), a.number("goal"), true
		return nil
	}},
	{form: "slots are on offer for <n> days", do: func(c *city, a words) error {
		c.network.Policy.HorizonDays, c.changed.network = a.number("n"), true
		return nil
	}},
	{form: "at night the city is planned anew in <n> rounds", do: func(c *city, a words) error {
		c.planning().NightlyRounds, c.changed.network = a.number("n"), true
		return nil
	}},
	{form: "people are told <n> days before", do: func(c *city, a words) error {
		c.network.Policy.NoticeDays, c.changed.network = a.number("n"), true
		return nil
	}},
	{form: "people travel at most <n> minutes", do: func(c *city, a words) error {
		c.network.Policy.MaxTravelMinutes, c.changed.network = a.number("n"), true
		return nil
	}},
	{form: "<n> % of the counters are kept for walk-ins", do: func(c *city, a words) error {
		c.network.Policy.WalkInShare, c.changed.network = float64(a.number("n"))/100, true
		return nil
	}},
	{form: "proposals of up to <n> moves pass without a planner", do: func(c *city, a words) error {
		c.network.Policy.Automatic = eventscapacity.Guardrails{Enabled: true, MaxMoves: a.number("n"), MaxTravelMinutes: c.network.Policy.MaxTravelMinutes, MinGain: 1}
		c.changed.network = true
		return nil
	}},
	{form: "service <service>: skill <skill>, <n> minutes", do: func(c *city, a words) error {
		name := map[string]string{"de": a.text("service"), "en": a.text("service")}
		skill := id.Skill(a.text("skill"))
		if !slices.ContainsFunc(c.network.Groups, func(g eventscapacity.ServiceGroup) bool { return g.Skill == skill }) {
			c.network.Groups = append(c.network.Groups, eventscapacity.ServiceGroup{Skill: skill, Name: map[string]string{"de": string(skill), "en": string(skill)}})
		}
		c.network.Services = append(c.network.Services, eventscapacity.ServiceType{ID: id.Service(a.text("service")), Name: name, Skill: skill, Minutes: day.Minutes(a.number("n")), Share: 1})
		c.changed.network = true
		return nil
	}},
	{form: "skill <skill> is called <de>, <en...>", do: func(c *city, a words) error {
		for i, g := range c.network.Groups {
			if string(g.Skill) == a.text("skill") {
				c.network.Groups[i].Name = map[string]string{"de": a.text("de"), "en": a.text("en")}
				c.changed.network = true
				return nil
			}
		}
		return fmt.Errorf("no service asks for %q", a.text("skill"))
	}},
	{form: "district <district> asks for <n> minutes of <skill> a day", do: func(c *city, a words) error {
		c.district(id.District(a.text("district"))).DailyDemand[id.Skill(a.text("skill"))] = day.Minutes(a.number("n"))
		return nil
	}},
	{form: "<n> % of <district> go to any centre", do: func(c *city, a words) error {
		c.district(id.District(a.text("district"))).AnyShare = float64(a.number("n")) / 100
		return nil
	}},
	{form: "<skill> is asked for <n> % more from <from> to <to>", do: func(c *city, a words) error {
		s := &c.planning().Seasons
		*s = append(*s, eventscapacity.Season{Name: "more " + a.text("skill"), Skill: id.Skill(a.text("skill")),
			Period: day.Period{From: a.date("from"), Until: a.date("to") + 1}, Factor: 1 + float64(a.number("n"))/100})
		c.changed.network = true
		return nil
	}},
	{form: "centre <centre> in <district>: <counters> counters, at least <least> on duty", do: func(c *city, a words) error {
		hours := map[int][]day.Span{}
		for d := 1; d <= 5; d++ {
			hours[d] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
		}
		c.district(id.District(a.text("district")))
		c.network.Centres = append(c.network.Centres, eventscapacity.Centre{ID: id.Centre(a.text("centre")), Name: title(a.text("centre")),
			District: id.District(a.text("district")), Counters: a.number("counters"), MinStaff: a.number("least"), Hours: hours, TravelMinutes: map[id.Centre]int{}})
		return nil
	}},
	{form: "at <centre> at least <n> are present at any time", do: func(c *city, a words) error {
		k, err := c.centre(id.Centre(a.text("centre")))
		if err == nil {
			k.MinPresent = a.number("n")
		}
		return err
	}},
	{form: "<a> and <b> are <n> minutes apart", do: func(c *city, a words) error {
		for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
			k, err := c.centre(id.Centre(a.text(pair[0])))
			if err != nil {
				return err
			}
			k.TravelMinutes[id.Centre(a.text(pair[1]))] = a.number("n")
		}
		return nil
	}},
	{form: "school holidays from <from> to <to>", do: func(c *city, a words) error {
		c.network.Holidays = append(c.network.Holidays, eventscapacity.Holiday{Name: "school holidays", School: true, Period: day.Period{From: a.date("from"), Until: a.date("to") + 1}})
		c.changed.network, c.changed.staff = true, len(c.staff) > 0
		return nil
	}},
	{form: "staff <who> at <centre>: <traits...>", do: func(c *city, a words) error {
		return c.hire(a.text("who"), id.Centre(a.text("centre")), a.text("traits"))
	}},
}

// ofEvents: what happens.
var ofEvents = []sentence{
	{form: "HR: the one of move <move> of proposal <n> is absent from <from> to <to>", do: func(c *city, a words) error {
		p, err := c.ledger.proposal(a.number("n"))
		if err != nil {
			return err
		}
		m, err := c.ledger.move(p, a.number("move"))
		if err != nil {
			return err
		}
		a.by["who"] = string(m.Employee)
		c.say("that is %s", m.Employee)
		return c.absent(a, map[string]any{"from": a.text("from"), "last_day": a.text("to")}, "from "+a.text("from")+" to "+a.text("to"))
	}},
	{form: "HR: <who> is absent from <from> to <to>", do: func(c *city, a words) error {
		return c.absent(a, map[string]any{"from": a.text("from"), "last_day": a.text("to")}, "from "+a.text("from")+" to "+a.text("to"))
	}},
	{form: "HR: <who> is on leave from <from> to <to>", do: func(c *city, a words) error {
		return c.absent(a, map[string]any{"from": a.text("from"), "last_day": a.text("to"), "planned": true}, "from "+a.text("from")+" to "+a.text("to"))
	}},
	{form: "HR: <who> is absent from <from>, nobody knows until when", do: func(c *city, a words) error {
		return c.absent(a, map[string]any{"from": a.text("from")}, "from "+a.text("from"))
	}},
	{form: "HR: the absence of <who> lasts until <to>", do: func(c *city, a words) error {
		n, known := c.off[id.Employee(a.text("who"))]
		if !known {
			return fmt.Errorf("HR has said nothing of %s yet", a.text("who"))
		}
		n.revision++
		return c.hr("changed", "the change of "+a.text("who")+"'s absence", n, id.Employee(a.text("who")), map[string]any{"from": n.from, "last_day": a.text("to")})
	}},
	{form: "HR: the absence of <who> was from <from> to <to>", do: func(c *city, a words) error {
		n, known := c.off[id.Employee(a.text("who"))]
		if !known {
			return fmt.Errorf("HR has said nothing of %s yet", a.text("who"))
		}
		n.revision, n.from = n.revision+1, a.date("from")
		return c.hr("changed", "the change of "+a.text("who")+"'s absence", n, id.Employee(a.text("who")), map[string]any{"from": n.from, "last_day": a.text("to")})
	}},
	{form: "HR: the absence of <who> is cancelled", do: func(c *city, a words) error {
		n, known := c.off[id.Employee(a.text("who"))]
		if !known {
			return fmt.Errorf("HR has said nothing of %s yet", a.text("who"))
		}
		n.revision++
		return c.hr("cancelled", "the end of "+a.text("who")+"'s absence", n, id.Employee(a.text("who")), nil)
	}},
	{form: "<who> leaves for good, the last day is <date>", do: func(c *city, a words) error {
		p, err := c.person(id.Employee(a.text("who")))
		if err != nil {
			return err
		}
		until := a.date("date") + 1
		p.Until, c.changed.staff, c.listSays = &until, true, a.text("who")+"'s leaving"
		return c.Absence.OpenVacancy(c.ctx, id.Post("post-of-"+a.text("who")), p.Home, until)
	}},
	{form: "citizens book <n> % of the free <skill> at <centre> on <date>", do: func(c *city, a words) error {
		return c.book(id.Centre(a.text("centre")), id.Skill(a.text("skill")), a.number("n"), a.date("date"), a.date("date"))
	}},
	{form: "citizens book <n> % of the free <skill> at <centre> from <from> to <to>", do: func(c *city, a words) error {
		return c.book(id.Centre(a.text("centre")), id.Skill(a.text("skill")), a.number("n"), a.date("from"), a.date("to"))
	}},
	{form: "the planner approves the newest proposal", do: func(c *city, _ words) error {
		p, err := c.ledger.proposal(len(c.ledger.order))
		if err != nil {
			return err
		}
		c.decided(c.Capacity.Approve(c.ctx, p))
		return nil
	}},
	{form: "the planner approves the newest proposal, if any", do: func(c *city, _ words) error {
		if n := len(c.ledger.order); n > 0 {
			c.decided(c.Capacity.Approve(c.ctx, c.ledger.order[n-1]))
		}
		return nil
	}},
	{form: "the planner rejects the newest proposal, if any", do: func(c *city, _ words) error {
		if n := len(c.ledger.order); n > 0 {
			c.decided(c.Capacity.Reject(c.ctx, c.ledger.order[n-1], "not this time"))
		}
		return nil
	}},
	{form: "the planner undoes the newest proposal, if any", do: func(c *city, _ words) error {
		if n := len(c.ledger.order); n > 0 {
			c.decided(c.Capacity.Undo(c.ctx, c.ledger.order[n-1], "better so"))
		}
		return nil
	}},
	{form: "the planner approves proposal <n>", do: func(c *city, a words) error {
		p, err := c.ledger.proposal(a.number("n"))
		if err != nil {
			return err
		}
		c.decided(c.Capacity.Approve(c.ctx, p))
		return nil
	}},
	{form: "the planner approves proposal <n> without move <move>", do: func(c *city, a words) error {
		p, err := c.ledger.proposal(a.number("n"))
		if err != nil {
			return err
		}
		m, err := c.ledger.move(p, a.number("move"))
		if err != nil {
			return err
		}
		c.decided(c.Capacity.Approve(c.ctx, p, m.Deployment))
		return nil
	}},
	{form: "the planner rejects proposal <n>: <reason...>", do: func(c *city, a words) error {
		p, err := c.ledger.proposal(a.number("n"))
		if err != nil {
			return err
		}
		c.decided(c.Capacity.Reject(c.ctx, p, a.text("reason")))
		return nil
	}},
	{form: "the planner undoes proposal <n>: <reason...>", do: func(c *city, a words) error {
		p, err := c.ledger.proposal(a.number("n"))
		if err != nil {
			return err
		}
		c.decided(c.Capacity.Undo(c.ctx, p, a.text("reason")))
		return nil
	}},
	{form: "the clock moves to <date> <time>", do: func(c *city, a words) error {
		if err := c.apply(); err != nil {
			return err
		}
		return c.Until(c.ctx, a.date("date").At(a.time("time"), c.zone))
	}},
	{form: "what <from> says is slow to reach <to>", do: func(c *city, a words) error {
		c.late = true
		if a.text("from") == "staffing" && a.text("to") == "capacity" {
			c.ledger.heard = maps.Clone(c.ledger.duties)
		}
		return c.Hold(a.text("from"), a.text("to"))
	}},
	{form: "what <from> says reaches <to> again", do: func(c *city, a words) error {
		c.late, c.ledger.heard = false, nil
		return c.Release(a.text("from"), a.text("to"))
	}},
	{form: "show the centres from <from> to <to>", do: func(c *city, a words) error {
		if err := c.apply(); err != nil {
			return err
		}
		if err := c.Settle(c.ctx); err != nil {
			return err
		}
		c.telling = append(c.telling, c.ledger.table(a.date("from"), a.date("to"))...)
		return nil
	}},
	{form: "show the lead times", do: func(c *city, a words) error {
		if err := c.Settle(c.ctx); err != nil {
			return err
		}
		c.telling = append(c.telling, c.ledger.leadTable()...)
		return nil
	}},
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// absent is a new absence.
func (c *city) absent(a words, more map[string]any, when string) error {
	e := id.Employee(a.text("who"))
	n := absenceNote{name: a.text("who") + "-" + a.text("from"), revision: 1, from: a.date("from")}
	return c.hr("reported", "the absence of "+a.text("who")+" "+when, n, e, more)
}

// decided tells when a planner's word is refused.
func (c *city) decided(err error) {
	if err != nil {
		c.say("the planner is told: %s", c.ledger.plain(err.Error()))
	}
}

// book takes a share of what is free, spread evenly over the days' starts.
func (c *city) book(k id.Centre, s id.Skill, share int, from, to day.Day) error {
	if err := c.apply(); err != nil {
		return err
	}
	if err := c.Settle(c.ctx); err != nil {
		return err
	}
	sum, free := 0, 0
	for d := from; d <= to; d++ {
		slots, open := c.ledger.slots[place{k, d}]
		if !open {
			continue
		}
		wanted := (slots.FreeSlots[s]*share + 50) / 100
		n, err := c.fill(slots, s, wanted)
		if err != nil {
			return err
		}
		sum, free = sum+n, free+slots.FreeSlots[s]
	}
	c.say("%d of %d free %s at %s are booked", sum, free, s, k)
	return nil
}

// fill books up to n appointments of the skill's first service, spread evenly:
// each start gets its share of what is free there.
func (c *city) fill(slots booking.SlotsChanged, s id.Skill, n int) (booked int, err error) {
	i := slices.IndexFunc(c.network.Services, func(t eventscapacity.ServiceType) bool { return t.Skill == s })
	if i < 0 {
		return 0, fmt.Errorf("no service asks for %q", s)
	}
	service := c.network.Services[i]
	starts := wishes(slots, service, n)
	for next := 0; booked < n && next < len(starts); {
		var all []bookingservice.ImportAppointment
		for ; len(all) < n-booked && next < len(starts); next++ {
			c.booked++
			all = append(all, bookingservice.ImportAppointment{External: fmt.Sprintf("a-%d", c.booked), Service: service.ID,
				Centre: slots.Centre, Day: slots.Day, At: starts[next], Channel: booking.Online})
		}
		report, err := c.Booking.Import(c.ctx, all)
		if err != nil {
			return booked, err
		}
		booked += report.Booked
		c.promised += report.Booked
	}
	return booked, nil
}

// wishes lists starts in the order in which they are asked for: n of those that
// lie whole appointments apart, each start by its share of the free ones, then
// all the others.
func wishes(slots booking.SlotsChanged, service eventscapacity.ServiceType, n int) []day.TimeOfDay {
	type start struct {
		at   day.TimeOfDay
		free int
	}
	var aligned, all []start
	sum := 0
	for _, f := range slots.Free {
		if f.Skill != service.Skill || f.Minutes != service.Minutes {
			continue
		}
		for j, free := range f.Counts {
			at := f.From + day.TimeOfDay(day.Minutes(j)*f.Step)
			if free == 0 {
				continue
			}
			all = append(all, start{at, free})
			if (at-day.Clock(8, 0))%day.TimeOfDay(service.Minutes) == 0 {
				aligned = append(aligned, start{at, free})
				sum += free
			}
		}
	}
	var first, rest []day.TimeOfDay
	taken, passed := 0, 0
	for _, s := range aligned {
		passed += s.free
		quota := min(n*passed/max(sum, 1)-taken, s.free)
		taken += quota
		for k := range s.free {
			if k < quota {
				first = append(first, s.at)
			} else {
				rest = append(rest, s.at)
			}
		}
	}
	for _, s := range all {
		for range s.free {
			rest = append(rest, s.at)
		}
	}
	return append(first, rest...)
}
