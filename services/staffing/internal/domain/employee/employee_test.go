package employee

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(Events()...)

// The story takes place in the week of Monday 2026-11-30.
var mon = day.Date(2026, 11, 30)

func span(from, to int) day.Span { return day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)} }

// early from Monday to Thursday, with lunch.
func terms() Terms {
	s := Shift{Span: span(8, 16), Breaks: []day.Span{span(12, 13)}}
	return Terms{Home: "altona", Skills: []id.Skill{"passport"}, Deployable: true, MaxDaysAwayPerWeek: 2,
		Rotation: []Week{{1: s, 2: s, 3: s, 4: s}}}
}

// horizon of one week from Monday; Wednesday is a holiday.
func horizon(from day.Day) Horizon {
	return Horizon{Today: from, Until: from + 7, Holidays: []day.Day{mon + 2}, OpenDays: 2, Calendar: 1}
}

func duty(d day.Day, c id.Centre, s day.Span, p id.Deployment, breaks ...day.Span) staffing.Duty {
	return staffing.Duty{Day: d, Centre: c, Span: s, Breaks: breaks, Deployment: p}
}

func home(d day.Day) staffing.Duty { return duty(d, "altona", span(8, 16), "", span(12, 13)) }

func says(version int64, from day.Day, duties ...staffing.Duty) decider.Event {
	if duties == nil {
		duties = []staffing.Duty{}
	}
	return staffing.DutiesChanged{Employee: "e1", Version: version, Home: "altona", Skills: []id.Skill{"passport"}, Deployable: true,
		MaxDaysAwayPerWeek: 2, Horizon: day.Period{From: from, Until: from + 7}, Duties: duties}
}

func sick(revision int64, from, until day.Day) Absence {
	return Absence{Case: "paisy/1", Revision: revision, Extent: Extent{From: from, Until: &until}}
}

func order(p id.Deployment, d day.Day) OrderDeployment {
	return OrderDeployment{Deployment: p, Proposal: "prop", Employee: "e1", Day: d, From: "altona", To: "wandsbek", Today: mon, Now: day.Clock(7, 12)}
}

func ordered(p id.Deployment, d day.Day) decider.Event {
	return staffing.DeploymentOrdered{Deployment: p, Proposal: "prop", Employee: "e1", Day: d, From: "altona", To: "wandsbek"}
}

func cancelled(p id.Deployment, d day.Day, cause string) decider.Event {
	return staffing.DeploymentCancelled{Deployment: p, Proposal: "prop", Employee: "e1", Day: d, From: "altona", To: "wandsbek", Cause: cause}
}

func TestTable(t *testing.T) {
	imported := Imported{"e1", terms()}
	advanced := HorizonAdvanced{"e1", horizon(mon)}
	first := says(1, mon, home(mon), home(mon+1), home(mon+3))
	given := func(more ...decider.Event) []decider.Event {
		return append([]decider.Event{imported, advanced, first}, more...)
	}
	then := func(e ...decider.Event) []decider.Event { return e }
	record := func(a Absence) Command { return RecordAbsence{"e1", a} }
	open := Absence{Case: "paisy/1", Revision: 1, Extent: Extent{From: mon - 3}}
	noon := day.Clock(12, 0)
	halfDay := sick(1, mon+1, mon+2)
	halfDay.FromTime = &noon
	morning := sick(1, mon+1, mon+2)
	morning.ToTime = &noon
	ten, three := day.Clock(10, 0), day.Clock(15, 0)
	midday := sick(1, mon+1, mon+2)
	midday.FromTime, midday.ToTime = &ten, &three
	moved := duty(mon+1, "wandsbek", span(8, 16), "d1", span(12, 13))

	decidertest.Run(t, Decider(), codec, []decidertest.Case[Command]{
		{Name: "imported", When: Import{"e1", terms(), horizon(mon)}, Then: then(imported, advanced, first)},
		{Name: "imported again", Given: given(), When: Import{"e1", terms(), horizon(mon)}},
		{Name: "imported with a horizon of the past", Given: given(), When: Import{"e1", terms(), horizon(mon - 1)}},
		{Name: "sick", Given: given(), When: record(sick(1, mon+1, mon+3)),
			Then: then(AbsenceNoted{"e1", sick(1, mon+1, mon+3)}, says(2, mon, home(mon), home(mon+3)))},
		{Name: "sick on days off changes no duty", Given: given(), When: record(sick(1, mon+4, mon+7)),
			Then: then(AbsenceNoted{"e1", sick(1, mon+4, mon+7)})},
		{Name: "the same revision is a repeat", Given: given(AbsenceNoted{"e1", sick(2, mon+1, mon+3)}), When: record(sick(2, mon, mon+3))},
		{Name: "from noon on", Given: given(), When: record(halfDay),
			Then: then(AbsenceNoted{"e1", halfDay}, says(2, mon, home(mon), duty(mon+1, "altona", span(8, 12), ""), home(mon+3)))},
		{Name: "until noon", Given: given(), When: record(morning),
			Then: then(AbsenceNoted{"e1", morning}, says(2, mon, home(mon), duty(mon+1, "altona", span(12, 16), "", span(12, 13)), home(mon+3)))},
		{Name: "from ten to three, over lunch", Given: given(), When: record(midday),
			Then: then(AbsenceNoted{"e1", midday}, says(2, mon, home(mon), duty(mon+1, "altona", span(8, 16), "", span(10, 15)), home(mon+3)))},
		{Name: "without any end two days are assumed", Given: given(), When: record(open),
			Then: then(AbsenceNoted{"e1", open}, says(2, mon, home(mon+3)))},
		{Name: "and rolled forward", Given: given(AbsenceNoted{"e1", open}, says(2, mon, home(mon+3))), When: AdvanceHorizon{"e1", horizon(mon + 2)},
			Then: then(HorizonAdvanced{"e1", horizon(mon + 2)}, says(3, mon+2, home(mon+7), home(mon+8)))},
		{Name: "well again", Given: given(AbsenceNoted{"e1", sick(1, mon+1, mon+3)}, says(2, mon, home(mon), home(mon+3))), When: LiftAbsence{"e1", "paisy/1", 2, 1},
			Then: then(AbsenceLifted{"e1", "paisy/1", 2, 1}, says(3, mon, home(mon), home(mon+1), home(mon+3)))},
		{Name: "lifted before it was recorded", Given: given(), When: LiftAbsence{"e1", "paisy/1", 2, 1}, Then: then(AbsenceLifted{"e1", "paisy/1", 2, 1})},
		{Name: "after a restore revisions count anew", Given: given(AbsenceLifted{"e1", "paisy/1", 2, 1}), When: LiftAbsence{"e1", "paisy/1", 1, 2}, Then: then(AbsenceLifted{"e1", "paisy/1", 1, 2})},
		{Name: "the late original", Given: given(AbsenceLifted{"e1", "paisy/1", 2, 1}), When: record(sick(1, mon, mon+3))},
		{Name: "sick before the import", When: record(sick(1, mon+1, mon+3)), Then: then(AbsenceOfUnknownEmployee{"e1", sick(1, mon+1, mon+3)})},
		{Name: "takes effect with the import", Given: then(AbsenceOfUnknownEmployee{"e1", sick(1, mon+1, mon+3)}), When: Import{"e1", terms(), horizon(mon)},
			Then: then(imported, advanced, says(1, mon, home(mon), home(mon+3)))},
		{Name: "nobody's horizon", When: AdvanceHorizon{"e1", horizon(mon)}},

		{Name: "deployed", Given: given(), When: order("d1", mon+1), Then: then(ordered("d1", mon+1), says(2, mon, home(mon), moved, home(mon+3)))},
		{Name: "withdrawn", Given: given(ordered("d1", mon+1), says(2, mon, home(mon), moved, home(mon+3))), When: WithdrawDeployment{"e1", "d1"},
			Then: then(cancelled("d1", mon+1, "undone"), says(3, mon, home(mon), home(mon+1), home(mon+3)))},
		{Name: "a withdrawn one is not ordered again", Given: given(ordered("d1", mon+1), cancelled("d1", mon+1, "undone")), When: order("d1", mon+1)},
		{Name: "nor after weeks", Given: given(ordered("d1", mon+1), cancelled("d1", mon+1, "undone"), HorizonAdvanced{"e1", horizon(mon + 61)}), When: order("d1", mon+1)},
		{Name: "withdrawn but never ordered", Given: given(), When: WithdrawDeployment{"e1", "d1"}},
		{Name: "sick on the day deployed", Given: given(ordered("d1", mon+1), says(2, mon, home(mon), moved, home(mon+3))), When: record(sick(1, mon+1, mon+2)),
			Then: then(AbsenceNoted{"e1", sick(1, mon+1, mon+2)}, cancelled("d1", mon+1, "off-duty"), says(3, mon, home(mon), home(mon+3)))},
	})
}

func TestEveryRule(t *testing.T) {
	late := Shift{Span: span(13, 22)}
	shifts := func(w Week) Terms { x := terms(); x.Rotation = []Week{w}; return x }
	early := Shift{Span: span(8, 16)}
	for _, c := range []struct {
		name, rule string
		terms      *Terms
		given      []decider.Event
		change     func(*OrderDeployment)
	}{
		{name: "nobody", rule: "unknown-employee", given: []decider.Event{}},
		{name: "yesterday", rule: "past", change: func(c *OrderDeployment) { c.Day = mon - 1 }},
		{name: "the duty has begun", rule: "past", change: func(c *OrderDeployment) { c.Day, c.Now = mon, day.Clock(8, 0) }},
		{name: "the duty begins in a minute", change: func(c *OrderDeployment) { c.Day, c.Now = mon, day.Clock(7, 59) }},
		{name: "a day off", rule: "off-duty", change: func(c *OrderDeployment) { c.Day = mon + 4 }},
		{name: "a holiday", rule: "off-duty", change: func(c *OrderDeployment) { c.Day = mon + 2 }},
		{name: "beyond the horizon", rule: "off-duty", change: func(c *OrderDeployment) { c.Day = mon + 7 }},
		{name: "not deployable", rule: "not-deployable", terms: func() *Terms { x := terms(); x.Deployable = false; return &x }()},
		{name: "another home", rule: "elsewhere", change: func(c *OrderDeployment) { c.From = "bergedorf" }},
		{name: "to where the home is", rule: "elsewhere", change: func(c *OrderDeployment) { c.To = "altona" }},
		{name: "deployed already", rule: "elsewhere", given: []decider.Event{ordered("d0", mon+1)}},
		{name: "the second day away", given: []decider.Event{ordered("d0", mon)}},
		{name: "the third day away", rule: "weekly-cap", given: []decider.Event{ordered("d0", mon), ordered("d9", mon+3)}},
		{name: "days of another week do not count", given: []decider.Event{ordered("d0", mon-3), ordered("d9", mon-4)}},
		{name: "late yesterday", rule: "rest-period", terms: new(shifts(Week{1: late, 2: early}))},
		{name: "early tomorrow", rule: "rest-period", terms: new(shifts(Week{2: late, 4: early})), given: []decider.Event{
			HorizonAdvanced{"e1", Horizon{Today: mon, Until: mon + 7, OpenDays: 2, Calendar: 2}}}, change: func(c *OrderDeployment) { c.Day = mon + 1 }},
		{name: "eleven hours", terms: new(shifts(Week{1: {Span: span(12, 21)}, 2: early}))},
		{name: "eleven hours less travel", rule: "rest-period", terms: new(shifts(Week{1: {Span: span(12, 21)}, 2: early})), change: func(c *OrderDeployment) { c.TravelMinutes = 1 }},
		{name: "ten hours", change: func(c *OrderDeployment) { c.TravelMinutes = 75 }},
		{name: "above ten hours with travel", rule: "rest-period", change: func(c *OrderDeployment) { c.TravelMinutes = 76 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Decider()
			x := terms()
			if c.terms != nil {
				x = *c.terms
			}
			s := d.Initial()
			if c.given == nil || len(c.given) > 0 {
				h := horizon(mon)
				if c.name == "early tomorrow" {
					x.Rotation[0][3] = early
				}
				s = d.Fold(s, Imported{"e1", x}, HorizonAdvanced{"e1", h})
			}
			s = d.Fold(s, c.given...)
			o := order("d1", mon+1)
			if c.change != nil {
				c.change(&o)
			}
			out, err := d.Decide(s, o)
			if err != nil || len(out) == 0 {
				t.Fatal(out, err)
			}
			r, refused := out[0].(staffing.DeploymentRefused)
			if !refused {
				if c.rule != "" {
					t.Fatalf("was ordered: %+v", out)
				}
				return
			}
			if r.Rule != c.rule || r.Reason == "" || r.Deployment != o.Deployment {
				t.Fatalf("refused by %q (%s), want %q", r.Rule, r.Reason, c.rule)
			}
			s = d.Fold(s, out...)
			if again, err := d.Decide(s, o); err != nil || len(again) > 0 {
				t.Fatalf("asked again: %v %v", again, err)
			}
		})
	}
}
