package simulation

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// foresight is a run of somebody who knows every absence and every citizen ahead:
// an instance of the planner over all days, whose people are moved by its
// relaxation under its rules of travel and notice, and a book in which the same
// citizens book as in a run of the services. The relaxation leaves weekly caps out:
// where a centre's people would be away longer than all of them together may in a
// week, each of their moves of that week is shortened alike. Result.CapUse is the
// largest share of that.
//
// Its figures flatter whoever steers so: people may be split, nobody is surprised,
// a district's minutes are one lot whatever the moments of a day and its centres.
// How much of the distance to a run of the services that alone makes is what the
// same book without moves (none-book) shows beside none.
type foresight struct {
	run  *run
	in   *planning.Instance
	days day.Period
	// minutes for appointments [centre][kind][day], kinds being sets of skills.
	minutes [][][]int
	kinds   []uint32
	// district of each centre in the book, and how many there are.
	district  []int
	districts []id.District
	// moves in person-days, and their travel; away by home centre and week.
	moves, travel, capUse float64
}

// contract is a row of the staff list, as far as days of work need it.
type contract struct {
	Employee           id.Employee  `json:"employee"`
	Home               id.Centre    `json:"home"`
	Skills             []id.Skill   `json:"skills"`
	Mobile             bool         `json:"mobile"`
	Volunteer          bool         `json:"volunteer"`
	Deployable         bool         `json:"deployable"`
	MaxDaysAwayPerWeek int          `json:"max_days_away_per_week"`
	Rotation           []map[int]on `json:"rotation"`
	From               *day.Day     `json:"from"`
	Until              *day.Day     `json:"until"`
}

type on struct {
	day.Span
	Breaks []day.Span `json:"breaks"`
}

// shift of a day by the rotation, alternating by ISO weeks.
func (c *contract) shift(d day.Day) (on, bool) {
	if n := len(c.Rotation); n > 0 && (c.From == nil || d >= *c.From) && (c.Until == nil || d < *c.Until) {
		week := int(d.Monday()-day.Date(1970, 1, 5)) / 7
		s, works := c.Rotation[(week%n+n)%n][int(d-d.Monday())+1]
		return s, works
	}
	return on{}, false
}

// minutes of a shift while a centre is open.
func (s on) within(open []day.Span) (m int) {
	meet := func(a, b day.Span) int { return max(0, int(min(a.To, b.To))-int(max(a.From, b.From))) }
	for _, o := range open {
		m += meet(s.Span, o)
		for _, b := range s.Breaks {
			m -= meet(day.Span{From: max(b.From, s.From), To: min(b.To, s.To)}, o)
		}
	}
	return max(0, m)
}

// opening hours of a centre on a day.
func opening(n *capacityNetwork, k *capacity.Centre, d day.Day) []day.Span {
	if k.Opens != nil && d < *k.Opens || k.Closes != nil && d >= *k.Closes {
		return nil
	}
	hours := k.Hours
	for _, m := range n.Measures {
		if m.Centre == k.ID && m.Contains(d) {
			switch m.Kind {
			case capacity.MeasureClosure:
				return nil
			case capacity.MeasureHours:
				hours = m.Hours
			}
		}
	}
	for _, x := range k.Exceptions {
		if x.Day == d {
			return x.Hours
		}
	}
	if slices.ContainsFunc(n.Holidays, func(h capacity.Holiday) bool { return !h.School && h.Contains(d) }) {
		return nil
	}
	return hours[int(d-d.Monday())+1]
}

// contracts are the roster with who leaves, joins and serves elsewhere.
func (r *run) contracts(n *capacityNetwork) (all []contract, off map[id.Employee][]day.Period, err error) {
	var list struct {
		Employees []contract `json:"employees"`
	}
	if err := json.Unmarshal(r.City.Staff, &list); err != nil {
		return nil, nil, fmt.Errorf("the staff list: %w", err)
	}
	ends, who, home := map[id.Employee]stays{}, map[id.Employee]int{}, map[id.Centre]id.Centre{}
	for i, c := range list.Employees {
		who[c.Employee] = i
	}
	all = list.Employees
	again := func(p Person, until day.Day, next id.Employee, home id.Centre, from day.Day) {
		i := who[p.ID]
		c := all[i]
		all[i].Until = &until
		c.Employee, c.Home, c.From = next, home, &from
		all = append(all, c)
	}
	var joined []Person
	var from []day.Day
	for _, l := range leavings(r.Seed, r.Scenario.Turnover, r.days, r.City.People) {
		ends[l.ID] = stays{until: l.until}
		again(l.Person, l.until, l.next, l.Home, l.serves)
		joined, from = append(joined, Person{l.next, l.Home, l.District}), append(from, l.serves)
	}
	for i, e := range r.Scenario.Events {
		if e.Kind != scenario.Opening {
			continue
		}
		if _, err := merge(n, e); err != nil {
			return nil, nil, err
		}
		for _, k := range e.Centres {
			home[k] = e.Centre
		}
		for _, p := range r.City.People {
			if _, gone := ends[p.ID]; !gone && slices.Contains(e.Centres, p.Home) {
				next := id.Employee(fmt.Sprintf("m%d-%s", i+1, p.ID))
				ends[p.ID] = stays{e.From, next}
				again(p, e.From, next, e.Centre, e.From)
			}
		}
	}
	off = map[id.Employee][]day.Period{}
	for _, x := range r.absences(ends, joined, from) {
		off[x.who] = append(off[x.who], x.Period)
	}
	return all, off, nil
}

// look builds the instance of all days.
func (r *run) look() (*foresight, error) {
	n := r.City.Network
	n.Centres, n.Measures = slices.Clone(n.Centres), slices.Clone(n.Measures)
	people, off, err := r.contracts(&n)
	if err != nil {
		return nil, err
	}
	for i, e := range r.Scenario.Events {
		closed := centresOf(e)
		switch e.Kind {
		case scenario.Outage:
			for _, k := range n.Centres {
				closed = append(closed, k.ID)
			}
		case scenario.Closure:
		default:
			continue
		}
		if err := shut(&n, fmt.Sprint(e.Kind, i), e.Period, closed); err != nil {
			return nil, err
		}
	}
	// The book goes on as far as appointments are on offer on the last day.
	days := day.Period{From: r.days.From, Until: r.days.Until + day.Day(r.horizon())}
	f := &foresight{run: r, days: days, in: &planning.Instance{Format: planning.Format, Name: r.Scenario.Name, Horizon: days.Days(),
		Weekday0: int(r.days.From - r.days.From.Monday()), PromiseDays: n.Policy.LimitDays, GoalDays: n.Policy.GoalDays, MinLeadDays: n.Policy.MinLeadDays,
		NoticeDays: n.Policy.NoticeDays, MaxMovedPerWeek: n.Policy.MaxDaysAwayPerWeek, Weights: planning.DefaultWeights}}
	in := f.in
	skillAt, districtAt, centreAt := map[id.Skill]int{}, map[id.District]int{}, map[id.Centre]int{}
	for i, g := range n.Groups {
		in.Skills, skillAt[g.Skill] = append(in.Skills, string(g.Skill)), i
		sum, shares := 0.0, 0.0
		for _, s := range n.Services {
			if s.Skill == g.Skill && !s.Express {
				sum, shares = sum+s.Share*float64(s.Minutes), shares+s.Share
			}
		}
		in.SlotMinutes = append(in.SlotMinutes, sum/math.Max(shares, 1e-9))
	}
	for i, d := range n.Districts {
		in.Districts, districtAt[d.ID], f.districts = append(in.Districts, string(d.ID)), i, append(f.districts, d.ID)
	}
	in.Open = make([]int, in.Horizon)
	hours := make([][][]day.Span, len(n.Centres))
	for i := range n.Centres {
		k := &n.Centres[i]
		open := make([]int, in.Horizon)
		for t := range in.Horizon {
			h := opening(&n, k, f.days.From+day.Day(t))
			if hours[i] = append(hours[i], h); len(h) > 0 {
				open[t], in.Open[t] = 1, 1
			}
		}
		in.Centres = append(in.Centres, planning.Centre{ID: string(k.ID), District: districtAt[k.District], Counters: k.Counters, Open: open})
		centreAt[k.ID] = i
		f.district = append(f.district, districtAt[k.District])
		in.Booked, in.Walkin = append(in.Booked, grid(len(in.Skills), in.Horizon)), append(in.Walkin, grid(len(in.Skills), in.Horizon))
	}
	f.travels(&n)
	f.people(&n, people, off, skillAt, centreAt, hours)
	f.asks(skillAt, districtAt)
	return f, nil
}

// travels fills in the minutes between centres; far where nobody has said any.
func (f *foresight) travels(n *capacityNetwork) {
	const far = 1 << 20
	for i := range n.Centres {
		row := make([]int, len(n.Centres))
		for j := range n.Centres {
			if i == j {
				continue
			}
			row[j] = far
			if m, ok := n.Centres[i].TravelMinutes[n.Centres[j].ID]; ok {
				row[j] = m
			} else if m, ok := n.Centres[j].TravelMinutes[n.Centres[i].ID]; ok {
				row[j] = m
			}
		}
		f.in.Travel = append(f.in.Travel, row)
	}
}

func grid(n, m int) [][]int {
	g := make([][]int, n)
	for i := range g {
		g[i] = make([]int, m)
	}
	return g
}

// clairvoyant moves people as the planner's relaxation does.
func (f *foresight) clairvoyant() error {
	if err := f.stay(); err != nil {
		return err
	}
	moves, w, err := f.relaxed()
	if err != nil {
		return err
	}
	caps, away := make([]float64, len(f.in.Centres)), map[[2]int]float64{}
	for _, p := range f.in.Staff {
		if p.Deployable == nil || *p.Deployable {
			caps[p.Home] += float64(*p.MaxMovedPerWeek)
		}
	}
	week := func(m flow.Transfer) [2]int { return [2]int{m.From, (m.Day + f.in.Weekday0) / 7} }
	for _, m := range moves {
		away[week(m)] += float64(m.Flow) / float64(m.Minutes)
	}
	first := int(f.run.Scenario.From - f.days.From)
	for _, m := range moves {
		// What is more than a centre's people may be away in a week stays at home.
		use := away[week(m)] / math.Max(caps[m.From], 1)
		minutes := int(float64(m.Flow) / math.Max(use, 1))
		k := slices.Index(f.kinds, w.Kinds[m.Kind])
		f.minutes[m.From][k][m.Day] -= minutes
		f.minutes[m.To][k][m.Day] += minutes
		f.capUse = math.Max(f.capUse, math.Min(use, 1))
		if m.Day >= first {
			days := float64(minutes) / float64(m.Minutes)
			f.moves += days
			f.travel += days * float64(f.in.Travel[m.From][m.To])
		}
	}
	return nil
}

// stay leaves everybody at home.
func (f *foresight) stay() error {
	for c := range f.in.Centres {
		f.minutes = append(f.minutes, grid(len(f.kinds), f.in.Horizon))
		for e, s := range f.in.Staff {
			if s.Home == c {
				k := slices.Index(f.kinds, skills(s.Skills))
				for t, m := range f.in.Avail[e] {
					f.minutes[c][k][t] += m
				}
			}
		}
	}
	return nil
}

// pool has everybody in one centre.
func (f *foresight) pool() error {
	if err := f.stay(); err != nil {
		return err
	}
	for c := range f.district {
		f.district[c] = 0
	}
	f.districts = []id.District{"city"}
	return nil
}

func skills(all []int) (set uint32) {
	for _, s := range all {
		set |= 1 << s
	}
	return set
}
