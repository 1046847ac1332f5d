package rule

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/shift"
)

// staffing are the minima by half hours made ready.
type staffing struct {
	need    []int32 // c·T+t: index into splits, none where heads per day decide
	splits  []splits
	choice  []int32  // e·T+t: what a person may work, index into the choices
	choices int      // how many there are
	express []uint16 // by centre: skills of the express counter, as bits
}

// splits of a centre's day: all who are there, and those with express skills.
type splits struct{ all, express *shift.Split }

func spanOf(s planning.Span) shift.Span { return shift.Span{From: s[0], To: s[1]} }

func (b *Book) readStaffing() {
	in, s := b.in, &b.staff
	s.need = make([]int32, len(in.Centres)*b.T)
	any := false
	for i := range s.need {
		s.need[i] = none
		c := &in.Centres[i/b.T]
		any = any || c.MinPresent > 0 || c.Express != nil
	}
	if !any {
		return
	}
	choices := b.readChoices()
	s.express = make([]uint16, len(in.Centres))
	type key struct {
		hours, express planning.Span
		least          int
	}
	known := map[key]int32{}
	for i := range s.need {
		c, t := &in.Centres[i/b.T], i%b.T
		if c.MinPresent <= 0 && c.Express == nil || !in.OpenOn(i/b.T, t) || c.Hours[t] == (planning.Span{}) {
			continue
		}
		k := key{hours: c.Hours[t], least: c.MinPresent}
		if x := c.Express; x != nil {
			k.express = planning.Span{max(x.Hours[0], k.hours[0]), min(x.Hours[1], k.hours[1])}
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
			s.splits = append(s.splits, newSplits(k.hours, k.express, k.least, choices))
		}
		s.need[i] = n
	}
}

// readChoices lists what people may work: a duty of their own, one of the shifts,
// or, where nothing is known, the whole day.
func (b *Book) readChoices() (choices [][]shift.Shift) {
	in, s := b.in, &b.staff
	all := []shift.Shift{{Span: shift.Span{From: 0, To: 24 * 60}}}
	if len(in.Shifts) > 0 {
		all = nil
		for _, x := range in.Shifts {
			all = append(all, shift.Shift{Span: spanOf(x)})
		}
	}
	choices = [][]shift.Shift{all}
	s.choice = make([]int32, len(in.Staff)*b.T)
	known := map[planning.Span]int32{{}: 0}
	for e := range in.Duties {
		for t, d := range in.Duties[e] {
			n, ok := known[d]
			if !ok {
				n = int32(len(choices))
				known[d] = n
				choices = append(choices, []shift.Shift{{Span: spanOf(d)}})
			}
			s.choice[e*b.T+t] = n
		}
	}
	s.choices = len(choices)
	return choices
}

func newSplits(hours, express planning.Span, least int, choices [][]shift.Shift) (out splits) {
	day := shift.Least([]shift.Span{spanOf(hours)}, least)
	if express != (planning.Span{}) {
		day.Needs = append(day.Needs, shift.Need{Span: spanOf(express), Heads: least + 1})
		one := shift.Day{Open: day.Open, Needs: []shift.Need{{Span: spanOf(express), Heads: 1}}}
		out.express = split(one, choices)
	}
	out.all = split(day, choices)
	return out
}

// split makes a day ready; a valid instance gives no error.
func split(day shift.Day, choices [][]shift.Shift) *shift.Split {
	s, err := shift.New(day, choices)
	if err != nil {
		panic("rule: a valid instance has a day without a split: " + err.Error())
	}
	return s
}

// Staffed tells whether a centre has a minimum by half hours on a day; else its
// minimum counts heads per day.
func (b *Book) Staffed(c, t int) bool { return b.staff.need[c*b.T+t] != none }

// Missing is how many people a centre is short of on a day with those who are
// present: at the worst half hour, with the best split of those who may work
// early or late; at the express counter, whose hours ask for one person more and
// for one with its skills. Where no minimum by half hours is given heads count.
//
// The split for all and that for the express counter are solved one by one. With
// two shifts and two people for the express counter both can be had at once;
// with more shifts the figure may be too low by one.
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
	s := &b.staff.splits[i]
	var room [32]int
	count := room[:]
	if b.staff.choices > len(room) {
		count = make([]int, b.staff.choices)
	}
	count = count[:b.staff.choices]
	for _, e := range present {
		count[b.staff.choice[e*b.T+t]]++
	}
	short = max(short, s.all.Short(count))
	if s.express == nil {
		return short
	}
	clear(count)
	for _, e := range present {
		if b.skills[e]&b.staff.express[c] != 0 {
			count[b.staff.choice[e*b.T+t]]++
		}
	}
	return max(short, s.express.Short(count))
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
