package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/overbook"
)

// Overbook says how far an offering may be booked beyond its counters: at no
// moment may, in a group of like counters, more citizens come than it has with
// a probability above Risk, when a share NoShow of them does not come.
type Overbook struct {
	NoShow float64 `json:"no_show"`
	Risk   float64 `json:"risk"`
}

// extra places, as lines beside the real ones.
func (o *Overbook) extra(lines []occupancy.Line) (more []occupancy.Line) {
	if o == nil {
		return nil
	}
	type group struct {
		line occupancy.Line
		n    int
	}
	var groups []group
	for _, l := range lines {
		i := slices.IndexFunc(groups, func(g group) bool {
			return g.line.Span == l.Span && g.line.Skills == l.Skills && slices.Equal(g.line.Breaks, l.Breaks)
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{line: l})
		}
		groups[i].n++
	}
	for _, g := range groups {
		for range overbook.Extra(g.n, o.NoShow, o.Risk) {
			more = append(more, g.line)
		}
	}
	return more
}

// mostAtOnce is how many lines are on duty at the same moment at most.
func mostAtOnce(lines []occupancy.Line) (most int) {
	for _, at := range lines {
		n := 0
		for _, l := range lines {
			if l.From <= at.From && at.From < l.To {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
