package planning

import "slices"

// board is an instance with a plan on it, and all that is needed to price a
// change without starting over.
type board struct {
	in       *Instance
	T, C, S  int
	x        [][]int
	profiles []uint16 // distinct skill sets
	profile  []int    // of each employee
	needs    []need
	minutes  [][]int32 // [c*T+t][profile]
	heads    []int     // [c*T+t]
	cells    []cell
	free     []rank // [c*T+t] left for new appointments
	district []rank // [t*R+r]
	released []bool // [(t*R+r)*S+s] the walk-in reserve is given to the queues
	chains   *chains
	run      *run
	trial    *run
	worth    []float64
	fair     []float64 // weight of own slot-days, by district
	local    float64   // points of all cells
	people   float64   // points of moves and changes
	away     [][]int   // [e][week] days away from home
	start    *board    // heads and missing minutes of the plan begun with
	f1, f2   rank
	risks    map[int]risk  // [c*T+t]
	gone     map[int][]int // [c*T+t] who works there in the previous plan and not in this one
	come     map[int][]int // [c*T+t] who works there in this plan and not in the previous one
}

// newBoard prices a plan and looks which walk-in reserves to give up.
func newBoard(in *Instance, p Plan) *board {
	b := layBoard(in, p, nil)
	b.release()
	return b
}

// layBoard prices a plan with given walk-in reserves given up; nil for none.
func layBoard(in *Instance, p Plan, released []bool) *board {
	b := &board{in: in, T: in.Horizon, C: len(in.Centres), S: len(in.Skills), x: in.normal(p).X, needs: needs(in), chains: newChains(in)}
	b.profile = make([]int, len(in.Staff))
	for e, s := range in.Staff {
		var m uint16
		for _, k := range s.Skills {
			m |= 1 << k
		}
		b.profile[e] = slices.Index(b.profiles, m)
		if b.profile[e] < 0 {
			b.profile[e] = len(b.profiles)
			b.profiles = append(b.profiles, m)
		}
	}
	n, size, R := b.C*b.T, 1<<b.S, len(in.Districts)
	b.minutes, b.heads, b.cells = make([][]int32, n), make([]int, n), make([]cell, n)
	ranks := func(n int) []rank {
		flat, all := make(rank, n*size), make([]rank, n)
		for i := range all {
			all[i] = flat[i*size : (i+1)*size]
		}
		return all
	}
	b.free, b.district = ranks(n), ranks(R*b.T)
	scratch := ranks(2)
	b.f1, b.f2 = scratch[0], scratch[1]
	flat := make([]int32, n*len(b.profiles))
	for i := range b.minutes {
		b.minutes[i] = flat[i*len(b.profiles) : (i+1)*len(b.profiles)]
	}
	b.run, b.trial = b.chains.newRun(size), b.chains.newRun(size)
	b.fair = fairness(in)
	weeks := (in.Weekday0+b.T-1)/7 + 1
	b.risks, b.gone, b.come = newRisks(in), map[int][]int{}, map[int][]int{}
	b.away = make([][]int, len(in.Staff))
	for e := range in.Staff {
		b.away[e] = make([]int, weeks)
		b.away[e][0] = in.Staff[e].AwayBefore
		for t, c := range b.x[e] {
			if c == Nowhere {
				continue
			}
			b.minutes[c*b.T+t][b.profile[e]] += int32(in.Avail[e][t])
			b.heads[c*b.T+t]++
			b.people += b.person(e, t, c)
			if was := in.before(e, t); was != c {
				b.moved(step{e, t, was, c})
			}
			if c != in.Staff[e].Home {
				b.away[e][b.week(t)]++
			}
		}
	}
	if b.released = released; released == nil {
		b.released = make([]bool, R*b.T*b.S)
	}
	b.recount()
	return b
}

// recount serves every centre-day and the queues.
func (b *board) recount() {
	R := b.chains.R
	b.local = 0
	for _, f := range b.district {
		clear(f)
	}
	for c := range b.C {
		r := b.in.Centres[c].District
		for t := range b.T {
			i := c*b.T + t
			b.cells[i] = b.atRisk(c, t, b.come[i], b.serve(c, t, b.minutes[i], b.heads[i], b.free[i]))
			b.local += b.cells[i].points()
			for u, v := range b.free[i] {
				b.district[t*R+r][u] += v
			}
		}
	}
	b.refresh(0)
}

// release gives up the walk-in reserve where those who wait for an appointment
// are worth more, if that lowers the objective.
func (b *board) release() {
	R := b.chains.R
	best, kept := b.points(), b.released
	worth := b.worth
	for _, times := range [...]float64{.5, 1, 1.5, 2, 3, 5} {
		b.released = make([]bool, len(kept))
		for i := range R * b.T {
			most := slices.Max(worth[i*b.S : (i+1)*b.S])
			for s := range b.S {
				b.released[i*b.S+s] = most > times*b.in.Weights.WalkinSlot/b.in.SlotMinutes[s]
			}
		}
		b.recount()
		if p := b.points(); p < best {
			best, kept = p, b.released
		}
	}
	b.released = kept
	b.recount()
}

// fairness weighs own slot-days late so that districts of different size are
// compared: total requests / (districts × own requests), in slots.
func fairness(in *Instance) []float64 {
	req, total := make([]float64, len(in.Districts)), 0.0
	for r := range in.Districts {
		for s, row := range in.DemandOwn[r] {
			for _, v := range row {
				req[r] += float64(v) / in.SlotMinutes[s]
			}
		}
		total += req[r]
	}
	f := make([]float64, len(req))
	for r, v := range req {
		if v > 0 {
			f[r] = total / (float64(len(req)) * v)
		}
	}
	return f
}

func (b *board) week(t int) int { return (b.in.Weekday0 + t) / 7 }

// person is what it costs that an employee works at a centre on a day.
func (b *board) person(e, t, c int) float64 {
	w, home := b.in.Weights, b.in.Staff[e].Home
	cost := 0.0
	if c != home {
		cost += w.Move + w.TravelMinute*float64(b.in.Travel[home][c])
	}
	if p := b.in.Prev[e][t]; c != p && p != Nowhere {
		if t < b.in.PublishedDays {
			cost += w.Change
		} else {
			cost += w.Change / 4
		}
	}
	return cost
}

// refresh serves the queues again from a day on and prices minutes anew.
func (b *board) refresh(from int) {
	b.chains.pass(b.run, b.run, from, b.capacity)
	b.worth = b.chains.worth(b.run)
}

func (b *board) capacity(r, t int) rank {
	return b.district[t*b.chains.R+r]
}

func (b *board) late(r *run) (breach, goal, fair float64) {
	worst := 0.0
	for i, v := range r.own {
		worst = max(worst, v*b.fair[i])
	}
	return r.breach, r.goal, b.in.Weights.Fairness * worst
}

func (b *board) lateness(r *run) float64 {
	x, y, z := b.late(r)
	return x + y + z
}

// points is the whole objective.
func (b *board) points() float64 { return b.local + b.people + b.lateness(b.run) }
