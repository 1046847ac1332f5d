package flow

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Unit is how many units of cost make a point.
const Unit = 1e9

// none stands for a node that does not exist.
const none = -1

// Network is the mix of services of one staffing as a min-cost flow. It stays
// warm: Move changes the staffing by one person-day and re-optimises.
type Network struct {
	In *planning.Instance
	// Kinds are the distinct sets of skills, as bit sets in rising order, and
	// Kind[e] is the one of employee e.
	Kinds []uint32
	Kind  []int

	// Stop, if set, may end OptimiseFair a little before its tolerance is reached.
	Stop func() bool

	R, C, S, T, K int
	book          *rule.Book // of In, once it is needed
	g             *mincostflow.Network
	outside       int
	staff         []int32 // (c·K+k)·T+t
	need          []int32 // (c·S+s)·T+t
	open          []int32 // (r·S+s)·T+t
	chains        []chain
	lost          []lost
	lostAt        []int32 // ((c·S+s)·T+t)·2, +1 for walk-in: index in lost
	idle          []int32 // arc of a staff node, same index
	late          []lateArc
	constGoal     float64   // points that no flow changes
	constBreach   float64   // likewise
	constLate     []float64 // slot-days late of own chains whatever one does
	norm          []float64 // fairness: points per slot-day at multiplier 1
	multiplier    []float64
	serve         []int32 // arc from district to own chain, index as open
	shifts        []mincostflow.Shift
	offer         []int32              // arc from a need to its district's offer, index as need
	pooled        []tied               // arcs that tie districts together, until they are laid
	tied          []int32              // arc from district to the chain of those who accept any centre, index as open
	delta         []int64              // by node: supply to be given from outside
	touched       []int32              // nodes with a delta
	fresh         bool                 // large, and without a basis
	byRegions     int64                // pivots made region by region
	stop          func(nodes int) bool // of a first mix, told how large the network at work is
}

// lost is an arc on which booked or walk-in minutes go unserved.
type lost struct {
	arc     int32
	booked  bool
	c, s, t int32
}

// tied is an arc from what a district offers, an index of open, to the chain of those
// who accept any centre.
type tied struct{ open, node int32 }

// New builds the network of an instance, without staff.
func New(in *planning.Instance) (*Network, error) {
	w := &Network{In: in, R: len(in.Districts), C: len(in.Centres), S: len(in.Skills), T: in.Horizon}
	w.kinds()
	w.layout()
	w.arcs()
	w.norms()
	w.fresh = w.Large()
	return w, nil
}

func (w *Network) kinds() {
	w.Kind = make([]int, len(w.In.Staff))
	mask := func(e int) (m uint32) {
		for _, s := range w.In.Staff[e].Skills {
			m |= 1 << s
		}
		return m
	}
	for e := range w.In.Staff {
		if m := mask(e); !slices.Contains(w.Kinds, m) {
			w.Kinds = append(w.Kinds, m)
		}
	}
	slices.Sort(w.Kinds)
	for e := range w.In.Staff {
		w.Kind[e] = slices.Index(w.Kinds, mask(e))
	}
	w.K = len(w.Kinds)
}

// Reachable calls f for every centre an employee may work at on a day under the
// rules of reach and notice, the previous place included, each once.
func (w *Network) Reachable(e, t int, f func(c int)) {
	in := w.In
	s := &in.Staff[e]
	prev := in.Prev[e][t]
	at := prev
	if at == planning.Nowhere {
		at = s.Home
	}
	if slices.Contains(s.FixedDays, t) {
		f(at)
		return
	}
	if t < in.Today+Notice(in, e) || s.Deployable != nil && !*s.Deployable {
		f(at)
		if at != s.Home && t >= in.Today+Notice(in, e) {
			f(s.Home)
		}
		return
	}
	seenHome, seenPrev := false, false
	for i, c := range s.Reach {
		if slices.Contains(s.Reach[:i], c) {
			continue
		}
		seenHome = seenHome || c == s.Home
		seenPrev = seenPrev || c == at
		f(c)
	}
	if !seenHome {
		f(s.Home)
	}
	if !seenPrev && at != s.Home {
		f(at)
	}
}

// Notice is how many days ahead an employee must know of a move.
func Notice(in *planning.Instance, e int) int {
	s := &in.Staff[e]
	switch {
	case s.NoticeDays != nil:
		return *s.NoticeDays
	case s.Mobile || s.Volunteer:
		return 0
	}
	return in.NoticeDays
}

func (w *Network) layout() {
	in, n := w.In, 0
	add := func() int32 { n++; return int32(n - 1) }
	fill := func(size int) []int32 {
		a := make([]int32, size)
		for i := range a {
			a[i] = none
		}
		return a
	}
	w.outside = int(add())
	w.staff, w.need, w.open = fill(w.C*w.K*w.T), fill(w.C*w.S*w.T), fill(w.R*w.S*w.T)
	// Also of those who are absent: they may come back.
	present := make([]bool, w.C*w.K)
	for e := range in.Staff {
		present[in.Staff[e].Home*w.K+w.Kind[e]] = true
		for _, c := range in.Staff[e].Reach {
			present[c*w.K+w.Kind[e]] = true
		}
		for _, c := range in.Prev[e] {
			if c != planning.Nowhere {
				present[c*w.K+w.Kind[e]] = true
			}
		}
	}
	for t := range w.T {
		for c := range w.C {
			if !in.OpenOn(c, t) {
				continue
			}
			for k := range w.K {
				if present[c*w.K+k] {
					w.staff[(c*w.K+k)*w.T+t] = add()
				}
			}
			for s := range w.S {
				w.need[(c*w.S+s)*w.T+t] = add()
				if i := (in.Centres[c].District*w.S+s)*w.T + t; t >= in.MinLeadDays && w.open[i] == none {
					w.open[i] = add()
				}
			}
		}
	}
	for i := range (w.R + 1) * w.S {
		q := chain{district: i / w.S, skill: i % w.S}
		if q.district == w.R {
			q.district = none
		}
		for t := range w.T {
			serves := false
			for r := range w.R {
				if q.district == none || q.district == r {
					serves = serves || w.open[(r*w.S+q.skill)*w.T+t] != none
				}
			}
			if serves {
				q.days = append(q.days, t)
				q.nodes = append(q.nodes, add())
			}
		}
		w.chains = append(w.chains, q)
	}
	w.g = mincostflow.New(n)
}

// cost rounds points per minute.
func cost(points float64) int64 { return int64(points*Unit + .5) }

func (w *Network) arcs() {
	in, g := w.In, w.g
	w.idle, w.serve = make([]int32, len(w.staff)), make([]int32, len(w.open))
	w.offer, w.tied = make([]int32, len(w.need)), make([]int32, len(w.open))
	w.lostAt = make([]int32, 2*len(w.need))
	for i := range w.lostAt {
		w.lostAt[i] = none
	}
	outside := int64(0)
	for t := range w.T {
		for c := range w.C {
			for k := range w.K {
				i := (c*w.K+k)*w.T + t
				if w.staff[i] == none {
					continue
				}
				for m := w.Kinds[k]; m != 0; m &= m - 1 {
					s := bits.TrailingZeros32(m)
					g.AddArc(int(w.staff[i]), int(w.need[(c*w.S+s)*w.T+t]), mincostflow.Infinite, 0)
				}
				w.idle[i] = int32(g.AddArc(int(w.staff[i]), w.outside, mincostflow.Infinite, 0))
			}
			for s := range w.S {
				v := int(w.need[(c*w.S+s)*w.T+t])
				if v == none {
					continue
				}
				booked, walkin := int64(in.Booked[c][s][t]), int64(in.Walkin[c][s][t])
				g.SetSupply(v, -booked-walkin)
				outside += booked + walkin
				w.loseUpTo(c, s, t, true, booked)
				w.loseUpTo(c, s, t, false, walkin)
				if o := w.open[(in.Centres[c].District*w.S+s)*w.T+t]; o != none {
					w.offer[(c*w.S+s)*w.T+t] = int32(g.AddArc(v, int(o), mincostflow.Infinite, 0))
				}
			}
		}
	}
	for i := range w.chains {
		outside += w.chainArcs(&w.chains[i])
	}
	g.SetSupply(w.outside, outside)
	w.sumFixed()
}

// loseUpTo lets booked or walk-in minutes go unserved, at their price.
func (w *Network) loseUpTo(c, s, t int, booked bool, minutes int64) {
	in, i, points := w.In, ((c*w.S+s)*w.T+t)*2, w.In.Weights.UncoveredSlot
	if !booked {
		i, points = i+1, in.WalkinPrice(s, t)
	}
	if at := w.lostAt[i]; at != none {
		w.g.SetCapacity(int(w.lost[at].arc), minutes)
	} else if minutes > 0 {
		a := w.g.AddArc(w.outside, int(w.need[(c*w.S+s)*w.T+t]), minutes, cost(points/in.SlotMinutes[s]))
		w.lostAt[i] = int32(len(w.lost))
		w.lost = append(w.lost, lost{int32(a), booked, int32(c), int32(s), int32(t)})
	}
}

// norms are the weights of the fairness term: the largest of these sums over a
// district's own slot-days late counts.
func (w *Network) norms() {
	in := w.In
	w.norm, w.multiplier = make([]float64, w.R), make([]float64, w.R)
	all := 0.0
	for r := range w.R {
		for s := range w.S {
			for _, m := range in.DemandOwn[r][s] {
				w.norm[r] += float64(m) / in.SlotMinutes[s]
			}
		}
		all += w.norm[r]
	}
	for r, n := range w.norm {
		if n > 0 {
			w.norm[r] = in.Weights.Fairness * all / (float64(w.R) * n)
		}
	}
	w.SetMultipliers(w.multiplier)
}

// SetMultipliers prices the slot-days late of each district's own citizens by
// the fairness term times its multiplier. Multipliers of sum 1 make the
// objective a lower bound of the one with the maximum over districts.
func (w *Network) SetMultipliers(m []float64) {
	copy(w.multiplier, m)
	for _, l := range w.late {
		points := l.short(&w.In.Weights) + l.breach(&w.In.Weights)
		if l.district != none {
			points += float64(l.promise) * w.norm[l.district] * w.multiplier[l.district]
		}
		w.g.SetCost(int(l.arc), cost(points/w.In.SlotMinutes[l.skill]))
	}
}

// Multipliers are the present ones.
func (w *Network) Multipliers() []float64 { return slices.Clone(w.multiplier) }

// node of a person-day at a centre, or outside where it serves nothing.
func (w *Network) place(e, c, t int) int {
	if c != planning.Nowhere {
		if v := w.staff[(c*w.K+w.Kind[e])*w.T+t]; v != none {
			return int(v)
		}
	}
	return w.outside
}

// Staff sets the supplies of a whole staffing; the next Optimise is cold.
func (w *Network) Staff(x [][]int) {
	total := w.g.Supply(w.outside)
	for _, v := range w.staff {
		if v != none {
			total += w.g.Supply(int(v))
			w.g.SetSupply(int(v), 0)
		}
	}
	w.g.SetSupply(w.outside, total)
	for e := range x {
		for t, c := range x[e] {
			if v := w.place(e, c, t); v != w.outside {
				m := int64(w.In.Avail[e][t])
				w.g.SetSupply(v, w.g.Supply(v)+m)
				total -= m
			}
		}
	}
	w.g.SetSupply(w.outside, total)
	w.fresh = w.Large()
}

// Optimise finds the best mix. The first time it does so district by district
// before those who accept any centre tie the districts together, or region by
// region where there are many: trees, and with them pivots, stay small for the
// most part.
func (w *Network) Optimise() error {
	if w.fresh {
		if err := w.byRegion(); err != nil {
			return fmt.Errorf("mix of services: %w", err)
		}
	}
	if w.pooled != nil {
		if err := w.g.Solve(0); err != nil {
			return fmt.Errorf("mix of services: %w", err)
		}
		w.tie()
	}
	if err := w.g.Solve(0); err != nil {
		return fmt.Errorf("mix of services: %w", err)
	}
	return nil
}

// SetStop has every optimisation stop where it stands with mincostflow.ErrStopped
// when it is told so; a state saved before must then be restored. nil ends that.
func (w *Network) SetStop(stop func() bool) {
	w.stop = nil
	if stop != nil {
		w.stop = func(int) bool { return stop() }
	}
	w.g.SetStop(stop)
}

// tie lays the arcs from offers to those who accept any centre.
func (w *Network) tie() {
	for _, a := range w.pooled {
		w.tied[a.open] = int32(w.g.AddArc(int(w.open[a.open]), int(a.node), mincostflow.Infinite, 0))
	}
	w.pooled = nil
}

// Step is a person-day that changes its centre; planning.Nowhere stands for
// absence.
type Step struct{ E, T, From, To int }

// Move changes the staffing and re-optimises.
func (w *Network) Move(steps ...Step) error {
	w.shifts = w.shifts[:0]
	for _, s := range steps {
		w.shifts = append(w.shifts, mincostflow.Shift{From: w.place(s.E, s.From, s.T), To: w.place(s.E, s.To, s.T),
			Amount: int64(w.In.Avail[s.E][s.T])})
	}
	return w.g.MoveSupplies(w.shifts...)
}

// Transferred is minutes of a kind that change their centre on a day.
type Transferred struct{ Kind, Day, From, To, Minutes int }

// MoveMinutes takes minutes to other centres, all at once, and re-optimises; it
// mends what a relaxation left in parts.
func (w *Network) MoveMinutes(all []Transferred) error {
	w.shifts = w.shifts[:0]
	for _, m := range all {
		w.shifts = append(w.shifts, mincostflow.Shift{From: int(w.staff[(m.From*w.K+m.Kind)*w.T+m.Day]),
			To: int(w.staff[(m.To*w.K+m.Kind)*w.T+m.Day]), Amount: int64(m.Minutes)})
	}
	return w.g.MoveSupplies(w.shifts...)
}
