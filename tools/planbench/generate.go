package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// size of a generated city.
type size struct {
	districts, centres, staff, days int
}

// sizes of cities; xN is a city of N times Hamburg's staff and area at the same
// density.
var sizes = map[string]size{
	"small": {2, 4, 24, 21}, "medium": {3, 8, 80, 30}, "hamburg": {7, 25, 500, 60},
	"x2": {14, 50, 1000, 60}, "x4": {28, 100, 2000, 60}, "x10": {70, 250, 5000, 60},
}

// Hamburg's districts with their weight and centres; larger cities repeat them.
var boroughs = []struct {
	name    string
	weight  float64
	centres int
}{{"Mitte", 300, 4}, {"Altona", 275, 4}, {"Eimsbuettel", 270, 3}, {"Nord", 320, 4}, {"Wandsbek", 440, 5}, {"Bergedorf", 130, 2}, {"Harburg", 170, 3}}

// Share of the demanded minutes by skill, and the sets of skills with their share
// of the staff.
var (
	skillNames = []string{"id", "pass", "reg", "drive", "cert"}
	skillShare = []float64{.30, .22, .26, .10, .12}
	profiles   = [][]int{{0, 1, 2, 3, 4}, {0, 1, 2, 4}, {0, 2, 4}, {2, 4}, {0, 1}, {3, 4}}
	profileOf  = []float64{.25, .30, .20, .10, .10, .05}
	offered    = []planning.Service{{ID: "identity card", Skill: 0, Minutes: 15, Share: .85}, {ID: "temporary identity card", Skill: 0, Minutes: 15, Share: .15},
		{ID: "passport", Skill: 1, Minutes: 15, Share: .8}, {ID: "express passport", Skill: 1, Minutes: 20, Share: .2},
		{ID: "residence registration", Skill: 2, Minutes: 15, Share: .9}, {ID: "registration, family", Skill: 2, Minutes: 25, Share: .1},
		{ID: "driving licence", Skill: 3, Minutes: 15, Share: 1}, {ID: "certificate, copy", Skill: 4, Minutes: 10, Share: 1}}
)

// city is an instance in the making.
type city struct {
	*rand.Rand
	in        *planning.Instance
	weight    []float64 // of districts
	perCentre []int     // centres by district
	heads     []int     // by centre
	planned   [][]int   // [e][t] minutes that the previous plan reckoned with
}

// generate makes a city up: staffing, skills, demand and absence are invented,
// with part-timers, holidays that the previous plan knows, illness and a flu wave
// that it does not, vacancies that gather in some centres, Monday peaks, a wave
// of passports, and a calendar that is booked densely up to the present lead
// time. Amounts follow the generator of the instances in testdata (numpy), with
// dice of its own: the same size and seed give the same instance, but not one of
// those. load is the demand as a share of the capacity that is present.
func generate(name string, seed uint64, load float64) (*planning.Instance, error) {
	z, ok := sizes[name]
	if !ok {
		return nil, fmt.Errorf("size %q: give small, medium, hamburg, x2, x4 or x10", name)
	}
	g := &city{Rand: rand.New(rand.NewPCG(seed, uint64(z.centres)<<32|uint64(z.staff)))}
	in := &planning.Instance{Format: planning.Format, Name: fmt.Sprintf("%s-%d", name, seed), Seed: int64(seed), Horizon: z.days,
		PromiseDays: 14, GoalDays: 10, MinLeadDays: 1, NoticeDays: 2, PublishedDays: 14, MaxMovedPerWeek: 2,
		Skills: skillNames, Services: offered, Weights: planning.DefaultWeights, SlotMinutes: make([]float64, len(skillNames))}
	if z.days < 28 {
		in.PromiseDays, in.GoalDays = 7, 5
	}
	for _, s := range offered {
		in.SlotMinutes[s.Skill] = math.Round((in.SlotMinutes[s.Skill]+float64(s.Minutes)*s.Share)*100) / 100
	}
	for t := range z.days {
		open := 0
		if t%7 < 5 && (t != 38 || z.days <= 40) { // day 38 is a public holiday
			open = 1
		}
		in.Open = append(in.Open, open)
	}
	g.in = in
	g.layout(z)
	g.people(z)
	g.demand(load, g.bookings())
	return in, in.Validate()
}

func (g *city) uniform(low, high float64) float64 { return low + (high-low)*g.Float64() }

// pick draws an index by weights.
func (g *city) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := g.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// layout lays districts and centres out on a plane in km; Hamburg is about 35 by 30.
func (g *city) layout(z size) {
	in := g.in
	left := z.centres
	for r := range z.districts {
		b := boroughs[r%len(boroughs)]
		name := b.name
		if r >= len(boroughs) {
			name = fmt.Sprintf("%s-%d", b.name, r/len(boroughs))
		}
		in.Districts, g.weight, g.perCentre = append(in.Districts, name), append(g.weight, b.weight), append(g.perCentre, b.centres)
		left -= b.centres
	}
	for ; left < 0; left++ {
		g.perCentre[slices.Index(g.perCentre, slices.Max(g.perCentre))]--
	}
	for ; left > 0; left-- {
		g.perCentre[slices.Index(g.perCentre, slices.Min(g.perCentre))]++
	}
	scale := math.Sqrt(float64(z.districts) / 7)
	for r := range z.districts {
		x, y := g.uniform(4, 31)*scale, g.uniform(4, 26)*scale
		for i := range g.perCentre[r] {
			in.Centres = append(in.Centres, planning.Centre{ID: fmt.Sprintf("%s-%d", in.Districts[r], i+1), District: r,
				X: math.Round((x+3.5*g.NormFloat64())*10) / 10, Y: math.Round((y+3.5*g.NormFloat64())*10) / 10})
		}
	}
	in.Travel = make([][]int, z.centres)
	for a := range in.Travel {
		in.Travel[a] = make([]int, z.centres)
		for b := range in.Travel[a] {
			if a != b { // minutes door to door
				in.Travel[a][b] = int(math.Round(8 + 2.6*math.Hypot(in.Centres[a].X-in.Centres[b].X, in.Centres[a].Y-in.Centres[b].Y)))
			}
		}
	}
}

// people staffs the centres: who is planned, who is there, who is where.
func (g *city) people(z size) {
	in := g.in
	share := make([]float64, z.centres)
	for c := range share {
		r := in.Centres[c].District
		share[c] = g.weight[r] / float64(g.perCentre[r]) * g.uniform(.8, 1.2)
	}
	g.heads = shareOut(share, z.staff, 5)
	for c, n := range g.heads {
		vacant := []float64{0, .04, .08, .22}[g.pick([]float64{.35, .3, .2, .15})]
		near := g.reach(c)
		in.Centres[c].Counters, in.Centres[c].MinStaff = int(math.Ceil(float64(n)*1.05)), 4
		if n < 12 {
			in.Centres[c].MinStaff = 3
		}
		for i := range n {
			k := i // every centre owns two broad profiles
			if i >= 2 {
				k = g.pick(profileOf)
			}
			row := g.calendar(z.days)
			if g.Float64() < vacant {
				clear(row)
			}
			g.planned = append(g.planned, slices.Clone(row))
			for t := 0; t < z.days; t++ { // illness
				p := .006
				if t < 10 {
					p = .012
				}
				if g.Float64() < p {
					n := 2 + int(math.Log(1-g.Float64())/math.Log(1-.18))
					clear(row[t:min(z.days, t+n)])
					t += n
				}
			}
			in.Staff = append(in.Staff, planning.Employee{ID: fmt.Sprintf("s%d", len(in.Staff)), Home: c, Skills: profiles[k], Reach: near})
			in.Avail = append(in.Avail, row)
		}
	}
	for _, c := range g.Perm(z.centres)[:max(1, z.centres/8)] { // flu: a third of the centre on days 3 to 11
		var at []int
		for e := range in.Staff {
			if in.Staff[e].Home == c {
				at = append(at, e)
			}
		}
		for _, i := range g.Perm(len(at))[:max(1, len(at)/3)] {
			clear(in.Avail[at[i]][3:min(12, z.days)])
		}
	}
	for e := range in.Staff { // the previous plan: at home, with a few published moves
		row := make([]int, z.days)
		for t := range row {
			if row[t] = in.Staff[e].Home; g.planned[e][t] == 0 {
				row[t] = planning.Nowhere
			}
		}
		if near := in.Staff[e].Reach; g.Float64() < .04 && len(near) > 1 {
			c, from := near[1+g.IntN(len(near)-1)], g.IntN(3)*7+g.IntN(4)
			for t := from; t < min(z.days, from+2); t++ {
				if g.planned[e][t] > 0 {
					row[t] = c
				}
			}
		}
		in.Prev = append(in.Prev, row)
	}
}

// shareOut splits n by weights, at least so many each.
func shareOut(weights []float64, n, least int) []int {
	sum, left := 0.0, n
	for _, w := range weights {
		sum += w
	}
	out := make([]int, len(weights))
	for i, w := range weights {
		out[i] = max(least, int(w/sum*float64(n)))
		left -= out[i]
	}
	for ; left > 0; left-- {
		i := 0
		for j := range out {
			if weights[j]/float64(out[j]) > weights[i]/float64(out[i]) {
				i = j
			}
		}
		out[i]++
	}
	for ; left < 0; left++ {
		out[slices.Index(out, slices.Max(out))]--
	}
	return out
}

// reach is the home and the five nearest centres within 40 minutes.
func (g *city) reach(home int) (near []int) {
	order := make([]int, len(g.in.Centres))
	for c := range order {
		order[c] = c
	}
	away := g.in.Travel[home]
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(away[a], away[b]) })
	for _, c := range order[:min(6, len(order))] {
		if away[c] <= 40 {
			near = append(near, c)
		}
	}
	return near
}

// calendar is one person's minutes at the counter by day, holidays taken out.
func (g *city) calendar(days int) []int {
	minutes, off := 300, -1
	if g.Float64() < .25 { // part-time, half of them with a day off
		minutes = []int{180, 240}[g.IntN(2)]
		if g.IntN(2) == 1 {
			off = g.IntN(5)
		}
	}
	row := make([]int, days)
	for t := range row {
		if g.in.Open[t] == 1 && t%7 != off {
			row[t] = minutes
		}
	}
	if g.Float64() < .55*float64(days)/60 {
		from := g.IntN(days)
		if g.Float64() >= .4 {
			from = days/2 + g.IntN(days-days/2)
		}
		clear(row[from:min(days, from+[]int{7, 14, 14, 21}[g.IntN(4)])])
	}
	return row
}
