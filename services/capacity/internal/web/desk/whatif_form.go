package desk

import (
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// rule is a whole number of the policy that may be supposed to be another.
type rule struct {
	Name, Label string
	Low, High   int
	now         int
	set         func(p *planner.PolicyIf, n int)
}

// rules begin as the policy in force says.
func (v *whatIfData) rules(x *pages.Context, p capacity.PolicyChanged, may bool) {
	if !may || p.Version == 0 {
		return
	}
	set := demand.Of(p.Planning)
	v.Rules = []rule{
		{"goal_days", x.Say("rule.goal"), 1, 365, p.GoalDays, func(q *planner.PolicyIf, n int) { q.GoalDays = &n }},
		{"limit_days", x.Say("rule.limit"), 1, 365, p.LimitDays, func(q *planner.PolicyIf, n int) { q.LimitDays = &n }},
		{"notice_days", x.Say("rule.notice"), 0, 90, p.NoticeDays, func(q *planner.PolicyIf, n int) { q.NoticeDays = &n }},
		{"max_travel_minutes", x.Say("rule.travel"), 0, 1440, p.MaxTravelMinutes, func(q *planner.PolicyIf, n int) { q.MaxTravel = &n }},
		{"max_days_away_per_week", x.Say("rule.week"), 0, 7, p.MaxDaysAwayPerWeek, func(q *planner.PolicyIf, n int) { q.MaxAwayWeek = &n }},
		{"half_year", x.Say("rule.half"), 0, 183, set.MaxAwayPerHalfYear, func(q *planner.PolicyIf, n int) { q.MaxAwayHalfYear = &n }},
		{"walk_in", x.Say("rule.walkin"), 0, 100, int(100*p.WalkInShare + .5), func(q *planner.PolicyIf, n int) { f := float64(n) / 100; q.WalkInShare = &f }},
		{"express_counters", x.Say("rule.express"), 0, 1000, p.ExpressCounters, func(q *planner.PolicyIf, n int) { q.Express = &n }},
		{"auto_moves", x.Say("rule.moves"), 0, 10000, p.Automatic.MaxMoves, func(q *planner.PolicyIf, n int) { rails(q).MaxMoves = &n }},
		{"auto_travel", x.Say("rule.way"), 0, 1440, p.Automatic.MaxTravelMinutes, func(q *planner.PolicyIf, n int) { rails(q).MaxTravel = &n }},
	}
	for _, r := range v.Rules {
		if v.Form.Value(r.Name) == "" {
			v.Form.Set(r.Name, strconv.Itoa(r.now))
		}
	}
	v.Automatic = []pages.Option{{Value: "yes", Label: x.Say("rule.yes")}, {Value: "no", Label: x.Say("rule.no")}}
	if v.Form.Value("automatic") == "" {
		v.Form.Set("automatic", said(p.Automatic.Enabled))
	}
}

func said(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func rails(p *planner.PolicyIf) *planner.GuardrailsIf {
	if p.Automatic == nil {
		p.Automatic = &planner.GuardrailsIf{}
	}
	return p.Automatic
}

// supposition reads the form.
func supposition(x *pages.Context, f *pages.Form, rules []rule, now capacity.PolicyChanged) (s planner.Supposition) {
	from, last := f.Day("from"), f.Day("last")
	if f.OK() && last < from {
		f.Wrong("last", x.Say("whatif.order"))
	}
	period := day.Period{From: from, Until: last + 1}
	for _, e := range f.Values("employee") {
		s.Absent = append(s.Absent, planner.Absent{Employee: id.Employee(e), Period: period})
	}
	if f.Value("centre") != "" {
		closing(x, f, &s, period)
	}
	if n, err := strconv.Atoi(f.Value("demand")); err == nil && n != 100 {
		s.Demand = float64(n) / 100
		if r := f.Value("district"); r != "" {
			s.Districts = []id.District{id.District(r)}
		}
	}
	for _, r := range rules {
		if n := f.Int(r.Name, r.Low, r.High); f.Error(r.Name) == "" && n != r.now {
			r.set(&s.Policy, n)
		}
	}
	if limit := f.Value("limit_days"); len(rules) > 0 && f.OK() && f.Int("goal_days", 1, 365) > f.Int("limit_days", 1, 365) {
		f.Wrong("goal_days", x.Say("rule.beyond", "limit", limit))
	}
	if v := f.Value("automatic"); len(rules) > 0 && v != said(now.Automatic.Enabled) {
		enabled := v == "yes"
		rails(&s.Policy).Enabled = &enabled
	}
	if f.OK() && s.Empty() {
		f.Wrong("", x.Say("whatif.nothing"))
	}
	return s
}

// closing is how the chosen centre would be open.
func closing(x *pages.Context, f *pages.Form, s *planner.Supposition, period day.Period) {
	centre, how := id.Centre(f.Value("centre")), f.Value("closing")
	var span []day.Span
	if how == "hours" || how == "weekday" {
		opens, closes := f.Time("opens"), f.Time("closes")
		if f.OK() && closes <= opens {
			f.Wrong("closes", x.Say("whatif.order"))
		}
		span = []day.Span{{From: opens, To: closes}}
	}
	switch how {
	case "closed":
		s.Measures = append(s.Measures, planner.Closing(0, centre, period, nil))
	case "hours":
		hours := map[int][]day.Span{}
		for w := 1; w <= 6; w++ {
			hours[w] = span
		}
		s.Measures = append(s.Measures, planner.Closing(0, centre, period, hours))
	case "weekday", "off":
		h := planner.HoursIf{Centre: centre, Period: period, Weekdays: map[int][]day.Span{f.Int("weekday", 1, 7): span}}
		if how == "weekday" {
			h.People = f.Int("stay", 0, 200)
		}
		s.Hours = append(s.Hours, h)
	}
}
