package asked

import (
	"sync"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

const (
	// AtLeast so many days must have been counted before they say more than the
	// policy does.
	AtLeast = 28
	// lag is how many days counts may be behind.
	lag = 7
)

type key struct {
	today             day.Day
	policy, catalogue int64
	told, centres     int
}

type gauge struct {
	district id.District
	skill    id.Skill
}

// Expected is what is expected from a day on. It may be asked by several at once.
type Expected struct {
	key     key
	policy  capacity.PolicyChanged
	history outlook.History
	at      map[gauge]int
	minutes map[id.Skill]float64
	from    day.Day // first day not counted
	noShow  shares
	absent  shares
	ahead   int

	once  sync.Once
	model *outlook.Model
}

func newExpected(c *Counts, k key, s Setting) *Expected {
	x := &Expected{key: k, policy: s.Policy, at: map[gauge]int{}, minutes: map[id.Skill]float64{}}
	for _, g := range s.Catalogue.Groups {
		x.minutes[g.Skill] = Minutes(s.Catalogue, g.Skill)
	}
	x.missing(c, s)
	// The first day was perhaps not told whole, and today is not over.
	days := day.Period{From: c.days.From + 1, Until: min(c.days.Until, s.Today)}
	if days.Days() < AtLeast || days.Until < s.Today-lag {
		return x
	}
	x.from, x.ahead = days.Until, int(s.Today-days.Until)+s.Policy.HorizonDays
	x.history = outlook.History{From: days.From,
		Kind: outlook.Calendar(func(d day.Day) bool { return network.PublicHoliday(s.Policy.Holidays, d) }, func(d day.Day) bool { return network.SchoolHoliday(s.Policy.Holidays, d) })}
	seasons, skills := demand.Of(s.Policy.Planning).Seasons, []id.Skill{}
	x.history.Known = func(g int, d day.Day) float64 { return demand.Season(seasons, skills[g], d) }
	for g, group := range s.Catalogue.Groups {
		skills = append(skills, group.Skill)
		for _, d := range s.Policy.Districts {
			if d.DailyDemand[group.Skill] <= 0 {
				continue
			}
			x.at[gauge{d.ID, group.Skill}] = len(x.history.Series)
			x.history.Series = append(x.history.Series, outlook.Series{Group: g, Prior: float64(d.DailyDemand[group.Skill]) / x.minutes[group.Skill], Counts: make([]float64, days.Days())})
		}
	}
	for k, counts := range c.rows {
		district := k.wanted
		if district == "" {
			district = s.Centres[k.centre].District
		}
		i, known := x.at[gauge{district, k.skill}]
		if !known {
			continue
		}
		for t, n := range counts[min(1, len(counts)):] {
			if t < days.Days() {
				x.history.Series[i].Counts[t] += float64(n)
			}
		}
	}
	x.lost(c, s, days)
	return x
}

// Minutes is the mean length of a group's appointments.
func Minutes(c capacity.CatalogueChanged, skill id.Skill) float64 {
	minutes, share := 0.0, 0.0
	for _, s := range c.Services {
		if s.Skill == skill {
			w := max(s.Share, 1e-6)
			minutes, share = minutes+w*float64(s.Minutes), share+w
		}
	}
	if share == 0 || minutes == 0 {
		return 15
	}
	return minutes / share
}

// Learned tells whether enough was counted.
func (x *Expected) Learned() bool { return x != nil && len(x.history.Series) > 0 }

// Day is what to expect of a district's requests for a group on a day; false where
// counts do not tell.
func (x *Expected) Day(d id.District, s id.Skill, on day.Day) (outlook.Day, bool) {
	if !x.Learned() {
		return outlook.Day{}, false
	}
	i, known := x.at[gauge{d, s}]
	ahead := int(on-x.from) + 1
	if !known || ahead < 1 || ahead > x.ahead {
		return outlook.Day{}, false
	}
	x.once.Do(func() { x.model = outlook.Learn(x.history, x.ahead) })
	return x.model.Day(i, ahead), true
}

// Beyond tells how far off the requests of a district for a group are that come from
// today on until a day, by day: V of the variance mean + V·mean² of their sum; nil where
// counts do not tell.
func (x *Expected) Beyond(d id.District, s id.Skill) []float64 {
	if _, known := x.Day(d, s, x.today()); !known {
		return nil
	}
	return x.model.Beyond(x.at[gauge{d, s}], int(x.today()-x.from)+1)
}

func (x *Expected) today() day.Day {
	if x == nil {
		return 0
	}
	return x.key.today
}

// Appointments is how many a district's citizens are expected to ask for on a day,
// with an interval; where counts do not tell, which learned says, as the policy in
// force says, with the interval of an overdispersed Poisson.
func (x *Expected) Appointments(d capacity.District, s id.Skill, on day.Day) (of outlook.Day, learned bool) {
	if of, learned = x.Day(d.ID, s, on); learned {
		return of, true
	}
	each := x.minutes[s]
	if each <= 0 {
		return of, false
	}
	mean, dispersion := forecast.Policy(x.policy)(d, s, on)/each, demand.Of(x.policy.Planning).DemandDispersion
	at := func(q float64) float64 { return demand.Count(mean, dispersion, q) }
	return outlook.Day{Mean: mean, Low: at(outlook.Low), Median: at(.5), High: at(outlook.High)}, false
}

// Requests expected, in minutes; as the policy says where counts do not tell. A
// policy that supposes more or less daily demand than the one in force expects as
// much more or less.
func (x *Expected) Requests(p capacity.PolicyChanged) forecast.Requests {
	said := forecast.Policy(p)
	if !x.Learned() {
		return said
	}
	inForce := map[id.District]capacity.District{}
	for _, d := range x.policy.Districts {
		inForce[d.ID] = d
	}
	return func(d capacity.District, s id.Skill, on day.Day) float64 {
		was := inForce[d.ID].DailyDemand[s]
		counted, known := x.Day(d.ID, s, on)
		if !known || was <= 0 {
			return said(d, s, on)
		}
		return counted.Mean * x.minutes[s] * float64(d.DailyDemand[s]) / float64(was)
	}
}
