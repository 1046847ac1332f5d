package forecast

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
)

// Low and High are the quantiles of the band's edges.
const (
	Low  = .1
	High = .9
)

// Question is what is known today. Groups are service groups; days count from
// today, 0.
type Question struct {
	// Days to forecast, and Horizon within which appointments can be booked.
	Days, Horizon, MinLead int
	// Minutes of one appointment, by group.
	Minutes []float64
	// Supply of each district over Days + Horizon days.
	Supply []Supply
	// Own are expected minutes that want the own district, [district][group][day];
	// Any those that take any, [group][day].
	Own [][][]float64
	Any [][]float64
	// Dispersion of requests, as in demand.Settings. Beyond, where it is given, holds
	// instead, [district][group][day]: V of the variance mean + V·mean² of the requests
	// up to a day, together. Nil rows are by Dispersion.
	Dispersion float64
	Beyond     [][][]float64
	// Sickness is the share of each district's time that is expected to be lost, 0 to
	// 1; AnySickness that of the city.
	Sickness    []float64
	AnySickness float64
	// Earliest is the share of requests that take the earliest appointment, 0 to 1,
	// by district; the others choose within the next Choice days that can be booked.
	// AnyEarliest is that of those who take any district. Without Choice all take
	// the earliest.
	Earliest    []float64
	AnyEarliest float64
	Choice      int
}

// Together is the supply of several districts as if they were one: of all groups,
// by day.
func Together(all []Supply) (sum Supply) {
	for _, s := range all {
		for t := range s.Offered {
			if t == len(sum.Offered) {
				sum.Offered, sum.Left = append(sum.Offered, 0), append(sum.Left, 0)
			}
			sum.Offered[t], sum.Left[t] = sum.Offered[t]+s.Offered[t], sum.Left[t]+s.Left[t]
		}
	}
	return sum
}

// near are the days by which TakeEarliest judges.
const near = 3

// TakeEarliest estimates the share of requests that take the earliest appointment
// from what is booked: where all did, the next days would be full before any of the
// later ones was touched; where the next days are no fuller than the others, people
// choose. It is how much of what the days to choose from have left is gone from the
// first three open ones:
//
//	(fill of the first three − fill of all) / (1 − fill of all), 0 to 1.
func (s Supply) TakeEarliest(minLead, choice int) float64 {
	var first, all, firstLeft, allLeft float64
	open := 0
	for t := minLead; t < min(minLead+choice, len(s.Offered)); t++ {
		if s.Offered[t] <= 0 {
			continue
		}
		if open++; open <= near {
			first, firstLeft = first+s.Offered[t], firstLeft+s.Left[t]
		}
		all, allLeft = all+s.Offered[t], allLeft+s.Left[t]
	}
	if all <= 0 || allLeft <= 0 {
		return 1
	}
	return max(0, min(1, 1-firstLeft/first*all/allLeft))
}

// Band is the lead time of one district and group, by day; -1: nothing on offer.
type Band struct{ Low, Middle, High []int }

// Ahead forecasts each district's groups: [district][group].
func Ahead(q Question) [][]Band {
	out := make([][]Band, len(q.Supply))
	for d := range out {
		out[d] = make([]Band, len(q.Minutes))
	}
	each := func(quantile float64, to func(*Band) *[]int) {
		for d, groups := range q.run(quantile) {
			for g, lead := range groups {
				*to(&out[d][g]) = lead
			}
		}
	}
	each(Low, func(b *Band) *[]int { return &b.Low })
	each(.5, func(b *Band) *[]int { return &b.Middle })
	each(High, func(b *Band) *[]int { return &b.High })
	return out
}

// Worst is the band of the longest lead time of several.
func Worst(all []Band, of func(group int) bool) Band {
	var w Band
	for g, b := range all {
		if !of(g) {
			continue
		}
		if w.Low == nil {
			w = Band{slices.Clone(b.Low), slices.Clone(b.Middle), slices.Clone(b.High)}
			continue
		}
		for _, x := range []struct{ to, from []int }{{w.Low, b.Low}, {w.Middle, b.Middle}, {w.High, b.High}} {
			for t := range x.to {
				x.to[t] = Longer(x.to[t], x.from[t])
			}
		}
	}
	return w
}

// Longer of two lead times: -1, nothing on offer, is the longest.
func Longer(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return max(a, b)
}

// path is how many appointments are asked for on each day, so that their sum up to
// any day is at the quantile.
func path(minutes []float64, each float64, dispersion func(t int, mean float64) float64, quantile, sickness float64, days int) []float64 {
	out := make([]float64, days)
	mean, before := 0.0, 0.0
	for t := range out {
		mean += minutes[t] / each / (1 - sickness)
		now := max(before, demand.Count(mean, dispersion(t, mean), quantile))
		out[t], before = now-before, now
	}
	return out
}

func (q Question) beyond(d, g int) []float64 {
	if d < len(q.Beyond) && g < len(q.Beyond[d]) {
		return q.Beyond[d][g]
	}
	return nil
}

// dispersion of the sum up to a day: its variance against its mean.
func (q Question) dispersion(beyond []float64) func(t int, mean float64) float64 {
	return func(t int, mean float64) float64 {
		if t < len(beyond) {
			return 1 + beyond[t]*mean
		}
		return q.Dispersion
	}
}

// common is Beyond of those who take any district. Districts are taken to be off alike,
// by what they ask for themselves; nil where not all are known.
func (q Question) common(g int) []float64 {
	out, own := make([]float64, q.Days), make([]float64, len(q.Own))
	for t := range out {
		off, sum := 0.0, 0.0
		for d := range q.Own {
			own[d] += q.Own[d][g][t]
			v := q.beyond(d, g)
			if own[d] > 0 && t >= len(v) {
				return nil
			}
			if own[d] > 0 {
				off, sum = off+math.Sqrt(v[t])*own[d], sum+own[d]
			}
		}
		if sum > 0 {
			out[t] = (off / sum) * (off / sum)
		}
	}
	return out
}

// run books one path of requests and answers lead times, [district][group][day].
func (q Question) run(quantile float64) [][][]int {
	sickness := func(d int) float64 {
		switch {
		case quantile < .5 || d >= len(q.Sickness):
			return 0
		case d < 0:
			return q.AnySickness
		}
		return q.Sickness[d]
	}
	s := state{q: q, left: make([][]float64, len(q.Supply)), free: make([][][]float64, len(q.Supply))}
	own, any := make([][][]float64, len(q.Supply)), make([][]float64, len(q.Minutes))
	lead := make([][][]int, len(q.Supply))
	for d, x := range q.Supply {
		s.all = append(s.all, d)
		s.left[d], s.free[d] = slices.Clone(x.Left), make([][]float64, len(q.Minutes))
		own[d], lead[d] = make([][]float64, len(q.Minutes)), make([][]int, len(q.Minutes))
		for g := range q.Minutes {
			s.free[d][g] = slices.Clone(x.Free[g])
			own[d][g] = path(q.Own[d][g], q.Minutes[g], q.dispersion(q.beyond(d, g)), quantile, sickness(d), q.Days)
			lead[d][g] = make([]int, q.Days)
		}
	}
	for g := range q.Minutes {
		any[g] = path(q.Any[g], q.Minutes[g], q.dispersion(q.common(g)), quantile, sickness(-1), q.Days)
	}
	for t := range q.Days {
		for d := range q.Supply {
			for g := range q.Minutes {
				lead[d][g][t] = s.third(d, g, t)
			}
		}
		// Who finds nothing asks again the next day, before those who come then.
		again := t + 1
		for g := range q.Minutes {
			for d := range q.Supply {
				if left := s.book(d, g, t, own[d][g][t]); again < q.Days {
					own[d][g][again] += left
				}
			}
			if left := s.bookAny(g, t, any[g][t]); again < q.Days {
				any[g][again] += left
			}
		}
	}
	return lead
}

// state is what is left.
type state struct {
	q    Question
	all  []int         // districts
	left [][]float64   // minutes, [district][day]
	free [][][]float64 // appointments, [district][group][day]
}

func (s *state) available(d, g, t int) float64 {
	return max(0, min(s.free[d][g][t], s.left[d][t]/s.q.Minutes[g]))
}

func (s *state) take(d, g, t int, n float64) {
	s.free[d][g][t] -= n
	s.left[d][t] -= n * s.q.Minutes[g]
}

// third is the lead time on a day, in whole appointments: leadtime.ThirdNext of
// what is left from then on.
func (s *state) third(d, g, t int) int {
	sum := 0
	for u := s.q.MinLead; u < s.q.Horizon; u++ {
		if sum += int(math.Floor(s.available(d, g, t+u) + 1e-9)); sum >= 3 {
			return u
		}
	}
	return -1
}

// book takes n appointments in one district, and answers how many found none.
func (s *state) book(d, g, t int, n float64) float64 {
	from := t + s.q.MinLead
	choose := 0.0
	if s.q.Choice > 0 {
		n, choose = n*s.q.Earliest[d], n*(1-s.q.Earliest[d])
	}
	n += s.spread([]int{d}, g, from, choose)
	for u := from; u < t+s.q.Horizon && n > 0; u++ {
		took := min(n, s.available(d, g, u))
		s.take(d, g, u, took)
		n -= took
	}
	return n
}

// bookAny takes them wherever they are earliest, from districts in proportion to
// what they have.
func (s *state) bookAny(g, t int, n float64) float64 {
	from := t + s.q.MinLead
	choose := 0.0
	if s.q.Choice > 0 {
		n, choose = n*s.q.AnyEarliest, n*(1-s.q.AnyEarliest)
	}
	n += s.spread(s.all, g, from, choose)
	for u := from; u < t+s.q.Horizon && n > 1e-9; u++ {
		n = s.proportion(s.all, g, u, u+1, n)
	}
	return n
}

// spread books those who choose, in proportion to what is there within their
// days; it answers how many found none there, who then take what is earliest.
func (s *state) spread(districts []int, g, from int, n float64) float64 {
	return s.proportion(districts, g, from, from+min(s.q.Choice, s.q.Horizon-s.q.MinLead), n)
}

// proportion takes n from days [from, until) of districts in proportion to what
// is available there, and answers what is left of n.
func (s *state) proportion(districts []int, g, from, until int, n float64) float64 {
	if n <= 1e-9 {
		return n
	}
	sum := 0.0
	for u := from; u < until; u++ {
		for _, d := range districts {
			sum += s.available(d, g, u)
		}
	}
	if sum <= 0 {
		return n
	}
	share := min(1, n/sum)
	for u := from; u < until; u++ {
		for _, d := range districts {
			s.take(d, g, u, share*s.available(d, g, u))
		}
	}
	return n - share*sum
}
