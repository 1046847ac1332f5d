package search

import "slices"

// cells price each centre and day on its own: with the worth of a minute on
// offer in each district held fixed, centres do not touch each other, and the
// best mix of one is a greedy over a polymatroid (for every set of skills, the
// minutes served in it are at most those of staff who hold any of them). By
// convexity the sum never exceeds the exact cost of a changed staffing: it is a
// floor, sharper than the one by staff prices and a thousand times cheaper than
// the flow.
type cells struct {
	s            *state
	offer        []int64 // (r·S+skill)·T+t
	needs        [][]need
	stamp        []int32 // by r·T+t: version of needs
	local        []bool  // by r·T+t: whatever is booked or walks in is worth more than what is new
	cost         []int64 // by c·T+t
	known        []int32 // version of cost
	at           int32   // present version
	rank, within []int32 // scratch by set of skills
	sums         []int32 // by (c·T+t) and set of skills: booked and walk-in minutes
	mins         []int   // distinct minutes of person-days
	classes      int     // room for them in memo
	class        []int8  // by e·T+t: index in mins
	memo         []int64 // of by, by ((c·T+t)·K+kind)·classes+class, leaving and arriving
	when         []int32 // version of the cell for which memo holds
	cell         []int32 // version of a cell, by c·T+t; grows with every change
	clock        int32
	there        [][]int32 // by c·T+t: person-days i present
	where        []int32   // by i: index in there
	pool         []step    // steps that a walk draws from, by person-day
	pools        []pooled  // by i
	reach        [][]step  // by c·T+t: steps of the pool that lead there
	penalty      []int64   // by option: what steps there turned out dearer than by the cells
	drawn        int       // steps, by all walks
}

// need is a kind of minutes, by falling worth.
type need struct {
	skill int
	worth int64
	use   int8 // 0 booked, 1 walk-in, 2 new
}

// mostClasses is for how many distinct amounts of minutes the memo is kept.
const mostClasses = 64

func newCells(s *state) *cells {
	n, in := s.net, s.in
	k := &cells{s: s, offer: make([]int64, n.R*n.S*n.T), needs: make([][]need, n.R*n.T), stamp: make([]int32, n.R*n.T), local: make([]bool, n.R*n.T),
		cost: make([]int64, n.C*n.T), known: make([]int32, n.C*n.T), rank: make([]int32, 1<<n.S), within: make([]int32, 1<<n.S)}
	if n.S <= 6 {
		k.sums = make([]int32, n.C*n.T<<n.S)
		for c := range n.C {
			for t := range n.T {
				k.sumUp(c, t)
			}
		}
	}
	k.class = make([]int8, len(in.Staff)*n.T)
	k.reach = make([][]step, n.C*n.T)
	k.classes = mostClasses
	for e := range in.Staff {
		for t := range in.Avail[e] {
			k.classify(e, t)
		}
	}
	k.classes = min(mostClasses, len(k.mins)+8)
	k.memo = make([]int64, n.C*n.T*n.K*k.classes*2)
	k.when = make([]int32, len(k.memo))
	k.cell = make([]int32, n.C*n.T)
	k.there = make([][]int32, n.C*n.T)
	k.pools = make([]pooled, len(in.Staff)*n.T)
	k.where = make([]int32, len(in.Staff)*n.T)
	k.recount()
	return k
}

// sumUp takes over what is booked and held at a cell.
func (k *cells) sumUp(c, t int) {
	n, in := k.s.net, k.s.in
	if k.sums == nil {
		return
	}
	sum := k.sums[(c*n.T+t)<<n.S:][:1<<n.S]
	clear(sum)
	for u := range sum {
		for skill := range n.S {
			if u>>skill&1 == 1 {
				sum[u] += int32(in.Booked[c][skill][t] + in.Walkin[c][skill][t])
			}
		}
	}
}

// classify notes how many minutes a person-day has; amounts for which there is no
// room left have no memo.
func (k *cells) classify(e, t int) {
	m := k.s.in.Avail[e][t]
	if m <= 0 {
		return
	}
	j := slices.Index(k.mins, m)
	if j < 0 && len(k.mins) < k.classes {
		j = len(k.mins)
		k.mins = append(k.mins, m)
	}
	k.class[e*k.s.net.T+t] = int8(j)
}

// recount takes over who is where.
func (k *cells) recount() {
	s := k.s
	for i := range k.there {
		k.there[i] = k.there[i][:0]
	}
	for i, o := range s.at {
		if o >= 0 {
			at := int(s.options[o].c)*s.net.T + i%s.net.T
			k.where[i] = int32(len(k.there[at]))
			k.there[at] = append(k.there[at], int32(i))
		}
	}
	k.clock++
	for i := range k.cell {
		k.cell[i] = k.clock
	}
}

// moved keeps who is where; to is called after state.apply.
func (k *cells) moved(i int32, from, to int32) {
	s := k.s
	t := int(i) % s.net.T
	a, b := int(from)*s.net.T+t, int(to)*s.net.T+t
	list := k.there[a]
	last := list[len(list)-1]
	list[k.where[i]], k.where[last] = last, k.where[i]
	k.there[a] = list[:len(list)-1]
	k.where[i] = int32(len(k.there[b]))
	k.there[b] = append(k.there[b], i)
	k.clock++
	k.cell[a], k.cell[b] = k.clock, k.clock
	k.known[a], k.known[b] = 0, 0
}

// refresh takes over the prices of the network.
func (k *cells) refresh() {
	k.s.net.Offers(k.offer)
	k.at++
	k.clock++
	for i := range k.cell {
		k.cell[i] = k.clock
	}
}

// ordered are the needs of a district's centres on a day.
func (k *cells) ordered(r, t int) []need {
	i := r*k.s.net.T + t
	if k.stamp[i] == k.at {
		return k.needs[i]
	}
	in, n := k.s.in, k.s.net
	all := k.needs[i][:0]
	for s := range n.S {
		all = append(all, need{s, units(in.Weights.UncoveredSlot / in.SlotMinutes[s]), 0},
			need{s, units(in.WalkinPrice(s, t) / in.SlotMinutes[s]), 1}, need{s, k.offer[(r*n.S+s)*n.T+t], 2})
	}
	for a := 1; a < len(all); a++ {
		for b := a; b > 0 && all[b].worth > all[b-1].worth; b-- {
			all[b], all[b-1] = all[b-1], all[b]
		}
	}
	k.local[i] = true
	for _, q := range all[:2*n.S] {
		k.local[i] = k.local[i] && q.use != 2
	}
	k.needs[i], k.stamp[i] = all, k.at
	return all
}

// price is the cost of a cell with the load given by kind, less what it sells;
// lost are the booked minutes that it leaves uncovered.
func (k *cells) price(c, t int, load []int32) (cost int64, lost int32) {
	in := k.s.in
	f := k.rank
	full := len(f) - 1
	// Minutes of those who hold any skill of a set are all but those whose
	// skills lie outside it.
	within := k.within
	clear(within)
	for kind, m := range load {
		within[k.s.net.Kinds[kind]] += m
	}
	for bit := 1; bit <= full; bit <<= 1 {
		for u := bit; u <= full; u = (u + 1) | bit {
			within[u] += within[u^bit]
		}
	}
	for u := range f {
		f[u] = within[full] - within[full&^u]
	}
	needs := k.ordered(in.Centres[c].District, t)
	if k.sums != nil && k.local[in.Centres[c].District*k.s.net.T+t] {
		// Booked and walk-in minutes come first; often all of them fit.
		sum := k.sums[(c*k.s.net.T+t)*len(f):][:len(f)]
		fits := true
		for u, v := range sum {
			if f[u] < v {
				fits = false
				break
			}
		}
		if fits {
			for u, v := range sum {
				f[u] -= v
			}
			needs = needs[2*k.s.net.S:]
		}
	}
	for _, q := range needs {
		if q.worth <= 0 {
			break // they are ordered
		}
		want := int32(1 << 30)
		switch q.use {
		case 0:
			want = int32(in.Booked[c][q.skill][t])
		case 1:
			want = int32(in.Walkin[c][q.skill][t])
		}
		if want == 0 {
			continue
		}
		got, bit := want, 1<<q.skill
		for u := bit; u <= full; u = (u + 1) | bit {
			got = min(got, f[u])
		}
		if got > 0 {
			for u := bit; u <= full; u = (u + 1) | bit {
				f[u] -= got
			}
		}
		if q.use == 2 {
			cost -= q.worth * int64(got)
		} else {
			cost += q.worth * int64(want-got)
			if q.use == 0 {
				lost += want - got
			}
		}
	}
	return cost, lost
}

// base is the cost of a cell as it stands, heads included.
func (k *cells) base(c, t int) int64 {
	i := c*k.s.net.T + t
	if k.known[i] != k.at {
		k.known[i], k.cost[i] = k.at, k.priceAt(c, t)
	}
	return k.cost[i]
}

func (k *cells) priceAt(c, t int) int64 { return k.mixAt(c, t, -1, 0) + k.headsAt(c, t) }

// headsAt is what missing heads at a cell cost as it stands.
func (k *cells) headsAt(c, t int) int64 {
	s := k.s
	cell := c*s.net.T + t
	if s.personal.staffed(cell) {
		return s.missing * int64(s.personal.short[cell])
	}
	return s.headCost(c, t, s.heads[cell])
}

// mixAt is the cost of a cell without heads. A person more or less, who is in
// the load already, counts for what is at risk.
func (k *cells) mixAt(c, t, e int, sign int32) int64 {
	s := k.s
	if !s.in.OpenOn(c, t) {
		return 0
	}
	cell := c*s.net.T + t
	cost, lost := k.price(c, t, s.load[cell*s.net.K:][:s.net.K])
	if r := s.risks.at(cell); r != nil {
		cost += r.cell(s, lost, e, sign)
	}
	return cost
}

// alone tells whether a cell's cost depends on who is there, not only on how many
// of each kind.
func (k *cells) alone(cell int) bool {
	return k.s.personal.staffed(cell) || k.s.risks.at(cell) != nil
}

// by is the change of a cell's cost by one more person like that of person-day
// i (sign 1) or by one less (−1).
func (k *cells) by(c int32, i int32, sign int32) int64 {
	s := k.s
	e, t := s.person(i)
	at := int(c)*s.net.T + t
	kind := s.net.Kind[e]
	m, known := ((at*s.net.K+kind)*k.classes+int(k.class[i]))*2+int(sign+1)/2, k.class[i] >= 0 && !k.alone(at)
	if known && k.when[m] == k.cell[at] {
		return k.memo[m]
	}
	var v int64
	if s.in.OpenOn(int(c), t) {
		base := k.base(int(c), t)
		j := at*s.net.K + kind
		minutes := sign * int32(s.in.Avail[e][t])
		s.load[j] += minutes
		v = k.mixAt(int(c), t, e, sign) + k.headsAt(int(c), t) + s.headsBy(int(c), t, e, sign) - base
		s.load[j] -= minutes
	}
	if known {
		k.when[m], k.memo[m] = k.cell[at], v
	}
	return v
}

// single is the floor of one step.
func (k *cells) single(p step) int64 {
	from, to := k.s.options[k.s.at[p.i]], k.s.options[p.to]
	return to.cost - from.cost + k.by(from.c, p.i, -1) + k.by(to.c, p.i, 1)
}

// double is the floor of two steps of different person-days.
func (k *cells) double(p, q step) int64 {
	s := k.s
	pf, pt, qf, qt := s.options[s.at[p.i]], s.options[p.to], s.options[s.at[q.i]], s.options[q.to]
	if (p.i-q.i)%int32(s.net.T) != 0 || pf.c != qf.c && pf.c != qt.c && pt.c != qf.c && pt.c != qt.c {
		return k.single(p) + k.single(q)
	}
	e1, t := s.person(p.i)
	e2, _ := s.person(q.i)
	sum := pt.cost - pf.cost + qt.cost - qf.cost
	centres := [4]int32{pf.c, pt.c, qf.c, qt.c}
	who := [4]int32{p.i, p.i, q.i, q.i}
	for a, c := range centres {
		b := -1
		seen := false
		for j, d := range centres {
			if d == c && j < a {
				seen = true
			}
			if d == c && j > a {
				b = j
			}
		}
		sign := int32(a&1)*2 - 1
		switch {
		case seen:
		case b < 0:
			sum += k.by(c, who[a], sign)
		case k.alone(int(c)*s.net.T + t):
			return k.floor([]step{p, q})
		case s.in.OpenOn(int(c), t):
			base := k.base(int(c), t)
			other := int32(b&1)*2 - 1
			at := int(c)*s.net.T + t
			m1, m2 := sign*int32(s.in.Avail[e1][t]), other*int32(s.in.Avail[e2][t])
			j1, j2 := at*s.net.K+s.net.Kind[e1], at*s.net.K+s.net.Kind[e2]
			s.load[j1] += m1
			s.load[j2] += m2
			s.heads[at] += sign + other
			sum += k.priceAt(int(c), t) - base
			s.load[j1] -= m1
			s.load[j2] -= m2
			s.heads[at] -= sign + other
		}
	}
	return sum
}

// floor is the least that steps can cost; they must not have been applied.
func (k *cells) floor(steps []step) int64 {
	s := k.s
	type cell struct{ c, t int }
	var room [16]cell
	touched := room[:0]
	add := func(c, t int) {
		for _, x := range touched {
			if x.c == c && x.t == t {
				return
			}
		}
		touched = append(touched, cell{c, t})
	}
	for _, p := range steps {
		_, t := s.person(p.i)
		add(int(s.options[s.at[p.i]].c), t)
		add(int(s.options[p.to].c), t)
	}
	var sum int64
	// base holds what heads cost, apply answers their change.
	for _, x := range touched {
		sum -= k.base(x.c, x.t) - k.headsAt(x.c, x.t)
	}
	var back [8]step
	cost, _, undo := s.apply(steps, back[:0])
	for _, x := range touched {
		sum += k.mixAt(x.c, x.t, -1, 0)
	}
	var back2 [8]step
	s.apply(undo, back2[:0])
	return sum + cost
}
