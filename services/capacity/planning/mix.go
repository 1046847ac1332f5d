package planning

import "slices"

// A rank function of a polymatroid over skills: rank[U] is how many minutes can
// be served together for the skills in the bit set U. rank[0] is 0.
type rank []int32

// room is how many more minutes of one skill can be served.
func (f rank) room(skill int) int32 {
	bit := 1 << skill
	low := int32(1<<31 - 1)
	for u := bit; u < len(f); u = (u + 1) | bit {
		if f[u] < low {
			low = f[u]
		}
	}
	return max(0, low)
}

// take serves minutes of one skill; they must not exceed its room.
func (f rank) take(skill int, minutes int32) {
	bit := 1 << skill
	for u := bit; u < len(f); u = (u + 1) | bit {
		f[u] -= minutes
	}
}

// close makes the function monotone again after takes: what a set can serve is
// bounded by what every larger set can.
func (f rank) close() {
	for bit := 1; bit < len(f); bit <<= 1 {
		for u := range f {
			if u&bit == 0 && f[u|bit] < f[u] {
				f[u] = f[u|bit]
			}
		}
	}
	f[0] = 0
}

// fill sets the rank function of staff given as minutes per profile: a set of
// skills can use everybody who has one of them.
func (f rank) fill(profiles []uint16, minutes []int32) {
	clear(f)
	for k, m := range minutes {
		if m == 0 {
			continue
		}
		p := int(profiles[k])
		for u := range f {
			if u&p != 0 {
				f[u] += m
			}
		}
	}
}

// need is one kind of minutes wanted at a centre.
type need struct {
	skill  int
	walkin bool
	price  float64 // points per minute not served
}

// needs lists booked and walk-in needs by falling price; ties by skill, so that
// the order is a function of the instance.
func needs(in *Instance) []need {
	var all []need
	for s := range in.Skills {
		all = append(all, need{s, false, in.Weights.UncoveredSlot / in.SlotMinutes[s]},
			need{s, true, in.Weights.WalkinSlot / in.SlotMinutes[s]})
	}
	slices.SortStableFunc(all, func(a, b need) int {
		switch {
		case a.walkin != b.walkin:
			if a.walkin {
				return 1
			}
			return -1
		case a.price > b.price:
			return -1
		case a.price < b.price:
			return 1
		}
		return a.skill - b.skill
	})
	return all
}

// cell is the local part of the objective of one centre on one day.
type cell struct {
	uncovered float64 // points
	walkin    float64
	heads     float64
	missing   int32 // booked minutes uncovered
}

func (c cell) points() float64 { return c.uncovered + c.walkin + c.heads }

// urgent points are of what is promised to somebody already.
func (c cell) urgent() float64 { return c.uncovered + c.heads }

// serve fills f with what is left for new appointments after booked and walk-in
// minutes, and prices what of them is not served.
func (b *board) serve(c, t int, minutes []int32, heads int, f rank) cell {
	var out cell
	in := b.in
	if !in.OpenOn(c, t) {
		clear(f)
		return out
	}
	if short := in.Centres[c].MinStaff - heads; short > 0 {
		out.heads = float64(short) * in.Weights.MissingHead
	}
	f.fill(b.profiles, minutes)
	for _, n := range b.needs {
		want := int32(in.Booked[c][n.skill][t])
		if n.walkin {
			want = int32(in.Walkin[c][n.skill][t])
		}
		if want == 0 {
			continue
		}
		got := int32(0)
		if !n.walkin || !b.released[(t*b.chains.R+in.Centres[c].District)*b.S+n.skill] {
			got = min(want, f.room(n.skill))
		}
		if got > 0 {
			f.take(n.skill, got)
		}
		if lost := want - got; lost > 0 && n.walkin {
			out.walkin += float64(lost) * n.price
		} else if lost > 0 {
			out.uncovered += float64(lost) * n.price
			out.missing += lost
		}
	}
	f.close()
	return out
}
