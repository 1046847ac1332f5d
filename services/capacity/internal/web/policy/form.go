package policy

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// mostSeasons bounds the form.
const mostSeasons = 40

// season are the names of the fields of one of them.
type season struct{ Name, Skill, From, Until, Factor, Weight, Drop, Label string }

func seasonAt(i int) season {
	n := strconv.Itoa(i)
	return season{Name: "season_name_" + n, Skill: "season_skill_" + n, From: "season_from_" + n, Until: "season_until_" + n,
		Factor: "season_factor_" + n, Weight: "season_weight_" + n, Drop: "season_drop_" + n}
}

// seasonsOf are the seasons of a form, and one to fill in.
func seasonsOf(f *pages.Form, has int) (all []season) {
	for i := range min(has+1, mostSeasons) {
		s := seasonAt(i)
		s.Label = f.Value(s.Name)
		all = append(all, s)
	}
	return all
}

func seasons(p capacity.Policy) []capacity.Season {
	if p.Planning == nil {
		return nil
	}
	return p.Planning.Seasons
}

// filled is the form with what is in force.
func filled(x *pages.Context, t told) *pages.Form {
	p := t.policy.Policy
	g, set := p.Automatic, demand.Of(p.Planning)
	f := x.NewForm("seen", strconv.FormatInt(t.policy.Version, 10),
		"rail_moves", strconv.Itoa(g.MaxMoves), "rail_travel", strconv.Itoa(g.MaxTravelMinutes), "rail_gain", written(x, g.MinGain),
		"goal_days", strconv.Itoa(p.GoalDays), "limit_days", strconv.Itoa(p.LimitDays), "proposal_days", strconv.Itoa(p.ProposalDays), "stale_loss", written(x, 100*p.StaleLoss),
		"walk_in_share", written(x, 100*p.WalkInShare), "express_counters", strconv.Itoa(p.ExpressCounters), "notice_days", strconv.Itoa(p.NoticeDays),
		"max_days_away_per_week", strconv.Itoa(p.MaxDaysAwayPerWeek), "max_travel_minutes", strconv.Itoa(p.MaxTravelMinutes), "half_year", strconv.Itoa(set.MaxAwayPerHalfYear))
	if g.Enabled {
		f.Set("rail_enabled", "yes")
	}
	if g.MobileOnly {
		f.Set("rail_mobile", "yes")
	}
	for i, s := range set.Seasons {
		n := seasonAt(i)
		f.Set(n.Name, s.Name)
		f.Set(n.Skill, string(s.Skill))
		f.Set(n.From, s.From.String())
		f.Set(n.Until, (s.Until - 1).String())
		f.Set(n.Factor, written(x, s.Factor))
		f.Set(n.Weight, written(x, s.Weight))
	}
	return f
}

// written is a number as a form has it: nothing stands between its thousands, which
// would be read as a fraction in the other language.
func written(x *pages.Context, v float64) string {
	s := strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
	if x.German() {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Numbers with something between their thousands, as each language writes them.
var (
	germanThousands  = regexp.MustCompile(`^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$`)
	englishThousands = regexp.MustCompile(`^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$`)
)

// decimal is a number from low to high, with a comma or a point: 1.500 is German for
// fifteen hundred, 1.5 for one and a half.
func decimal(x *pages.Context, f *pages.Form, name string, low, high float64) float64 {
	v := f.Required(name)
	plain := v
	switch {
	case x.German() && germanThousands.MatchString(v):
		plain = strings.ReplaceAll(v, ".", "")
	case !x.German() && englishThousands.MatchString(v):
		plain = strings.ReplaceAll(v, ",", "")
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(plain, ",", "."), 64)
	if v != "" && (err != nil || !(n >= low && n <= high)) {
		f.Wrong(name, x.Say("form.number", "low", low, "high", high))
	}
	return n
}

// share reads percent.
func share(x *pages.Context, f *pages.Form, name string) float64 {
	return math.Round(decimal(x, f, name, 0, 100)*1e4) / 1e6
}

func railsOf(x *pages.Context, f *pages.Form) capacity.Guardrails {
	return capacity.Guardrails{Enabled: f.Is("rail_enabled", "yes"), MaxMoves: f.Int("rail_moves", 0, 10000), MaxTravelMinutes: f.Int("rail_travel", 0, 1440),
		MinGain: decimal(x, f, "rail_gain", 0, 100000), MobileOnly: f.Is("rail_mobile", "yes")}
}

// policyOf is the policy in force with what the form changes.
func policyOf(x *pages.Context, f *pages.Form, p capacity.Policy) capacity.Policy {
	p.Automatic = railsOf(x, f)
	p.LimitDays = f.Int("limit_days", 1, 365)
	p.GoalDays = f.Int("goal_days", 1, 365)
	if f.OK() && p.GoalDays > p.LimitDays {
		f.Wrong("goal_days", x.Say("goal.beyond", "limit", p.LimitDays))
	}
	p.ProposalDays, p.StaleLoss = f.Int("proposal_days", 1, 90), share(x, f, "stale_loss")
	p.WalkInShare, p.ExpressCounters = share(x, f, "walk_in_share"), f.Int("express_counters", 0, 1000)
	p.NoticeDays, p.MaxDaysAwayPerWeek, p.MaxTravelMinutes = f.Int("notice_days", 0, 90), f.Int("max_days_away_per_week", 0, 7), f.Int("max_travel_minutes", 0, 1440)
	half, was := f.Int("half_year", 0, 183), demand.Of(p.Planning)
	all := seasonsIn(x, f, len(was.Seasons))
	if half == was.MaxAwayPerHalfYear && len(all) == 0 && len(was.Seasons) == 0 {
		return p
	}
	next := capacity.Planning{}
	if p.Planning != nil {
		next = *p.Planning
	}
	if half != was.MaxAwayPerHalfYear {
		next.MaxAwayPerHalfYear = &half
	}
	had := next.Seasons
	next.Seasons = nil
	for _, s := range all { // a weight of 1 is left out where it was
		for _, o := range had {
			if o.Weight == 0 && s.Weight == 1 && o.Name == s.Name && o.Skill == s.Skill {
				s.Weight = 0
			}
		}
		next.Seasons = append(next.Seasons, s)
	}
	p.Planning = &next
	return p
}

// seasonsIn are those of the form that are not dropped. A row of which nothing is
// filled in is none.
func seasonsIn(x *pages.Context, f *pages.Form, has int) (all []capacity.Season) {
	for _, n := range seasonsOf(f, has) {
		empty := f.Value(n.Name)+f.Value(n.Skill)+f.Value(n.From)+f.Value(n.Until)+f.Value(n.Factor) == ""
		if empty || f.Is(n.Drop, "yes") {
			continue
		}
		if f.Value(n.Weight) == "" {
			f.Set(n.Weight, "1")
		}
		s := capacity.Season{Name: f.Required(n.Name), Skill: id.Skill(f.Required(n.Skill)), Factor: decimal(x, f, n.Factor, 0, 5), Weight: decimal(x, f, n.Weight, .1, 10)}
		s.Period = day.Period{From: f.Day(n.From), Until: f.Day(n.Until) + 1}
		if f.Error(n.From) == "" && f.Error(n.Until) == "" && s.Until <= s.From {
			f.Wrong(n.Until, x.Say("season.order"))
		}
		all = append(all, s)
	}
	return all
}
