package planning

import (
	"container/heap"
	"maps"
	"slices"
)

// Options bound a search. Work counts changes priced exactly (0: no bound);
// Expired, when set, is asked between them. Seed breaks ties.
type Options struct {
	Seed    int64
	Work    int
	Expired func() bool
}

// Damage names where a plan was hurt: Replan moves people to these centres on
// these days only, and by Heads no more than were lost.
type Damage struct {
	Days    []int
	Centres []int
	// Heads, when set, bounds how many people may be sent to a place; a place
	// that it does not name gets nobody.
	Heads map[Spot]int
}

// Spot is a centre on a day.
type Spot struct{ Centre, Day int }

// Move is one change of the plan, alone.
type Move struct {
	Employee, Day, From, To int
	// TravelMinutes one way from home.
	TravelMinutes int
	// Gain in points when it was made, and by part (positive is better).
	Gain  float64
	Split Parts
}

// Unsolved is a need that no move mends.
type Unsolved struct {
	Centre, Day int
	Minutes     int // booked and uncovered
	Heads       int // below the minimum
	Points      float64
	// Rule is the hard rule that stands in the way most often; "heads" when as
	// many were sent as were lost, "price" when
	// every allowed move costs more than it mends, "nobody" when nobody is
	// present elsewhere.
	Rule string
}

// Solution is a plan with what led to it.
type Solution struct {
	Plan     Plan
	Before   Result // of the plan begun with
	Result   Result
	Moves    []Move
	Unsolved []Unsolved
	// Tries counts changes that were priced exactly.
	Tries int
}

// Solve looks for a better plan from the previous one, everywhere.
func Solve(in *Instance, opt Options) (Solution, error) {
	if err := in.Validate(); err != nil {
		return Solution{}, err
	}
	days, centres := make([]int, in.Horizon), make([]int, len(in.Centres))
	for t := range days {
		days[t] = t
	}
	for c := range centres {
		centres[c] = c
	}
	begin := in.Previous()
	return search(newBoard(in, begin), begin, Damage{Days: days, Centres: centres}, opt, true), nil
}

// Replan mends a damage of a plan. The instance is taken as valid; the plan's
// shape is checked.
func Replan(in *Instance, previous Plan, d Damage, opt Options) (Solution, error) {
	if err := in.checkPlan(previous); err != nil {
		return Solution{}, err
	}
	if err := in.checkDamage(d); err != nil {
		return Solution{}, err
	}
	return search(newBoard(in, previous), previous, d, opt, false), nil
}

func (in *Instance) checkDamage(d Damage) error {
	c := &check{}
	for i, t := range d.Days {
		c.index("damage.days["+itoa(i)+"]", t, in.Horizon, "day")
	}
	for i, k := range d.Centres {
		c.index("damage.centres["+itoa(i)+"]", k, len(in.Centres), "centre")
	}
	return c.err
}

// candidate is a step with its estimated gain.
type candidate struct {
	step
	est float64
}

// front is one day's best candidates, as of a version of the board.
type front struct {
	day, version int
	best         []candidate
}

func (f *front) est() float64 {
	if len(f.best) == 0 {
		return 0
	}
	return f.best[0].est
}

type fronts []*front

func (h fronts) Len() int { return len(h) }
func (h fronts) Less(i, j int) bool {
	if h[i].est() != h[j].est() {
		return h[i].est() > h[j].est()
	}
	return h[i].day < h[j].day
}
func (h fronts) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *fronts) Push(x any)   { *h = append(*h, x.(*front)) }
func (h *fronts) Pop() any {
	n := len(*h) - 1
	x := (*h)[n]
	*h = (*h)[:n]
	return x
}

const (
	width   = 3    // candidates of a day that are priced exactly
	minGain = 1e-6 // points; below it is rounding
)

type searcher struct {
	*board
	opt     Options
	centres []int
	quota   map[Spot]int // left of Damage.Heads, nil for no bound
	near    [][]int      // employees who may work at each centre
	total   []int        // days away per employee
	version int
	tries   int
	strict  bool // only moves that cover what is booked or a missing head
}

// search moves people on a board while that gains. With anew it looks at the
// end, whether other walk-in reserves given up suit the plan found better.
func search(b *board, begin Plan, d Damage, opt Options, anew bool) Solution {
	in := b.in
	out := Solution{Before: b.result()}
	s := &searcher{board: b, opt: opt, centres: d.Centres, near: nearby(in), total: make([]int, len(in.Staff)), quota: maps.Clone(d.Heads)}
	for e := range s.away {
		for _, n := range s.away[e] {
			s.total[e] += n
		}
	}
	if !anew {
		// What is booked comes before every lead time, whatever the prices.
		s.strict = true
		out.Moves = s.descend(d.Days, out.Moves)
		s.strict = false
	}
	out.Moves = s.descend(d.Days, out.Moves)
	out.Tries, out.Plan = s.tries, Plan{s.x}
	out.Unsolved = s.unsolved(d)
	end := layBoard(in, out.Plan, s.released)
	if anew {
		if b := newBoard(in, out.Plan); b.points() < end.points() {
			end = b
		}
	}
	out.Result = end.result()
	if out.Result.Objective >= out.Before.Objective && len(out.Moves) > 0 {
		// The whole, priced anew, gains nothing: leave things as they are.
		out.Plan, out.Moves, out.Result = in.normal(begin), nil, out.Before
	}
	return out
}

// descend makes the best move of all days until none gains.
func (s *searcher) descend(days []int, made []Move) []Move {
	var h fronts
	for _, t := range days {
		if f := s.explore(t); len(f.best) > 0 {
			h = append(h, f)
		}
	}
	heap.Init(&h)
	for len(h) > 0 && !s.spent() {
		f := heap.Pop(&h).(*front)
		if f.version != s.version {
			// Prices have fallen or risen since: look again before trying.
			if f = s.explore(f.day); len(f.best) == 0 {
				continue
			}
			if len(h) > 0 && f.est() < h[0].est() {
				heap.Push(&h, f)
				continue
			}
		}
		m, ok := s.steepest(f)
		if !ok {
			continue
		}
		s.apply(step{m.Employee, m.Day, m.From, m.To})
		if s.quota != nil {
			s.quota[Spot{m.To, m.Day}]--
		}
		made = append(made, m)
		s.version++
		if f = s.explore(f.day); len(f.best) > 0 {
			heap.Push(&h, f)
		}
	}
	return made
}

func nearby(in *Instance) [][]int {
	near := make([][]int, len(in.Centres))
	for e, s := range in.Staff {
		at := append([]int{s.Home}, s.Reach...)
		for _, p := range in.Prev[e] {
			if p != Nowhere && !slices.Contains(at, p) {
				at = append(at, p)
			}
		}
		slices.Sort(at)
		for _, c := range slices.Compact(at) {
			near[c] = append(near[c], e)
		}
	}
	return near
}

func (s *searcher) spent() bool {
	return s.opt.Work > 0 && s.tries >= s.opt.Work || s.opt.Expired != nil && s.opt.Expired()
}

// explore estimates every allowed move to the day's needy centres and keeps the
// best few.
func (s *searcher) explore(t int) *front {
	f := &front{day: t, version: s.version}
	for _, c := range s.centres {
		if !s.in.OpenOn(c, t) || s.quota != nil && s.quota[Spot{c, t}] <= 0 {
			continue
		}
		i := c*s.T + t
		r := s.in.Centres[c].District
		worth := slices.Max(s.worth[(t*s.chains.R+r)*s.S : (t*s.chains.R+r+1)*s.S])
		for _, e := range s.near[c] {
			m := step{e, t, s.x[e][t], c}
			if m.from == Nowhere || m.from == c {
				continue
			}
			people := s.person(e, t, m.from) - s.person(e, t, c)
			// No minute can gain more than all that is lost here and waits.
			if s.cells[i].points()+worth*float64(s.in.Avail[e][t])+people <= minGain || s.strict && s.cells[i].urgent() == 0 {
				continue
			}
			est, covers := s.estimate(m)
			if est += people; est <= minGain || s.strict && covers <= minGain || s.forbids(m) != "" {
				continue
			}
			f.best = append(f.best, candidate{m, est})
		}
	}
	slices.SortFunc(f.best, func(a, b candidate) int {
		switch {
		case a.est-b.est > 1e-9:
			return -1
		case b.est-a.est > 1e-9:
			return 1
		case s.total[a.e] != s.total[b.e]:
			return s.total[a.e] - s.total[b.e]
		case a.e != b.e:
			return s.rank(a.e) - s.rank(b.e)
		}
		return a.to - b.to
	})
	// Persons alike in every way that counts give the same gain: try one.
	f.best = slices.CompactFunc(f.best, func(a, b candidate) bool {
		return a.from == b.from && a.to == b.to && s.profile[a.e] == s.profile[b.e] &&
			s.in.Staff[a.e].Home == s.in.Staff[b.e].Home && s.in.Avail[a.e][a.t] == s.in.Avail[b.e][b.t]
	})
	f.best = slices.Clip(f.best[:min(width, len(f.best))])
	return f
}

// rank orders employees by a seed, so that no one is always the first.
func (s *searcher) rank(e int) int {
	n := len(s.in.Staff)
	return (e + int(uint64(s.opt.Seed)%uint64(n))) % n
}

// estimate is the gain of a move without serving the queues anew, and how much
// of it covers what is booked and missing heads.
func (s *searcher) estimate(m step) (gain, covers float64) {
	i, j := m.from*s.T+m.t, m.to*s.T+m.t
	full := len(s.f1) - 1
	giver, taker := s.without(m), s.with(m)
	covers = s.cells[i].urgent() - giver.urgent() + s.cells[j].urgent() - taker.urgent()
	gain = s.cells[i].points() - giver.points() + s.cells[j].points() - taker.points()
	gain += s.price(m.from, m) * float64(s.f1[full]-s.free[i][full])
	gain += s.price(m.to, m) * float64(s.f2[full]-s.free[j][full])
	return gain, covers
}

// price is the worth of a minute of this person in a centre's district.
func (s *searcher) price(c int, m step) float64 {
	best, r := 0.0, s.in.Centres[c].District
	for _, k := range s.in.Staff[m.e].Skills {
		best = max(best, s.worth[(m.t*s.chains.R+r)*s.S+k])
	}
	return best
}

// steepest prices a day's candidates exactly and returns the best that gains.
func (s *searcher) steepest(f *front) (Move, bool) {
	var best Move
	for _, c := range f.best {
		if s.spent() {
			break
		}
		if m := s.exact(c.step); m.Gain > minGain && m.Gain > best.Gain {
			best = m
		}
	}
	return best, best.Gain > 0
}

// exact prices a move with the queues served anew.
func (s *searcher) exact(m step) Move {
	s.tries++
	i, j := m.from*s.T+m.t, m.to*s.T+m.t
	giver, taker := s.without(m), s.with(m)
	s.shift(m, +1)
	s.chains.pass(s.trial, s.run, m.t, s.capacity)
	s.shift(m, -1)
	b0, g0, f0 := s.late(s.run)
	b1, g1, f1 := s.late(s.trial)
	home := s.in.Staff[m.e].Home
	move := func(c int) float64 {
		if c == home {
			return 0
		}
		return s.in.Weights.Move + s.in.Weights.TravelMinute*float64(s.in.Travel[home][c])
	}
	out := Move{Employee: m.e, Day: m.t, From: m.from, To: m.to, TravelMinutes: s.in.Travel[home][m.to]}
	out.Split = Parts{
		Uncovered:   s.cells[i].uncovered + s.cells[j].uncovered - giver.uncovered - taker.uncovered,
		Walkin:      s.cells[i].walkin + s.cells[j].walkin - giver.walkin - taker.walkin,
		MissingHead: s.cells[i].heads + s.cells[j].heads - giver.heads - taker.heads,
		Breach:      b0 - b1, Goal: g0 - g1, Fairness: f0 - f1,
		Move: move(m.from) - move(m.to),
	}
	out.Split.Change = s.person(m.e, m.t, m.from) - s.person(m.e, m.t, m.to) - out.Split.Move
	out.Gain = out.Split.Sum()
	return out
}

// shift adds (or takes back) the difference that b.f1 and b.f2 make to the
// districts of a move.
func (b *board) shift(m step, sign int32) {
	a := b.district[m.t*b.chains.R+b.in.Centres[m.from].District]
	for u := range a {
		a[u] += sign * (b.f1[u] - b.free[m.from*b.T+m.t][u])
	}
	a = b.district[m.t*b.chains.R+b.in.Centres[m.to].District]
	for u := range a {
		a[u] += sign * (b.f2[u] - b.free[m.to*b.T+m.t][u])
	}
}

// apply makes a move.
func (s *searcher) apply(m step) {
	i, j := m.from*s.T+m.t, m.to*s.T+m.t
	giver, taker := s.without(m), s.with(m)
	s.shift(m, +1)
	s.local += giver.points() + taker.points() - s.cells[i].points() - s.cells[j].points()
	s.people += s.person(m.e, m.t, m.to) - s.person(m.e, m.t, m.from)
	s.cells[i], s.cells[j] = giver, taker
	copy(s.free[i], s.f1)
	copy(s.free[j], s.f2)
	p, a := s.profile[m.e], int32(s.in.Avail[m.e][m.t])
	s.minutes[i][p] -= a
	s.minutes[j][p] += a
	s.heads[i]--
	s.heads[j]++
	home := s.in.Staff[m.e].Home
	if m.from != home {
		s.away[m.e][s.week(m.t)]--
		s.total[m.e]--
	}
	if m.to != home {
		s.away[m.e][s.week(m.t)]++
		s.total[m.e]++
	}
	s.x[m.e][m.t] = m.to
	s.moved(m)
	s.refresh(m.t)
}
