// Package scenario is what a simulated city is told about itself: how many
// citizens ask for what and when, who falls ill, how late HR is, how planners
// answer. Every group of numbers names its source.
package scenario

import (
	"errors"
	"fmt"
	"math"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Scenario is one world to be simulated. Shares and rates lie between 0 and 1.
type Scenario struct {
	Name string `json:"name"`
	// About says in a sentence what it is for.
	About string  `json:"about"`
	From  day.Day `json:"from"`
	Days  int     `json:"days"`
	// WarmUp days come before From and are not measured: calendars fill.
	WarmUp   int       `json:"warm_up"`
	Demand   Demand    `json:"demand"`
	Citizens Citizens  `json:"citizens"`
	WalkIns  WalkIns   `json:"walk_ins"`
	Sickness Sickness  `json:"sickness"`
	Leave    Leave     `json:"leave"`
	Turnover Turnover  `json:"turnover"`
	HR       HR        `json:"hr"`
	Planners Planners  `json:"planners"`
	Work     Work      `json:"work"`
	Events   []Special `json:"events,omitempty"`
}

// Demand is how many ask for an appointment. The level is the network's daily
// demand by district and skill; these numbers shape it.
type Demand struct {
	Source string `json:"source"`
	// Level multiplies the network's demand, and District a district's beside it:
	// 1 where it is missing. The services are told of both, as a city knows how many
	// come in an ordinary week.
	Level    float64                 `json:"level"`
	District map[id.District]float64 `json:"district,omitempty"`
	// Ahead is how many working days of requests had come before the run begins:
	// they come in its first week, so that calendars are not empty.
	Ahead map[id.District]float64 `json:"ahead,omitempty"`
	// Weekday shares of a week's requests, Monday first.
	Weekday [7]float64 `json:"weekday"`
	// Hour shares of a day's requests.
	Hour [24]float64 `json:"hour"`
	// Week is the index of ISO weeks 1 to 53, any scale.
	Week []float64 `json:"week"`
	// Growth of a year.
	Growth float64 `json:"growth"`
	// Noise is the standard deviation of the logarithm of a district's day.
	Noise float64 `json:"noise"`
	// Seasons change a skill's requests in a period.
	Seasons []Season `json:"seasons,omitempty"`
}

// Season changes what is asked of a skill, in all districts or one.
type Season struct {
	Name     string      `json:"name"`
	Source   string      `json:"source"`
	Skill    id.Skill    `json:"skill,omitempty"` // empty: all
	District id.District `json:"district,omitempty"`
	day.Period
	Factor float64 `json:"factor"`
}

// Citizens are how people book.
type Citizens struct {
	Source string `json:"source"`
	// Any is the share that accepts every centre; missing: the network's.
	Any *float64 `json:"any,omitempty"`
	// Wish shares: who wants to come within how many days at the earliest.
	Wish []Wish `json:"wish"`
	// Patience in days: who is offered nothing sooner goes away, and asks again.
	Patience int `json:"patience"`
	// Elsewhere is the share of those bound to their district who take another
	// one when their own has nothing within the promise.
	Elsewhere float64 `json:"elsewhere"`
	// Again: how many ask again after AgainAfter days when they found nothing.
	Again      float64 `json:"again"`
	AgainAfter int     `json:"again_after"`
	// Cancelled is the share that cancels before the day.
	Cancelled float64 `json:"cancelled"`
	// NoShow is the share that does not come, and NoShowPerDay what each day of
	// lead time adds.
	NoShow       float64 `json:"no_show"`
	NoShowPerDay float64 `json:"no_show_per_day"`
	// Telephone is the share that books by telephone.
	Telephone float64 `json:"telephone"`
	// Accepts is the share that takes another slot when theirs is at risk.
	Accepts float64 `json:"accepts"`
}

// Wish is a share of citizens that looks from some days ahead on.
type Wish struct {
	Days  int     `json:"days"`
	Share float64 `json:"share"`
}

// WalkIns come without an appointment.
type WalkIns struct {
	Source string `json:"source"`
	// PerDay at a centre of one counter for them; Hour their shares by hour.
	PerDay float64     `json:"per_day"`
	Hour   [24]float64 `json:"hour"`
	// Minutes at the counter, mean.
	Minutes float64 `json:"minutes"`
}

// Sickness takes people away at once.
type Sickness struct {
	Source string `json:"source"`
	// Rate is the share of working days lost, by district; "" is the city's.
	Rate map[id.District]float64 `json:"rate"`
	// Days a spell lasts, median of the short ones; Sigma of the logarithm.
	Days  float64 `json:"days"`
	Sigma float64 `json:"sigma"`
	// Long is the share of spells that last LongDays.
	Long     float64 `json:"long"`
	LongDays float64 `json:"long_days"`
	// Week is the index of ISO weeks: winter is worse.
	Week []float64 `json:"week,omitempty"`
	// Waves multiply the rate in a period, in some districts or all.
	Waves []Wave `json:"waves,omitempty"`
}

// Wave is an illness that goes round.
type Wave struct {
	Name      string        `json:"name"`
	Source    string        `json:"source"`
	Districts []id.District `json:"districts,omitempty"`
	day.Period
	Factor float64 `json:"factor"`
}

// Leave is known ahead.
type Leave struct {
	Source string `json:"source"`
	// Days of a year and person.
	Days int `json:"days"`
	// InHolidays is the share taken in school holidays.
	InHolidays float64 `json:"in_holidays"`
	// Ahead is how many days before HR knows.
	Ahead int `json:"ahead"`
	// Most is the share of a centre that may be away at once.
	Most float64 `json:"most"`
}

// Turnover is who leaves, and when somebody new serves.
type Turnover struct {
	Source string `json:"source"`
	// Leaving is the share of people who leave in a year; District multiplies it in
	// a district, 1 where it is missing.
	Leaving  float64                 `json:"leaving"`
	District map[id.District]float64 `json:"district,omitempty"`
	// Notice is how many days before it is known that somebody leaves.
	Notice int `json:"notice"`
	// Vacant days until somebody is found, and Onboarding days until they serve.
	Vacant     int `json:"vacant"`
	Onboarding int `json:"onboarding"`
}

// HR is how its messages come.
type HR struct {
	Source string `json:"source"`
	// Delay in hours, mean; Late is the share that comes DelayLate hours after.
	Delay     float64 `json:"delay"`
	Late      float64 `json:"late"`
	DelayLate float64 `json:"delay_late"`
	// Repeated, Corrected and OpenEnded are shares of messages.
	Repeated  float64 `json:"repeated"`
	Corrected float64 `json:"corrected"`
	OpenEnded float64 `json:"open_ended"`
}

// Planners answer what Lotse proposes, where it is not approved by itself.
type Planners struct {
	Source string `json:"source"`
	// Hours of working time until an answer, median; Sigma of the logarithm.
	Hours float64 `json:"hours"`
	Sigma float64 `json:"sigma"`
	// Rejected is the share that they reject.
	Rejected float64 `json:"rejected"`
}

// Work is how much planning may do. It is bounded by counts and not by the clock,
// so that a run is the same on every machine.
type Work struct {
	Source string `json:"source"`
	// NightDraws bounds the steps that a night's planning of the whole city draws
	// at random; 0: it is not bounded.
	NightDraws int `json:"night_draws"`
	// AnswerDraws bounds those for what mends what HR has said by one time; 0:
	// likewise.
	AnswerDraws int `json:"answer_draws"`
}

// Special is something that happens once.
type Special struct {
	// Kind is "closure" (centres are closed for the period), "opening" (one opens on
	// its first day, in place of those in centres, which close for good), "outage"
	// (nobody is served and nothing can be booked) or "strike" (a share stays away).
	Kind    string      `json:"kind"`
	Source  string      `json:"source"`
	Centre  id.Centre   `json:"centre,omitempty"`
	Centres []id.Centre `json:"centres,omitempty"`
	day.Period
	// Share of people who strike.
	Share float64 `json:"share,omitempty"`
	// Notice is how many days before it is known.
	Notice int `json:"notice,omitempty"`
}

// Kinds of what happens once.
const (
	Closure = "closure"
	Opening = "opening"
	Outage  = "outage"
	Strike  = "strike"
)

// Validate names every field that is wrong, its value and the cure.
func (s *Scenario) Validate() error {
	v := &verdict{}
	v.that(s.Name != "", "name", s.Name, "is missing")
	v.that(s.Days >= 1 && s.Days <= 3650, "days", s.Days, "must be 1 to 3650")
	v.that(s.WarmUp >= 0 && s.WarmUp <= 365, "warm_up", s.WarmUp, "must be 0 to 365")
	v.that(s.From > 0, "from", s.From, "is missing: write 2026-01-05")
	s.Demand.validate(v)
	s.Citizens.validate(v)
	s.WalkIns.validate(v)
	s.Sickness.validate(v)
	s.Leave.validate(v)
	v.source("turnover", s.Turnover.Source)
	v.share("turnover.leaving", s.Turnover.Leaving)
	for r, x := range s.Turnover.District {
		v.that(x >= 0 && x <= 20, "turnover.district."+string(r), x, "must lie between 0 and 20")
	}
	v.that(s.Turnover.Vacant >= 0 && s.Turnover.Onboarding >= 0 && s.Turnover.Notice >= 0, "turnover.vacant", s.Turnover.Vacant, "must not be negative")
	v.source("hr", s.HR.Source)
	for name, x := range map[string]float64{"hr.late": s.HR.Late, "hr.repeated": s.HR.Repeated, "hr.corrected": s.HR.Corrected, "hr.open_ended": s.HR.OpenEnded} {
		v.share(name, x)
	}
	v.that(s.HR.Delay >= 0 && s.HR.DelayLate >= 0, "hr.delay", s.HR.Delay, "must not be negative")
	v.source("planners", s.Planners.Source)
	v.share("planners.rejected", s.Planners.Rejected)
	v.that(s.Planners.Hours > 0, "planners.hours", s.Planners.Hours, "must be above 0")
	v.source("work", s.Work.Source)
	v.that(s.Work.NightDraws >= 0, "work.night_draws", s.Work.NightDraws, "must not be negative")
	v.that(s.Work.AnswerDraws >= 0, "work.answer_draws", s.Work.AnswerDraws, "must not be negative")
	for i, e := range s.Events {
		at := fmt.Sprintf("events[%d]", i)
		v.source(at, e.Source)
		v.that(e.Until > e.From, at+".until", e.Until, "must lie after from")
		v.share(at+".share", e.Share)
		switch e.Kind {
		case Closure:
			v.that(len(e.Centres) > 0 || e.Centre != "", at+".centre", e.Centre, "is missing: say which centre")
		case Opening:
			v.that(e.Centre != "", at+".centre", e.Centre, "is missing: say which centre opens")
			v.that(len(e.Centres) > 0, at+".centres", e.Centres, "must name whom it replaces")
		case Outage, Strike:
		default:
			v.that(false, at+".kind", e.Kind, "is not known: closure, opening, outage or strike")
		}
	}
	return errors.Join(v.all...)
}

type verdict struct{ all []error }

func (v *verdict) that(ok bool, field string, value any, cure string) {
	if !ok {
		v.all = append(v.all, fmt.Errorf("%s is %v: it %s", field, value, cure))
	}
}

func (v *verdict) share(field string, x float64) {
	v.that(x >= 0 && x <= 1, field, x, "must lie between 0 and 1")
}

func (v *verdict) source(group, text string) {
	v.that(text != "", group+".source", `""`, "must say where the numbers are from, or that they are assumed")
}

func (v *verdict) sums(field string, all []float64) {
	sum := 0.0
	for _, x := range all {
		v.that(x >= 0, field, x, "must not be negative")
		sum += x
	}
	v.that(math.Abs(sum-1) < .01, field, fmt.Sprintf("%.4f in sum", sum), "must be shares that make 1")
}

func (d *Demand) validate(v *verdict) {
	v.source("demand", d.Source)
	v.that(d.Level > 0 && d.Level <= 5, "demand.level", d.Level, "must lie above 0 and at most at 5")
	for r, x := range d.District {
		v.that(x > 0 && x <= 5, "demand.district."+string(r), x, "must lie above 0 and at most at 5")
	}
	for r, x := range d.Ahead {
		v.that(x >= 0 && x <= 60, "demand.ahead."+string(r), x, "must be 0 to 60 working days")
	}
	v.sums("demand.weekday", d.Weekday[:])
	v.sums("demand.hour", d.Hour[:])
	v.that(len(d.Week) == 53, "demand.week", len(d.Week), "must have 53 indices, one per ISO week")
	for _, x := range d.Week {
		v.that(x > 0, "demand.week", x, "must have indices above 0")
	}
	v.that(d.Noise >= 0 && d.Noise <= 1, "demand.noise", d.Noise, "must lie between 0 and 1")
	for i, s := range d.Seasons {
		at := fmt.Sprintf("demand.seasons[%d]", i)
		v.source(at, s.Source)
		v.that(s.Until > s.From, at+".until", s.Until, "must lie after from")
		v.that(s.Factor >= 0 && s.Factor <= 5, at+".factor", s.Factor, "must lie between 0 and 5")
	}
}

func (c *Citizens) validate(v *verdict) {
	v.source("citizens", c.Source)
	shares := make([]float64, len(c.Wish))
	for i, w := range c.Wish {
		shares[i] = w.Share
		v.that(w.Days >= 0 && w.Days <= 60, "citizens.wish.days", w.Days, "must be 0 to 60")
	}
	v.sums("citizens.wish", shares)
	v.that(c.Patience >= 1 && c.Patience <= 180, "citizens.patience", c.Patience, "must be 1 to 180 days")
	for name, x := range map[string]float64{"elsewhere": c.Elsewhere, "again": c.Again, "cancelled": c.Cancelled, "no_show": c.NoShow,
		"no_show_per_day": c.NoShowPerDay, "telephone": c.Telephone, "accepts": c.Accepts} {
		v.share("citizens."+name, x)
	}
	if c.Any != nil {
		v.share("citizens.any", *c.Any)
	}
	v.that(c.AgainAfter >= 1, "citizens.again_after", c.AgainAfter, "must be 1 day or more")
}

func (w *WalkIns) validate(v *verdict) {
	v.source("walk_ins", w.Source)
	v.that(w.PerDay >= 0, "walk_ins.per_day", w.PerDay, "must not be negative")
	v.sums("walk_ins.hour", w.Hour[:])
	v.that(w.Minutes > 0, "walk_ins.minutes", w.Minutes, "must be above 0")
}

func (s *Sickness) validate(v *verdict) {
	v.source("sickness", s.Source)
	_, city := s.Rate[""]
	v.that(city, "sickness.rate", s.Rate, `must have the city's under ""`)
	for d, x := range s.Rate {
		v.that(x >= 0 && x <= .5, "sickness.rate."+string(d), x, "must lie between 0 and 0.5")
	}
	v.that(s.Days >= 1 && s.LongDays >= s.Days, "sickness.days", s.Days, "must be 1 or more, and at most long_days")
	v.share("sickness.long", s.Long)
	v.that(len(s.Week) == 0 || len(s.Week) == 53, "sickness.week", len(s.Week), "must have 53 indices or none")
	for i, w := range s.Waves {
		at := fmt.Sprintf("sickness.waves[%d]", i)
		v.source(at, w.Source)
		v.that(w.Until > w.From, at+".until", w.Until, "must lie after from")
		v.that(w.Factor >= 0 && w.Factor <= 20, at+".factor", w.Factor, "must lie between 0 and 20")
	}
}

func (l *Leave) validate(v *verdict) {
	v.source("leave", l.Source)
	v.that(l.Days >= 0 && l.Days <= 60, "leave.days", l.Days, "must be 0 to 60")
	v.share("leave.in_holidays", l.InHolidays)
	v.share("leave.most", l.Most)
	v.that(l.Ahead >= 0, "leave.ahead", l.Ahead, "must not be negative")
}
