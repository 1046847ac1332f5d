package simulation

import (
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Series is what a district was like day by day: each list has a number for each
// Point of Result.Curve.
type Series struct {
	// Next is the days to the third next appointment at noon by service group; one
	// day more than the horizon where there was none within it, -1 where it was
	// not measured.
	Next map[id.Skill][]int
	// Staff at home here who were at work; those at another centre count here, too.
	Staff []int
	// In and Out are who came from another district and went to one, Within who
	// worked at another centre of the same; parts of people in a book.
	In, Out, Within []float64
}

// shift is people of a district at other centres on a day.
type shift struct{ in, out, within float64 }

type districtDay struct {
	district id.District
	on       day.Day
}

// record what a district's next point is.
func (t *tally) record(g gauge, days int) {
	s := t.out.Series[g.district]
	if s == nil {
		s = &Series{Next: map[id.Skill][]int{}}
		t.out.Series[g.district] = s
	}
	s.Next[g.skill] = append(padded(s.Next[g.skill], len(t.out.Curve)), days)
}

func padded(list []int, n int) []int {
	for len(list) < n {
		list = append(list, -1)
	}
	return list
}

// shifts people between districts on a day; n may be below zero.
func (t *tally) shifts(on day.Day, from, to id.District, n float64) {
	if from == to {
		x := t.shift[districtDay{from, on}]
		x.within += n
		t.shift[districtDay{from, on}] = x
		return
	}
	a, b := t.shift[districtDay{from, on}], t.shift[districtDay{to, on}]
	a.out, b.in = a.out+n, b.in+n
	t.shift[districtDay{from, on}], t.shift[districtDay{to, on}] = a, b
}

// curves completes the series of all districts.
func (r *run) curves() error {
	t := &r.tally
	n := r.City.Network
	n.Centres, n.Measures = slices.Clone(n.Centres), slices.Clone(n.Measures)
	people, off, err := r.contracts(&n)
	if err != nil {
		return err
	}
	staff, district := map[districtDay]int{}, map[id.Centre]id.District{}
	for _, k := range n.Centres {
		district[k.ID] = k.District
	}
	for _, c := range people {
		for _, p := range t.out.Curve {
			if _, works := c.shift(p.Day); works && !slices.ContainsFunc(off[c.Employee], func(x day.Period) bool { return x.Contains(p.Day) }) {
				staff[districtDay{district[c.Home], p.Day}]++
			}
		}
	}
	round := func(x float64) float64 { return math.Round(100*x) / 100 }
	for d, s := range t.out.Series {
		for skill, list := range s.Next {
			s.Next[skill] = padded(list, len(t.out.Curve))
		}
		for _, p := range t.out.Curve {
			at := districtDay{d, p.Day}
			s.Staff = append(s.Staff, staff[at])
			s.In, s.Out, s.Within = append(s.In, round(t.shift[at].in)), append(s.Out, round(t.shift[at].out)), append(s.Within, round(t.shift[at].within))
		}
	}
	return nil
}
