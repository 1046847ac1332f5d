package planner

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// problem is a planning instance with the names behind its indices.
type problem struct {
	*planning.Instance
	set       demand.Settings
	from      day.Day
	centres   []id.Centre
	employees []id.Employee
	skills    []id.Skill
	centreAt  map[id.Centre]int
	staffAt   map[id.Employee]int
	skillAt   map[id.Skill]int
	opening   [][][]day.Span    // [c][t]
	shut      [][]bool          // [c][t]: closed on a day on which it would be open
	arriving  []planning.Change // moves given that booking has not seen yet
	everybody []id.Employee     // of whom duties are known, in order
	hoursNow  uint64            // sum of centres and opening
}

const (
	// reachCentres is how many centres beside home one person may be sent to.
	reachCentres = 5
	// leastNotice keeps the day under way as it is.
	leastNotice   = 1
	publishedDays = 14
	// spareDays are by how much a plan keeps promise and goal earlier than it must: its
	// minutes are an estimate, of people of whom some will be ill and of counters
	// between whose appointments minutes are left over. One that plans for the last
	// day breaks it every other day.
	spareDays     = 2
	unknownTravel = 999
)

// without are proposals that a problem leaves out: those of except, and with
// later also the open ones drafted after them, which rest on them.
type without struct {
	except []id.Proposal
	later  bool
}

// buildProblem makes the instance of a city that stands still: day 0 is today.
// Moves of open and running proposals are given, but for those left out.
func buildProblem(c *read.City, w without, m *memory) *problem {
	h := c.Horizon()
	p := &problem{set: demand.Of(c.Policy.Planning), from: h.From, centres: c.CentreIDs(), centreAt: map[id.Centre]int{}, staffAt: map[id.Employee]int{}, skillAt: map[id.Skill]int{}}
	in := &planning.Instance{Format: planning.Format, Name: nameOf(c), Horizon: h.Days(), Weekday0: int(h.From - h.From.Monday()),
		PromiseDays: max(c.Policy.GoalDays, c.Policy.LimitDays-spareDays), GoalDays: max(1, c.Policy.MinLeadDays, c.Policy.GoalDays-spareDays), MinLeadDays: c.Policy.MinLeadDays, NoticeDays: max(leastNotice, c.Policy.NoticeDays),
		PublishedDays: publishedDays, MaxMovedPerWeek: c.Policy.MaxDaysAwayPerWeek, Weights: weights()}
	p.Instance = in
	p.addServices(c)
	p.addCentres(c)
	p.addStaff(c, m)
	p.fix(c, w)
	p.addLoad(c)
	p.addDemand(c)
	p.addRules(c)
	p.ownPeopleFirst()
	v := newCover(c, p, m)
	p.addUncovered(v)
	in.MayLeave, in.StaysUncovered = v.mayLeave, v.staysUncovered
	return p
}

func nameOf(c *read.City) string { return "city " + c.Today.String() }

// walkinPrice in points of a slot that is not held for walk-ins or express services.
// No appointment is on offer at those counters, so that a plan must not count on
// them: it is more than a slot can be late by in the days planned for, and far less
// than a booked one that nobody can serve.
const walkinPrice = 60

// dearMove and dearTravel multiply the published prices of a day elsewhere and of its
// way: a plan looks sixty days ahead, so that a slot gained for a late district counts
// once for each day on which it would have been late, and a day of work then is worth
// hundreds of points. At the published prices people are sent for little.
const dearMove, dearTravel = 4, 2

// weights are the published prices, but for walk-ins, moves, and what makes deployments
// of the same person dearer one by one and blocks of days cheaper than single ones.
func weights() planning.Weights {
	w := planning.DefaultWeights
	w.Personal, w.SecondmentStart, w.WalkinSlot = .5, 1, walkinPrice
	w.Move, w.TravelMinute = dearMove*w.Move, dearTravel*w.TravelMinute
	return w
}

// addRules gives the instance what law and policy say about persons and hours.
func (p *problem) addRules(c *read.City) {
	for t := range p.Horizon {
		if network.PublicHoliday(c.Policy.Holidays, p.day(t)) {
			p.Holidays = append(p.Holidays, t)
		}
	}
	p.Saturdays = &planning.Saturdays{InFourWeeks: p.set.SaturdaysInFourWeeks}
	p.MaxAwayPerHalfYear = &p.set.MaxAwayPerHalfYear
	for _, s := range p.set.Seasons {
		if k, known := p.skillAt[s.Skill]; known && s.Weight != 1 {
			p.Season(k, p.index(s.From), p.index(s.Until), s.Weight, 1)
		}
	}
}

// hours of a centre, and who must be there: the minimum holds within the minimum
// opening hours, Monday to Friday.
func (p *problem) hours(c *read.City, centre capacity.Centre, opening [][]day.Span) (hours []planning.Span, express *planning.Express) {
	if centre.MinPresent == 0 {
		return nil, nil
	}
	hours = make([]planning.Span, p.Horizon)
	for t, open := range opening {
		if len(open) == 0 {
			continue
		}
		whole := day.Span{From: open[0].From, To: open[len(open)-1].To}.Meet(network.MinimumHours)
		if whole.Minutes() > 0 {
			hours[t] = planning.Span{int(whole.From), int(whole.To)}
		}
	}
	if c.Policy.ExpressCounters > 0 {
		x := &planning.Express{Hours: planning.Span{int(network.MinimumHours.From), int(network.MinimumHours.To)}}
		for _, k := range offering.ExpressSkills(c.Catalogue.Services) {
			if s, known := p.skillAt[k]; known {
				x.Skills = append(x.Skills, s)
			}
		}
		if len(x.Skills) > 0 {
			express = x
		}
	}
	return hours, express
}

func (p *problem) day(t int) day.Day   { return p.from + day.Day(t) }
func (p *problem) index(d day.Day) int { return int(d - p.from) }

func (p *problem) addServices(c *read.City) {
	for i, g := range c.Catalogue.Groups {
		p.skills, p.skillAt[g.Skill] = append(p.skills, g.Skill), i
		p.Skills = append(p.Skills, string(g.Skill))
		minutes, share := 0.0, 0.0
		for _, s := range c.Catalogue.Services {
			if s.Skill == g.Skill {
				w := max(s.Share, 1e-6)
				minutes, share = minutes+w*float64(s.Minutes), share+w
				p.Services = append(p.Services, planning.Service{ID: string(s.ID), Skill: i, Minutes: int(s.Minutes), Share: s.Share})
			}
		}
		if share == 0 {
			minutes, share = 15, 1
		}
		p.SlotMinutes = append(p.SlotMinutes, minutes/share)
	}
}

func (p *problem) addCentres(c *read.City) {
	districts := map[id.District]int{}
	for i, d := range c.Policy.Districts {
		districts[d.ID] = i
		p.Districts = append(p.Districts, string(d.ID))
	}
	p.Open = make([]int, p.Horizon)
	for i, k := range p.centres {
		centre := c.Centres[k]
		p.centreAt[k] = i
		open, hours, shut := make([]int, p.Horizon), make([][]day.Span, p.Horizon), make([]bool, p.Horizon)
		for t := range open {
			if hours[t] = c.Opening(k, p.day(t)); len(hours[t]) > 0 {
				open[t], p.Open[t] = 1, 1
				continue
			}
			d := p.day(t)
			shut[t] = len(centre.Hours[int(d-d.Monday())+1]) > 0 && !network.PublicHoliday(c.Policy.Holidays, d)
		}
		p.opening, p.shut = append(p.opening, hours), append(p.shut, shut)
		span, express := p.hours(c, centre, hours)
		p.Centres = append(p.Centres, planning.Centre{ID: string(k), District: districts[centre.District], X: centre.Lon, Y: centre.Lat,
			Counters: centre.Counters, MinStaff: centre.MinStaff, Open: open, Hours: span, MinPresent: centre.MinPresent, Express: express})
	}
	for _, from := range p.centres {
		row := make([]int, len(p.centres))
		for j, to := range p.centres {
			if from == to {
				continue
			}
			row[j] = unknownTravel
			if m, ok := c.Centres[from].TravelMinutes[to]; ok {
				row[j] = m
			} else if m, ok := c.Centres[to].TravelMinutes[from]; ok {
				row[j] = m
			}
		}
		p.Travel = append(p.Travel, row)
	}
}

// reach is home and the nearest centres within the travel that the policy
// allows, of those that open at all: one that has closed for good is no help.
func (p *problem) reach(home, within int) []int {
	near := make([]int, 0, len(p.centres))
	for j := range p.centres {
		if j != home && p.Travel[home][j] <= within && slices.Max(p.Centres[j].Open) != 0 {
			near = append(near, j)
		}
	}
	slices.SortFunc(near, func(a, b int) int { return cmp.Or(p.Travel[home][a]-p.Travel[home][b], a-b) })
	return append([]int{home}, near[:min(reachCentres, len(near))]...)
}

func (p *problem) addStaff(c *read.City, m *memory) {
	p.everybody = slices.Sorted(maps.Keys(c.Duties))
	p.hoursNow = p.sumHours()
	fixed, spent := make([]map[id.Employee]bool, p.Horizon), make([]bool, len(p.centres)*p.Horizon)
	for x := range c.Refused {
		if t := p.index(x.Day); t >= 0 && t < p.Horizon {
			if fixed[t] == nil {
				fixed[t] = map[id.Employee]bool{}
			}
			fixed[t][x.Employee] = true
		}
	}
	for x := range c.Spent {
		if at, t := p.centreAt[x.Centre], p.index(x.Day); t >= 0 && t < p.Horizon && p.centres[at] == x.Centre {
			spent[at*p.Horizon+t] = true
		}
	}
	reach := make([][]int, len(p.centres))
	for i := range reach {
		reach[i] = p.reach(i, c.Policy.MaxTravelMinutes)
	}
	for _, e := range p.everybody {
		d := c.Duties[e]
		home, known := p.centreAt[d.Home]
		if !known {
			continue
		}
		s := planning.Employee{ID: string(e), Home: home, Reach: reach[home], Mobile: d.Mobile, Volunteer: d.Volunteer}
		for _, k := range d.Skills {
			if i, ok := p.skillAt[k]; ok {
				s.Skills = append(s.Skills, i)
			}
		}
		deployable, most := d.Deployable, d.MaxDaysAwayPerWeek
		s.Deployable, s.MaxMovedPerWeek = &deployable, &most
		if d.Mobile || d.Volunteer {
			n := leastNotice
			s.NoticeDays = &n
		}
		for _, x := range c.Away[e] {
			if t := p.index(x); t < 0 {
				s.AwayDays = append(s.AwayDays, t)
			}
		}
		w := p.row(e, d, m)
		s.LastAt = w.lastAt
		for _, t := range s.AwayDays {
			if t >= -p.Weekday0 {
				s.AwayBefore++
			}
		}
		for t := range p.Horizon {
			if fixed[t][e] || w.prev[t] != planning.Nowhere && spent[w.prev[t]*p.Horizon+t] {
				s.FixedDays = append(s.FixedDays, t)
			}
		}
		p.staffAt[e] = len(p.employees)
		p.employees = append(p.employees, e)
		p.Staff, p.Avail, p.Prev = append(p.Staff, s), append(p.Avail, w.avail), append(p.Prev, w.prev)
		p.Duties = append(p.Duties, w.spans)
	}
}

// join is the span from the first beginning to the last end; {0, 0} is none.
func join(a, b planning.Span) planning.Span {
	if a == (planning.Span{}) {
		return b
	}
	return planning.Span{min(a[0], b[0]), max(a[1], b[1])}
}

// counterMinutes is a duty within the opening hours, less its breaks. Whoever is on
// duty at a centre that is closed that day has the whole duty for another one.
func (p *problem) counterMinutes(x observed.Duty, c, t int) int {
	if p.shut[c][t] {
		return int(observed.WithoutBreaks(x.Span, x.Breaks))
	}
	if len(x.Breaks) < 2 { // none overlaps another
		sum := day.Minutes(0)
		for _, open := range p.opening[c][t] {
			m := x.Meet(open)
			sum += m.Minutes()
			for _, b := range x.Breaks {
				sum -= m.Meet(b).Minutes()
			}
		}
		return int(sum)
	}
	span, breaks, ok := offering.Clip(x.Span, x.Breaks, p.opening[c][t])
	if !ok {
		return 0
	}
	return int(observed.WithoutBreaks(span, breaks))
}

// fix puts people where open and running proposals want them, for good.
func (p *problem) fix(c *read.City, w without) {
	later := false
	for _, pid := range c.Order {
		s := c.Proposals[pid]
		left := contains(w.except, pid)
		later = later || left && w.later
		if left || s.Open() && later || !binding(s) {
			continue
		}
		for _, m := range s.Moves {
			e, known := p.staffAt[m.Employee]
			to, there := p.centreAt[m.To]
			t := p.index(m.Day)
			if !known || !there || t < 0 || t >= p.Horizon || m.Answered() && m.Step != proposal.IsOrdered || p.Avail[e][t] == 0 {
				continue
			}
			p.Staff[e].FixedDays = append(p.Staff[e].FixedDays, t)
			if p.Prev[e][t] != to {
				p.Prev[e] = slices.Clone(p.Prev[e]) // a remembered row
				p.Prev[e][t] = to
				p.arriving = append(p.arriving, planning.Change{Employee: e, Day: t, To: to})
			}
		}
	}
}

// addLoad takes what is booked, and holds the policy's share of the people on
// duty for walk-ins, split as the district asks for it, at most a tenth of what
// those who have the skill can carry. The counters for express services are held
// beside them: no appointment is on offer there.
func (p *problem) addLoad(c *read.City) {
	express := offering.ExpressSkills(c.Catalogue.Services)
	supply := make([][]int, len(p.centres)) // [c][t]
	heads := make([][]int, len(p.centres))
	capable := make([][][]int, len(p.centres))
	for i := range p.centres {
		supply[i], heads[i], capable[i] = make([]int, p.Horizon), make([]int, p.Horizon), grid(len(p.skills), p.Horizon)
	}
	for e := range p.employees {
		for t, at := range p.Prev[e] {
			if at == planning.Nowhere {
				continue
			}
			supply[at][t] += p.Avail[e][t]
			heads[at][t]++
			for _, s := range p.Staff[e].Skills {
				capable[at][s][t] += p.Avail[e][t]
			}
		}
	}
	for i, k := range p.centres {
		booked, walkin := grid(len(p.skills), p.Horizon), grid(len(p.skills), p.Horizon)
		mix := p.mix(c, p.Centres[i].District)
		for t := range p.Horizon {
			l := c.Loads[read.Place{Centre: k, Day: p.day(t)}]
			for s, skill := range p.skills {
				booked[s][t] = int(l.Booked[skill])
				if p.Centres[i].Open[t] != 0 {
					walkin[s][t] = min(int(math.Round(c.Policy.WalkInShare*mix[s]*float64(supply[i][t]))), capable[i][s][t]/10)
				}
				if p.Centres[i].Open[t] != 0 && heads[i][t] >= offering.ExpressFrom && slices.Contains(express, skill) {
					counters := c.Policy.ExpressCounters * supply[i][t] / heads[i][t] / len(express)
					walkin[s][t] = min(walkin[s][t]+counters, capable[i][s][t])
				}
			}
		}
		p.Booked, p.Walkin = append(p.Booked, booked), append(p.Walkin, walkin)
	}
}

// addUncovered takes what booking says is at risk, less what those on their way
// will serve.
func (p *problem) addUncovered(v *cover) {
	p.Uncovered = make([][][]int, len(p.centres))
	for c := range p.centres {
		p.Uncovered[c] = grid(len(p.skills), p.Horizon)
		for t := range p.Horizon {
			for s, m := range v.uncovered(c, t, nil) {
				p.Uncovered[c][s][t] = m
			}
		}
	}
}

func grid(n, m int) [][]int {
	g := make([][]int, n)
	for i := range g {
		g[i] = make([]int, m)
	}
	return g
}

// mix is the share of each skill in a district's demand.
func (p *problem) mix(c *read.City, r int) []float64 {
	mix, sum := make([]float64, len(p.skills)), 0.0
	for s, k := range p.skills {
		mix[s] = float64(c.Policy.Districts[r].DailyDemand[k])
		sum += mix[s]
	}
	for s := range mix {
		if sum > 0 {
			mix[s] /= sum
		}
	}
	return mix
}

// addDemand spreads what the districts' citizens are expected to ask for over the
// days, with the margin that the policy asks for: their daily demand or, where the
// policy says so and enough was counted, what counts let expect.
func (p *problem) addDemand(c *read.City) {
	p.DemandAny = grid(len(p.skills), p.Horizon)
	ask := forecast.Policy(c.Policy)
	if p.set.DemandLearned {
		ask = c.Expect().Requests(c.Policy)
	}
	sick, set := c.Expect().Sickness(c.Policy), p.set
	for _, d := range c.Policy.Districts {
		own := grid(len(p.skills), p.Horizon)
		margin := make([]float64, len(p.skills))
		set.ExpectedSickness = sick(d.ID)
		for s, k := range p.skills {
			margin[s] = demand.Factor(set, float64(d.DailyDemand[k])/p.SlotMinutes[s], workingDays(c.Policy.LimitDays))
		}
		for t := range p.Horizon {
			for s, k := range p.skills {
				all := margin[s] * ask(d, k, p.day(t))
				own[s][t] = int(math.Round(all * (1 - d.AnyShare)))
				p.DemandAny[s][t] += int(math.Round(all * d.AnyShare))
			}
		}
		p.DemandOwn = append(p.DemandOwn, own)
	}
}

// workingDays in so many days.
func workingDays(days int) int { return max(1, days*5/7) }
