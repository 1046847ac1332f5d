package flow

import (
	"math/bits"
	"slices"
)

// Carry finds the best mix like the first Optimise, from the mix of another network,
// optimised, whose day t+days is this one's day t. The days behind the other's last
// begin like those a week before. Both must have the same centres, skills and
// districts; the better the days agree the less there is to do.
func (w *Network) Carry(old *Network, days int) error {
	w.tie()
	x := &carried{w: w, old: old, days: days, names: w.names(), was: old.names()}
	for _, mask := range w.Kinds {
		x.kinds = append(x.kinds, slices.Index(old.Kinds, mask))
	}
	for _, mask := range old.Kinds {
		x.back = append(x.back, slices.Index(w.Kinds, mask))
	}
	x.fill()
	if err := w.g.Graft(w.outside, x.parent, func(a int) bool { return x.full[a] }); err != nil {
		return err
	}
	w.fresh = false
	return w.Optimise()
}

// carried translates between the days of two networks.
type carried struct {
	w, old      *Network
	days        int
	kinds, back []int  // by kind of w that of old, and back, or none
	names, was  []name // by node of w and of old
	full        []bool // by arc of w
}

// What a node stands for.
const (
	isOutside = iota
	isStaff
	isNeed
	isOpen
	isChain
)

// name tells what a node stands for: row is c·K+k, c·S+s, r·S+s or the chain.
type name struct{ what, row, t int32 }

func (w *Network) names() []name {
	all := make([]name, w.g.Nodes())
	fill := func(what int32, nodes []int32) {
		for i, v := range nodes {
			if v != none {
				all[v] = name{what, int32(i / w.T), int32(i % w.T)}
			}
		}
	}
	fill(isStaff, w.staff)
	fill(isNeed, w.need)
	fill(isOpen, w.open)
	for i := range w.chains {
		for j, v := range w.chains[i].nodes {
			all[v] = name{isChain, int32(i), int32(w.chains[i].days[j])}
		}
	}
	return all
}

// shift is by how much the other network's day for a day of this one lies behind it.
func (x *carried) shift(t int32) int32 {
	from := int(t) + x.days
	for from >= x.old.T {
		from -= 7
	}
	return int32(from) - t
}

// parent is the arc by which a node hangs in the tree if it does so like the other's,
// or none.
func (x *carried) parent(v int) int {
	n, shift := x.names[v], int32(x.days)
	if n.what != isOutside {
		shift = x.shift(n.t)
	}
	was := x.node(n, shift)
	if was == none {
		return none
	}
	a, up := x.old.g.Link(int(was))
	if a < 0 {
		return none
	}
	to := x.was[up]
	to.t -= shift
	if to.what == isStaff {
		k := x.back[int(to.row)%x.old.K]
		if k < 0 {
			return none
		}
		to.row = to.row/int32(x.old.K)*int32(x.w.K) + int32(k)
	}
	if to.what != isOutside && (to.t < 0 || int(to.t) >= x.w.T) {
		return none
	}
	if n.what > to.what {
		n, to = to, n
	}
	return x.arc(n, to, shift, int32(a))
}

// node of the other network that stands for the same, so many days later.
func (x *carried) node(n name, shift int32) int32 {
	t, row := int(n.t+shift), int(n.row)
	if t < 0 || t >= x.old.T {
		return none
	}
	switch n.what {
	case isStaff:
		if k := x.kinds[row%x.w.K]; k >= 0 {
			return x.old.staff[(row/x.w.K*x.old.K+k)*x.old.T+t]
		}
		return none
	case isNeed:
		return x.old.need[row*x.old.T+t]
	case isOpen:
		return x.old.open[row*x.old.T+t]
	case isChain:
		q := &x.old.chains[row]
		if j := slices.Index(q.days, t); j >= 0 {
			return q.nodes[j]
		}
		return none
	}
	return int32(x.old.outside)
}

// arc between two nodes, in the order of what they stand for, that is like arc a of
// the other network, or none.
func (x *carried) arc(n, m name, shift, a int32) int {
	w := x.w
	i, j := n.row*int32(w.T)+n.t, m.row*int32(w.T)+m.t
	switch {
	case m.what == isStaff && w.staff[j] != none:
		return int(w.idle[j])
	case n.what == isStaff && w.staff[i] != none: // in the order of skills, before the idle one
		skill, mask := int(m.row)%w.S, w.Kinds[int(n.row)%w.K]
		return int(w.idle[i]) - bits.OnesCount32(mask>>skill)
	case n.what == isOutside && m.what == isNeed:
		walkin := x.old.lostAt[2*(int(m.row)*x.old.T+int(m.t+shift))+1]
		at := w.lostAt[2*j]
		if walkin != none && x.old.lost[walkin].arc == a {
			at = w.lostAt[2*j+1]
		}
		if at != none {
			return int(w.lost[at].arc)
		}
	case n.what == isNeed && w.need[i] != none:
		return int(w.offer[i])
	case n.what == isOpen && w.open[i] != none && w.chains[m.row].district == none:
		return int(w.tied[i])
	case n.what == isOpen && w.open[i] != none:
		return int(w.serve[i])
	case m.what == isChain:
		for _, day := range [2]name{n, m} {
			if day.what == isChain {
				if l := x.step(int(day.row), int(day.t), shift, a); l != none {
					return l
				}
			}
		}
	}
	return none
}

// step is the arc of a backlog that has the price of the other network's arc a, if
// that is of the backlog after that day.
func (x *carried) step(chain, t int, shift, a int32) int {
	q, was := &x.w.chains[chain], &x.old.chains[chain]
	j, k := slices.Index(q.days, t), slices.Index(was.days, t+int(shift))
	if j < 0 || k < 0 {
		return none
	}
	for _, i := range was.steps[k] {
		if x.old.late[i].arc != a {
			continue
		}
		for _, l := range q.steps[j] {
			if x.w.late[l].overdue == x.old.late[i].overdue {
				return int(x.w.late[l].arc)
			}
		}
	}
	return none
}

// fill finds the arcs that are at their capacity: others have none.
func (x *carried) fill() {
	w, old := x.w, x.old
	x.full = make([]bool, w.g.Arcs())
	for i, at := range w.lostAt {
		row, t := i/2/w.T, i/2%w.T
		if from := t + int(x.shift(int32(t))); at != none && from >= 0 {
			if was := old.lostAt[2*(row*old.T+from)+i%2]; was != none {
				x.full[w.lost[at].arc] = old.g.Full(int(old.lost[was].arc))
			}
		}
	}
	for c := range w.chains {
		q, was := &w.chains[c], &old.chains[c]
		for j, t := range q.days {
			k := slices.Index(was.days, t+int(x.shift(int32(t))))
			if k < 0 {
				continue
			}
			for _, i := range was.steps[k] {
				for _, l := range q.steps[j] {
					if old.late[i].overdue == w.late[l].overdue {
						x.full[w.late[l].arc] = old.g.Full(int(old.late[i].arc))
					}
				}
			}
		}
	}
}
