package main

import (
	"math"
	"slices"
)

// bookings fills walk-in reserves and the booked calendar of every centre and
// answers how densely each district asks for its capacity.
func (g *city) bookings() (share []float64) {
	in := g.in
	C, S, T := len(in.Centres), len(in.Skills), in.Horizon
	capacity, capable := cube(C, 1, T), cube(C, S, T)
	perDistrict, all := make([]float64, len(in.Districts)), 0.0
	for e := range in.Staff {
		for t, m := range g.planned[e] {
			if m == 0 {
				continue
			}
			c := in.Prev[e][t]
			capacity[c][0][t] += float64(m)
			perDistrict[in.Centres[c].District] += float64(m)
			all += float64(m)
			for _, s := range in.Staff[e].Skills {
				capable[c][s][t] += float64(m)
			}
		}
	}
	sum := 0.0
	for _, w := range g.weight {
		share = append(share, w*math.Exp(.2*g.NormFloat64()))
		sum += share[len(share)-1]
	}
	for r := range share {
		share[r] /= sum
	}
	in.Booked, in.Walkin = whole(C, S, T), whole(C, S, T)
	for c := range C {
		mix, total := make([]float64, S), 0.0
		for s := range mix {
			mix[s] = skillShare[s] * g.uniform(.85, 1.15)
			total += mix[s]
		}
		held := 0.0
		for s := range mix {
			mix[s] /= total
			// No centre promises more of a skill than those who hold it carry.
			n := int(math.Min(math.Round(.12*g.median(capacity[c][0])*mix[s]), math.Round(.10*g.median(capable[c][s]))))
			for t, open := range in.Open {
				in.Walkin[c][s][t] = n * open
			}
			held += float64(n)
		}
		r := in.Centres[c].District
		rho := share[r] / (perDistrict[r] / all)
		lead := math.Min(float64(T)*.4, 9+14*math.Max(0, rho-.85))
		for t, open := range in.Open {
			if open == 0 {
				continue
			}
			occupied := .90
			if over := float64(t) - lead + 3; over > 0 {
				occupied = math.Max(.04, .90-.86*over/7)
			}
			for s := range S {
				want := math.Max(0, occupied*(capacity[c][0][t]-held)) * mix[s] * g.uniform(.94, 1.06)
				in.Booked[c][s][t] = int(math.Round(math.Min(want, .55*capable[c][s][t])))
			}
		}
	}
	return share
}

// median of a row over open days.
func (g *city) median(row []float64) float64 {
	var open []float64
	for t, v := range row {
		if g.in.Open[t] == 1 {
			open = append(open, v)
		}
	}
	slices.Sort(open)
	n := len(open)
	return (open[(n-1)/2] + open[n/2]) / 2
}

// Demand by weekday, Monday first: the mean of five days is 1.
var weekdayPeak = [7]float64{1.35, 1.2, 1.1, 1.05, .95, .3, .3}

// demand by the citizens' district; a quarter accepts any centre. Passports swell
// by 45 % and identity cards by 10 % before the holidays.
func (g *city) demand(load float64, share []float64) {
	in := g.in
	R, S, T := len(in.Districts), len(in.Skills), in.Horizon
	present, open, week := 0.0, 0.0, 0.0
	for e := range in.Avail {
		for _, m := range in.Avail[e] {
			present += float64(m)
		}
	}
	for _, o := range in.Open {
		open += float64(o)
	}
	for _, w := range weekdayPeak {
		week += w / 5
	}
	daily := present / open * .88 * load
	in.DemandOwn, in.DemandAny = whole(R, S, T), whole(1, S, T)[0]
	for s := range S {
		swell := [...]float64{.10, .45, 0, 0, 0}[s]
		for t := range T {
			wave := 1 + swell*math.Exp(-math.Pow((float64(t)-.45*float64(T))/(.18*float64(T)), 2))
			anywhere := 0.0
			for r := range R {
				m := daily * share[r] * skillShare[s] * weekdayPeak[t%7] / week * wave * math.Exp(.08*g.NormFloat64())
				in.DemandOwn[r][s][t] = int(math.Round(.75 * m))
				anywhere += .25 * m
			}
			in.DemandAny[s][t] = int(math.Round(anywhere))
		}
	}
}

func whole(a, b, c int) [][][]int {
	out := make([][][]int, a)
	for i := range out {
		out[i] = make([][]int, b)
		for j := range out[i] {
			out[i][j] = make([]int, c)
		}
	}
	return out
}

func cube(a, b, c int) [][][]float64 {
	out := make([][][]float64, a)
	for i := range out {
		out[i] = make([][]float64, b)
		for j := range out[i] {
			out[i][j] = make([]float64, c)
		}
	}
	return out
}
