package rule

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/shift"
)

// staffing are the minima by half hours made ready.
type staffing struct {
	need    []int32 // c·T+t: index into splits, none where heads per day decide
	splits  []*shift.Split
	choice  []int32 // e·T+t: what a person may work, index into the choices
	choices int
	express []uint16 // by centre: skills of the express counter, as bits
}

// hours are what a split depends on.
type hours struct {
	open, express planning.Span
	least         int
}

func (b *Book) readStaffing() {
	in, s := b.in, &b.staff
	s.need = make([]int32, len(in.Centres)*b.T)
	asked := false
	for i := range s.need {
		s.need[i] = none
		c := &in.Centres[i/b.T]
		asked = asked || c.MinPresent > 0 || c.Express != nil
	}
	if !asked {
		return
	}
	choices := b.readChoices()
	s.express = make([]uint16, len(in.Centres))
	known := map[hours]int32{}
	for i := range s.need {
		c, t := &in.Centres[i/b.T], i%b.T
		if c.MinPresent <= 0 && c.Express == nil || !in.OpenOn(i/b.T, t) || c.Hours[t] == (planning.Span{}) {
			continue
		}
		k := hours{open: c.Hours[t], least: c.MinPresent}
		if x := c.Express; x != nil {
			k.express = planning.Span{max(x.Hours[0], k.open[0]), min(x.Hours[1], k.open[1])}
			if k.express[0] >= k.express[1] {
				k.express = planning.Span{}
			}
			for _, skill := range x.Skills {
				s.express[i/b.T] |= 1 << skill
			}
		}
		n, ok := known[k]
		if !ok {
			n = int32(len(s.splits))
			known[k] = n
			s.splits = append(s.splits, k.split(choices))
		}
		s.need[i] = n
	}
}

// readChoices lists what people may work: a duty of their own, one of the shifts,
// or, where nothing is known, the whole day.
func (b *Book) readChoices() (choices [][]planning.Span) {
	in, s := b.in, &b.staff
	choices = [][]planning.Span{in.Shifts}
	if len(in.Shifts) == 0 {
		choices[0] = []planning.Span{{0, 24 * 60}}
	}
	s.choice = make([]int32, len(in.Staff)*b.T)
	known := map[planning.Span]int32{{}: 0}
	for e := range in.Duties {
		for t, d := range in.Duties[e] {
			n, ok := known[d]
			if !ok {
				n = int32(len(choices))
				known[d] = n
				choices = append(choices, []planning.Span{d})
			}
			s.choice[e*b.T+t] = n
		}
	}
	s.choices = len(choices)
	return choices
}

// behind is how far the half hours of the express counter lie behind those of
// the centre: both needs are one day to the split, the centre's from minute 0 and
// the express counter's from here, so that both are met by the same people at the
// same time. Only those with express skills are there twice.
const behind = planning.ExpressOpenMinutes

// split makes the day ready for everybody's choices and once more for those of
// people with express skills. A valid instance gives no error.
func (h hours) split(choices [][]planning.Span) *shift.Split {
	first := h.open[0] / 30 * 30 // half hours stay half hours
	at := func(s planning.Span, later int) shift.Span {
		return shift.Span{From: s[0] - first + later, To: s[1] - first + later}
	}
	day := shift.Least([]shift.Span{at(h.open, 0)}, h.least)
	if h.express != (planning.Span{}) {
		day.Open = append(day.Open, at(h.express, behind))
		day.Needs = append(day.Needs, shift.Need{Span: at(h.express, 0), Heads: h.least + 1},
			shift.Need{Span: at(h.express, behind), Heads: 1})
	}
	var all, express [][]shift.Shift
	for _, spans := range choices {
		var once, twice []shift.Shift
		for _, s := range spans {
			s = planning.Span{max(s[0], first), min(s[1], h.open[1])}
			if s[0] >= s[1] { // not there while it is open
				away := shift.Shift{Span: shift.Span{From: 0, To: 1}, Breaks: []shift.Span{{From: 0, To: 1}}}
				once, twice = append(once, away), append(twice, away)
				continue
			}
			now, again := at(s, 0), at(s, behind)
			both := shift.Shift{Span: shift.Span{From: now.From, To: again.To}}
			if now.To < again.From {
				both.Breaks = []shift.Span{{From: now.To, To: again.From}}
			}
			once, twice = append(once, shift.Shift{Span: now}), append(twice, both)
		}
		all, express = append(all, once), append(express, twice)
	}
	if h.express != (planning.Span{}) {
		all = append(all, express...)
	}
	split, err := shift.New(day, all)
	if err != nil {
		panic("rule: a valid instance has a day without a split: " + err.Error())
	}
	return split
}

// Staffed tells whether a centre has a minimum by half hours on a day; else its
// minimum counts heads per day.
func (b *Book) Staffed(c, t int) bool { return b.staff.need[c*b.T+t] != none }

// Missing is how many people a centre is short of on a day with those who are
// present: at the worst half hour, with the best split of those who may work
// early or late. Where a centre has an express counter its hours ask for one
// person more, and for one with its skills. Where no minimum by half hours is
// given heads count.
func (b *Book) Missing(c, t int, present []int) int {
	i := b.staff.need[c*b.T+t]
	if i == none {
		if !b.in.OpenOn(c, t) {
			return 0
		}
		return max(0, b.in.Centres[c].MinStaff-len(present))
	}
	short := 0
	if b.in.Centres[c].MinPresent <= 0 {
		short = max(0, b.in.Centres[c].MinStaff-len(present))
	}
	n, express := b.staff.choices, b.staff.express[c]
	var room [64]int
	count := room[:]
	if 2*n > len(room) {
		count = make([]int, 2*n)
	}
	for _, e := range present {
		k := b.staff.choice[e*b.T+t]
		if b.skills[e]&express != 0 {
			k += int32(n)
		}
		count[k]++
	}
	s := b.staff.splits[i]
	if express == 0 {
		return max(short, s.Short(count[:n]))
	}
	return max(short, s.Short(count[:2*n]))
}

// Over is how many of those present at a centre on a day have no counter, at the
// worst moment. Somebody whose duty is not known counts all day.
func (b *Book) Over(c, t int, present []int) int {
	counters := b.in.Centres[c].Counters
	if len(present) <= counters || b.in.Duties == nil {
		return max(0, len(present)-counters)
	}
	whole := planning.Span{}
	most := 0
	for _, e := range present {
		at := b.in.Duties[e][t] // a worst moment is the start of somebody's duty
		n := 0
		for _, f := range present {
			if d := b.in.Duties[f][t]; d == whole || d[0] <= at[0] && at[0] < d[1] {
				n++
			}
		}
		most = max(most, n)
	}
	return max(0, most-counters)
}
