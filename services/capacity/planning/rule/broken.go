package rule

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Breach is a rule that a plan breaks. Employee or Centre is -1 where the rule
// concerns none, and Day where it concerns several.
type Breach struct {
	Rule     Name   `json:"rule"`
	Employee int    `json:"employee"`
	Centre   int    `json:"centre"`
	Day      int    `json:"day"`
	De       string `json:"de"`
	En       string `json:"en"`
}

func (b Breach) String() string {
	return fmt.Sprintf("%s: employee %d, centre %d, day %d: %s", b.Rule, b.Employee, b.Centre, b.Day, b.En)
}

// Broken lists the rules that a plan of the instance's shape breaks: by person
// and day, by person, then by centre and day. More heads than counters count
// only where the previous plan has fewer. Missing heads have a price and are no
// breach.
func (b *Book) Broken(p planning.Plan) (all []Breach) {
	add := func(name Name, e, c, t int) {
		r, _ := ByName(name)
		all = append(all, Breach{name, e, c, t, r.De, r.En})
	}
	present := b.present(p.X)
	for e, row := range p.X {
		for t, c := range row {
			if name := b.Place(e, t, c); name != "" {
				add(name, e, c, t)
			}
		}
	}
	for e, row := range p.X {
		if _, name := b.Row(e, row); name != "" {
			add(name, e, none, none)
		}
	}
	before := b.present(b.in.Previous().X)
	for c := range b.in.Centres {
		for t := range b.T {
			i := c*b.T + t
			if over := b.Over(c, t, present[i]); over > 0 && over > b.Over(c, t, before[i]) {
				add(Counters, none, c, t)
			}
		}
	}
	return all
}

// present lists who is where, by centre and day.
func (b *Book) present(x [][]int) [][]int {
	all := make([][]int, len(b.in.Centres)*b.T)
	for e, row := range x {
		for t, c := range row {
			if c >= 0 && b.in.Avail[e][t] > 0 {
				all[c*b.T+t] = append(all[c*b.T+t], e)
			}
		}
	}
	return all
}
