package suggest

import (
	"cmp"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// bench holds the plan with its best mix, warm, so that changes can be made,
// priced and taken back.
type bench struct {
	Question
	in  *planning.Instance // with Saturdays open, on which nobody is there
	net *flow.Network
	// book has the rules of the instance as it was given.
	book  *rule.Book
	x     [][]int // who serves where
	heads [][]int // c·T+t: who is there
	base  figure
	free  []float64 // multipliers at the base

	tries, most int
	cut         bool // not all was looked at
}

// figure is the price of a mix.
type figure struct {
	parts   planning.Parts
	days    []float64 // slot-days late by skill
	late    float64   // slots late
	bare    []float64 // booked slots uncovered, by skill
	booked  float64   // all of them
	walkin  float64   // walk-in slots given up
	minutes int64     // walk-in minutes given up at the centre and days in question
}

// change is what a suggestion does to the mix.
type change struct {
	give    []flow.Minutes
	release []spot // centres and days that give up their walk-in reserve
	// staff is what changes apart from the mix, in points, a gain above 0.
	staff planning.Parts
}

type spot struct{ c, t int }

func newBench(q Question) (*bench, error) {
	k := &bench{Question: q, in: withSaturdays(q.Instance), book: rule.New(q.Instance)}
	net, err := flow.New(k.in)
	if err != nil {
		return nil, err
	}
	k.net, k.x = net, make([][]int, len(q.Plan.X))
	k.heads = make([][]int, len(k.in.Centres)*k.in.Horizon)
	for e := range k.x {
		k.x[e] = slices.Clone(q.Plan.X[e])
		for t, c := range k.x[e] {
			switch {
			case c == planning.Nowhere:
			case k.in.Avail[e][t] <= 0 || !q.Instance.OpenOn(c, t):
				k.x[e][t] = planning.Nowhere
			default:
				k.heads[c*k.in.Horizon+t] = append(k.heads[c*k.in.Horizon+t], e)
			}
		}
	}
	net.Staff(k.x)
	k.base, err = k.figure(true, nil)
	k.free = net.Multipliers()
	return k, err
}

// withSaturdays opens all centres on Saturdays on which they are closed. Nothing
// is booked or held there, and as long as nobody works there nothing changes.
func withSaturdays(given *planning.Instance) *planning.Instance {
	in := *given
	in.Centres = slices.Clone(given.Centres)
	in.Booked, in.Walkin = slices.Clone(given.Booked), slices.Clone(given.Walkin)
	for c := range in.Centres {
		open := make([]int, in.Horizon)
		booked, walkin := rows(given.Booked[c]), rows(given.Walkin[c])
		for t := range open {
			if given.OpenOn(c, t) {
				open[t] = 1
			} else if saturday(given, t) {
				open[t] = 1
				for s := range booked {
					booked[s][t], walkin[s][t] = 0, 0
				}
			}
		}
		in.Centres[c].Open, in.Booked[c], in.Walkin[c] = open, booked, walkin
	}
	return &in
}

func rows(m [][]int) [][]int {
	out := make([][]int, len(m))
	for i := range m {
		out[i] = slices.Clone(m[i])
	}
	return out
}

// saturday is a Saturday that is no public holiday.
func saturday(in *planning.Instance, t int) bool {
	return (in.Weekday0+t)%7 == 5 && !slices.Contains(in.Holidays, t)
}

// window are the days to look at: after today.
func (k *bench) window() (from, until int) {
	return k.in.Today + 1, min(k.in.Horizon, k.in.Today+1+k.Days)
}

func (k *bench) at(c, t int) []int { return k.heads[c*k.in.Horizon+t] }

// spent tells whether no further try is allowed.
func (k *bench) spent() bool {
	if k.tries >= k.most || k.Stop() {
		k.cut = true
		return true
	}
	return false
}

// figure prices the present mix; exact makes the fairness term exact, else it
// stands at the multipliers of the base, which never makes a mix too dear.
func (k *bench) figure(exact bool, spots []spot) (figure, error) {
	value := 0.0
	if exact {
		fair, err := k.net.OptimiseFair(flow.Tolerance, 200)
		if err != nil {
			return figure{}, err
		}
		value = fair.Upper
	} else {
		if err := k.net.Optimise(); err != nil {
			return figure{}, err
		}
		value = k.net.Objective()
	}
	f := figure{days: make([]float64, len(k.in.Skills)), bare: make([]float64, len(k.in.Skills))}
	f.parts, _ = k.net.Parts()
	slots := func(s int, minutes int64) float64 { return float64(minutes) / k.in.SlotMinutes[s] }
	value -= k.net.WalkinsLost(func(c, s, t int, minutes int64) {
		f.walkin += slots(s, minutes)
		if slices.Contains(spots, spot{c, t}) {
			f.minutes += minutes
		}
	})
	k.net.Uncovered(func(_, s, _ int, minutes int64) {
		f.bare[s] += slots(s, minutes)
		f.booked += slots(s, minutes)
	})
	k.net.Overdue(func(_, s, _ int, minutes, fresh int64) {
		f.days[s] += slots(s, minutes)
		f.late += slots(s, fresh)
	})
	// Where several mixes share the optimum the flow at hand may not be the
	// fairest; the value is known all the same.
	f.parts.Fairness = 0
	f.parts.Fairness = value - f.parts.Sum()
	return f, nil
}

// price makes a change, prices it and takes it back.
func (k *bench) price(c change, exact bool) (figure, error) {
	k.tries++
	if err := k.do(c, 1); err != nil {
		return figure{}, err
	}
	f, err := k.figure(exact, c.release)
	if err != nil {
		return f, err
	}
	if exact {
		k.net.SetMultipliers(k.free)
	}
	return f, k.do(c, -1)
}

func (k *bench) do(c change, sign int) error {
	for _, at := range c.release {
		k.net.HoldWalkins(at.c, at.t, sign < 0)
	}
	if err := k.net.Optimise(); err != nil || c.give == nil {
		return err
	}
	give := slices.Clone(c.give)
	for i := range give {
		give[i].Minutes *= sign
	}
	return k.net.Give(give...)
}

// won fills in what a candidate makes better.
func (k *bench) won(c *candidate, after figure) {
	s, before, staff := &c.Suggestion, k.base, c.staff
	if c.release != nil {
		c.Minutes = int(after.minutes - c.lost)
	}
	s.Parts = before.parts.Minus(after.parts)
	s.Parts.MissingHead += staff.MissingHead
	s.Parts.Move += staff.Move
	s.Parts.Change += staff.Change
	s.Gain = s.Parts.Sum()
	w, days, best := k.in.Weights, 0.0, 1e-6
	s.Skill = -1
	for i := range after.days {
		d := before.days[i] - after.days[i]
		days += d
		if points := d*w.BreachSlotDay + (before.bare[i]-after.bare[i])*w.UncoveredSlot; points > best {
			best, s.Skill = points, i
		}
	}
	if best > 1+s.Parts.Breach+s.Parts.Uncovered { // what one skill wins another one loses
		s.Skill = -1
	}
	s.Wins.LateSlotDays, s.Wins.LateSlots = round(days), round(before.late-after.late)
	s.Wins.Booked, s.Wins.Walkin = round(before.booked-after.booked), round(before.walkin-after.walkin)
}

// round takes the noise of summing off.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// candidate is a suggestion to be priced; bound is what it can gain at most.
type candidate struct {
	Suggestion
	change
	bound float64
	// lost are walk-in minutes given up, where reserve is released, before.
	lost int64
	// better continues with more of the same, nil if there is none.
	more func(n int) (candidate, bool)
}

// best prices candidates, the greatest bound first, until no bound can beat the
// gains found, and answers the best exactly priced.
func (k *bench) best(all []candidate) ([]Suggestion, error) {
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.bound, a.bound) })
	var top []candidate // by gain at the multipliers of the base
	for _, c := range all {
		least := k.LeastGain
		if len(top) == k.PerKind {
			least = max(least, top[len(top)-1].Gain)
		}
		if c.bound < least {
			break
		}
		if k.spent() {
			break
		}
		f, err := k.price(c.change, false)
		if err != nil {
			return nil, err
		}
		k.won(&c, f)
		if c.Gain >= least {
			top = append(top, c)
			slices.SortStableFunc(top, func(a, b candidate) int { return cmp.Compare(b.Gain, a.Gain) })
			top = top[:min(len(top), k.PerKind)]
		}
	}
	var out []Suggestion
	for _, c := range top {
		c, err := k.grow(c)
		if err != nil {
			return nil, err
		}
		f, err := k.price(c.change, true)
		if err != nil {
			return nil, err
		}
		k.won(&c, f)
		if c.Gain >= k.LeastGain {
			out = append(out, c.Suggestion)
		}
	}
	return out, nil
}

// grow takes more of the same as long as each step gains enough by itself.
func (k *bench) grow(c candidate) (candidate, error) {
	for n := 2; c.more != nil; n++ {
		d, ok := c.more(n)
		if !ok || k.spent() {
			break
		}
		f, err := k.price(d.change, false)
		if err != nil {
			return c, err
		}
		k.won(&d, f)
		if d.Gain-c.Gain < k.LeastGain {
			break
		}
		d.more = c.more
		c = d
	}
	return c, nil
}
