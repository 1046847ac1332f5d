package planner

import (
	"encoding/binary"
	"hash/fnv"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// row is what a person's duties come to in a problem's days. It is remembered, so
// that it never changes: of two questions of the same day most rows are the same.
type row struct {
	duties      []observed.Duty
	from, since day.Day // day 0, and the first day of which duties are told
	hours       uint64
	avail, prev []int
	spans       []planning.Span
	lastAt      *int
}

// row of a person, made anew only if duties, today or opening hours are others.
func (p *problem) row(e id.Employee, d observed.DutiesObserved, m *memory) *row {
	if w := m.rows[e]; w != nil && w.from == p.from && w.since == d.Horizon.From && w.hours == p.hoursNow &&
		len(w.avail) == p.Horizon && sameSlice(w.duties, d.Duties) {
		return w
	}
	w := &row{duties: d.Duties, from: p.from, since: d.Horizon.From, hours: p.hoursNow,
		avail: make([]int, p.Horizon), prev: make([]int, p.Horizon), spans: make([]planning.Span, p.Horizon)}
	for t := range w.prev {
		w.prev[t] = planning.Nowhere
	}
	last := d.Horizon.From // of the duties that lie behind and are still known
	for _, x := range d.Duties {
		t := p.index(x.Day)
		at, ok := p.centreAt[x.Centre]
		switch {
		case !ok || t >= p.Horizon:
		case t < 0:
			if x.Day >= last {
				where := at
				last, w.lastAt = x.Day, &where
			}
		default:
			w.avail[t] += p.counterMinutes(x, at, t)
			if w.avail[t] > 0 {
				w.prev[t] = at
				w.spans[t] = join(w.spans[t], planning.Span{int(x.From), int(x.To)})
			}
		}
	}
	m.rows[e] = w
	return w
}

// sameSlice: duties are never changed once they are observed.
func sameSlice(a, b []observed.Duty) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// sumHours is a sum of the centres and when they serve.
func (p *problem) sumHours() uint64 {
	var all []byte
	for i, k := range p.centres {
		all = append(append(all, k...), 0)
		for t, spans := range p.opening[i] {
			all = append(all, byte(len(spans)))
			if p.shut[i][t] {
				all = append(all, 255)
			}
			for _, x := range spans {
				all = binary.AppendUvarint(binary.AppendUvarint(all, uint64(x.From)), uint64(x.To))
			}
		}
	}
	sum := fnv.New64a()
	_, _ = sum.Write(all)
	return sum.Sum64()
}
