package planning

// chains serve new requests from what the districts have left, day by day, the
// earliest requested first, and price what is late: the linear lead time of the
// model. A chain is a stream of requests of one skill, of one district's
// citizens or (the last one per skill) of those who accept any centre.
type chains struct {
	in      *Instance
	R, S, T int
	// asked[k][t+1] is what was requested up to and including day t.
	asked [][]int32
	slot  []float64
}

// chain numbers: r*S+s for own, R*S+s for pooled requests.
func (q *chains) count() int { return (q.R + 1) * q.S }

func newChains(in *Instance) *chains {
	q := &chains{in: in, R: len(in.Districts), S: len(in.Skills), T: in.Horizon, slot: in.SlotMinutes}
	add := func(row []int) {
		sum := make([]int32, q.T+1)
		for t, v := range row {
			sum[t+1] = sum[t] + int32(v)
		}
		q.asked = append(q.asked, sum)
	}
	for r := range in.Districts {
		for s := range in.Skills {
			add(in.DemandOwn[r][s])
		}
	}
	for s := range in.Skills {
		add(in.DemandAny[s])
	}
	return q
}

// by is what chain k was asked for up to and including day t.
func (q *chains) by(k, t int) int32 { return q.asked[k][max(0, min(t+1, q.T))] }

// run is one pass through the days. served[t*count+k] is what chain k was
// served before day t; it has T+1 rows so that a pass may begin in the middle.
type run struct {
	served []int32
	// late[k] and goal[k] are points from the first day of the pass on.
	breach, goal float64
	own          []float64 // breach slot-days of own chains, by district
	// lateBy[t] are the sums of breach, goal and own up to day t, so that a
	// later pass can begin in the middle.
	breachBy, goalBy []float64
	ownBy            []float64 // [(t)*R+r]
	left             []rank    // scratch, one per district
}

func (q *chains) newRun(size int) *run {
	r := &run{served: make([]int32, (q.T+1)*q.count()), own: make([]float64, q.R),
		breachBy: make([]float64, q.T+1), goalBy: make([]float64, q.T+1), ownBy: make([]float64, (q.T+1)*q.R)}
	for range q.R {
		r.left = append(r.left, make(rank, size))
	}
	return r
}

// pass serves the days from a day on; capacity answers what district r has on
// day t. The rows of base up to that day are taken over.
func (q *chains) pass(r, base *run, from int, capacity func(r, t int) rank) {
	n := q.count()
	if base != r && base != nil {
		copy(r.served[from*n:(from+1)*n], base.served[from*n:(from+1)*n])
		r.breachBy[from], r.goalBy[from] = base.breachBy[from], base.goalBy[from]
		copy(r.ownBy[from*q.R:(from+1)*q.R], base.ownBy[from*q.R:(from+1)*q.R])
	}
	r.breach, r.goal = r.breachBy[from], r.goalBy[from]
	copy(r.own, r.ownBy[from*q.R:(from+1)*q.R])
	for t := from; t < q.T; t++ {
		row := r.served[(t+1)*n : (t+2)*n]
		copy(row, r.served[t*n:(t+1)*n])
		if t >= q.in.MinLeadDays {
			q.serveDay(r, row, t, capacity)
		}
		q.price(r, row, t)
		r.breachBy[t+1], r.goalBy[t+1] = r.breach, r.goal
		copy(r.ownBy[(t+1)*q.R:(t+2)*q.R], r.own)
	}
}

// serveDay gives the day's minutes to the earliest requests first; citizens of
// the district before those who accept any centre.
func (q *chains) serveDay(r *run, row []int32, t int, capacity func(r, t int) rank) {
	last := t - q.in.MinLeadDays
	first := last + 1
	for k := range row {
		for d := first - 1; d >= 0 && q.by(k, d) > row[k]; d-- {
			first = d
		}
	}
	if first > last {
		return
	}
	for i := range r.left {
		copy(r.left[i], capacity(i, t))
	}
	var blocked [1 << 10]bool
	for d := first; d <= last; d++ {
		for k := range row {
			want := q.by(k, d) - row[k]
			if want <= 0 || k < len(blocked) && blocked[k] {
				continue
			}
			s := k % q.S
			if k < q.R*q.S {
				got := min(want, r.left[k/q.S].room(s))
				if got > 0 {
					r.left[k/q.S].take(s, got)
					row[k] += got
				}
				if got < want && k < len(blocked) {
					blocked[k] = true
				}
				continue
			}
			for want > 0 {
				best, most := -1, int32(0)
				for i := range r.left {
					if m := r.left[i].room(s); m > most {
						best, most = i, m
					}
				}
				if best < 0 {
					if k < len(blocked) {
						blocked[k] = true
					}
					break
				}
				got := min(want, most)
				r.left[best].take(s, got)
				row[k] += got
				want -= got
			}
		}
	}
}

// price adds the day's slot-days late.
func (q *chains) price(r *run, row []int32, t int) {
	w := q.in.Weights
	for k, z := range row {
		s := k % q.S
		if v := q.by(k, t-q.in.PromiseDays) - z; t >= q.in.PromiseDays && v > 0 {
			late := float64(v) / q.slot[s]
			r.breach += w.BreachSlotDay * late
			if k < q.R*q.S {
				r.own[k/q.S] += late
			}
		}
		if g := q.by(k, t-q.in.GoalDays) - z; t >= q.in.GoalDays && g > 0 {
			r.goal += w.GoalSlotDay * float64(g) / q.slot[s]
		}
	}
}

// worth estimates, for each (district, day, skill), the points that one more
// minute would save: it shortens its chain's queue until the queue is empty of
// overdue requests. Index (t*R+r)*S+s.
func (q *chains) worth(r *run) []float64 {
	n := q.count()
	w := make([]float64, q.T*q.R*q.S)
	gain := make([]float64, n)
	for t := q.T - 1; t >= 0; t-- {
		row := r.served[(t+1)*n : (t+2)*n]
		for k, z := range row {
			s := k % q.S
			var g float64
			if t >= q.in.PromiseDays && q.by(k, t-q.in.PromiseDays) > z {
				g += q.in.Weights.BreachSlotDay / q.slot[s]
			}
			if t >= q.in.GoalDays && q.by(k, t-q.in.GoalDays) > z {
				g += q.in.Weights.GoalSlotDay / q.slot[s]
			}
			// A minute served today would otherwise be served later: it counts
			// for as long as the queue behind it stays.
			if q.by(k, t-q.in.MinLeadDays) > z {
				gain[k] += g
			} else {
				gain[k] = 0
			}
		}
		for i := range q.R {
			for s := range q.S {
				w[(t*q.R+i)*q.S+s] = max(gain[i*q.S+s], gain[q.R*q.S+s])
			}
		}
	}
	return w
}
