package flow

import "github.com/lotse-hamburg/lotse/services/capacity/planning"

// free is what the present mix leaves for new appointments: by district and day
// all skills together, and what each skill could get at most. At a centre the
// minutes that a set of skills can still get are those of staff who hold any of
// them less what is served of them, and no more than any larger set gets.
func (w *Network) free(x [][]int) (all [][]int, each [][][]int) {
	all, each = make([][]int, w.R), make([][][]int, w.R)
	for r := range w.R {
		all[r], each[r] = make([]int, w.T), make([][]int, w.S)
		for s := range each[r] {
			each[r][s] = make([]int, w.T)
		}
	}
	load := make([]int, w.C*w.T*w.K)
	for e := range x {
		for t, c := range x[e] {
			if c != planning.Nowhere {
				load[(c*w.T+t)*w.K+w.Kind[e]] += w.In.Avail[e][t]
			}
		}
	}
	size := 1 << w.S
	room, district := make([]int, size), make([]int, size)
	for r := range w.R {
		for t := range w.T {
			clear(district)
			for c := range w.C {
				if w.In.Centres[c].District == r && w.In.OpenOn(c, t) {
					w.left(c, t, load[(c*w.T+t)*w.K:][:w.K], room)
					for u, m := range room {
						district[u] += m
					}
				}
			}
			all[r][t] = district[size-1]
			for s := range w.S {
				least := district[size-1]
				for u := range district {
					if u>>s&1 == 1 {
						least = min(least, district[u])
					}
				}
				each[r][s][t] = least
			}
		}
	}
	return all, each
}

// left fills in, by set of skills, the minutes of one centre that are neither
// booked nor used for walk-ins.
func (w *Network) left(c, t int, load, room []int) {
	clear(room)
	for k, m := range load {
		if m == 0 {
			continue
		}
		for u := range room {
			if uint32(u)&w.Kinds[k] != 0 {
				room[u] += m
			}
		}
	}
	for s := range w.S {
		served := w.In.Booked[c][s][t] + w.In.Walkin[c][s][t]
		for _, l := range w.lostAt[((c*w.S+s)*w.T+t)*2:][:2] {
			if l != none {
				served -= int(w.g.Flow(int(w.lost[l].arc)))
			}
		}
		if served == 0 {
			continue
		}
		for u := range room {
			if u>>s&1 == 1 {
				room[u] -= served
			}
		}
	}
	for bit := 1; bit < len(room); bit <<= 1 {
		for u := range room {
			if u&bit == 0 {
				room[u] = min(room[u], room[u|bit])
			}
		}
	}
	room[0] = 0
}
