package rule

import (
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// readCalendar names weeks, Saturdays and days of rest.
func (b *Book) readCalendar() {
	in := b.in
	b.days = make([]day, b.T)
	for t := range b.days {
		d := &b.days[t]
		d.week = int32((in.Weekday0 + t) / 7)
		weekday := (in.Weekday0 + t) % 7
		d.saturday = weekday == 5 && in.Saturdays != nil
		d.rest = weekday == 6 && (in.Saturdays != nil || len(in.Holidays) > 0) || slices.Contains(in.Holidays, t)
	}
	b.weeks = int(b.days[b.T-1].week) + 1
}

// readWeeks sets the weekly caps. Days away that the plan cannot change count
// even where they exceed the cap.
func (b *Book) readWeeks() {
	in := b.in
	b.limit = make([]int32, len(in.Staff)*b.weeks)
	for e := range in.Staff {
		most := in.MaxMovedPerWeek
		if m := in.Staff[e].MaxMovedPerWeek; m != nil {
			most = *m
		}
		limit := b.limit[e*b.weeks : (e+1)*b.weeks]
		for w := range limit {
			limit[w] = int32(most)
		}
		limit[0] -= int32(in.Staff[e].AwayBefore)
		forced, week := int32(0), int32(-1)
		for t := range b.T {
			if w := b.days[t].week; w != week {
				forced, week = 0, w
			}
			if b.forced[e*b.T+t] {
				forced++
				limit[week] = max(limit[week], forced)
			}
		}
	}
}

// readPeople notes what is known of each person's days before day 0 and their
// own limits.
func (b *Book) readPeople() {
	in := b.in
	b.people = make([]person, len(in.Staff))
	for e := range in.Staff {
		s, p := &in.Staff[e], &b.people[e]
		p.most, p.lastAt = none, s.Home
		if in.MaxAwayPerHalfYear != nil && !s.Mobile {
			p.most = *in.MaxAwayPerHalfYear
		}
		if s.MaxAwayPerHalfYear != nil {
			p.most = *s.MaxAwayPerHalfYear
		}
		if s.LastAt != nil {
			p.lastAt = *s.LastAt
		}
		if !s.Mobile {
			p.personal = in.Weights.Personal
		}
		if len(s.AwayDays) > 0 {
			p.before = slices.Clone(s.AwayDays)
			slices.Sort(p.before)
			for _, d := range p.before {
				if in.Saturdays != nil && ((in.Weekday0+d)%7+7)%7 == 5 {
					p.saturdays = append(p.saturdays, d)
				}
			}
		}
		p.tight = b.tight(e)
		p.several = p.most != none || p.tight || p.personal > 0 || in.Weights.SecondmentStart > 0 || in.Saturdays != nil
	}
}

// overWeek: a person works away from home at most so many days of a week, Monday
// to Sunday. away are the days away, rising.
func overWeek(b *Book, e int, away []int32) bool {
	limit, n, week := b.limit[e*b.weeks:(e+1)*b.weeks], int32(0), int32(-1)
	for _, t := range away {
		if w := b.days[t].week; w != week {
			week, n = w, 0
		}
		if n++; n > limit[week] {
			return true
		}
	}
	return false
}

// overHalfYear: a person works away from home at most so many days within any
// HalfYearDays days, those before day 0 included. § 88 (1) HmbPersVG gives the
// staff council a say where somebody changes their place of work for more than
// six months; short deployments stay below that only if their running total is
// counted. A mobile team has no one place of work to change: it is bound only by
// a figure of its own.
func overHalfYear(b *Book, e int, away []int32) bool {
	p := &b.people[e]
	if p.most == none || len(away)+len(p.before) <= p.most {
		return false
	}
	return b.crowded(e, away, p.before, planning.HalfYearDays, p.most)
}

// overSaturdays: a person is away from home on at most so many Saturdays within
// any four weeks, those before day 0 included. Saturday is a working day by law
// (§ 9 ArbZG speaks of Sundays and holidays): the figure is the city's.
func overSaturdays(b *Book, e int, away []int32) bool {
	if b.in.Saturdays == nil {
		return false
	}
	var room [64]int32
	saturdays := room[:0]
	for _, t := range away {
		if b.days[t].saturday {
			saturdays = append(saturdays, t)
		}
	}
	return b.crowded(e, saturdays, b.people[e].saturdays, 28, b.in.Saturdays.InFourWeeks)
}

// crowded tells whether more than most of the days lie within some window of so
// many days. A window in which no day could be otherwise does not count.
func (b *Book) crowded(e int, days []int32, before []int, length, most int) bool {
	first := 0
	for i, t := range days {
		for int(days[first]) <= int(t)-length {
			first++
		}
		if i-first+1+since(before, int(t)-length) <= most {
			continue
		}
		for _, d := range days[first : i+1] {
			if !b.forced[e*b.T+int(d)] {
				return true
			}
		}
	}
	return false
}

// since counts the days of a rising list that lie after one.
func since(days []int, after int) int {
	n := 0
	for i := len(days) - 1; i >= 0 && days[i] > after; i-- {
		n++
	}
	return n
}

// personalPrice is the rising price of sending the same person: the k-th day away
// within HalfYearDays days costs k-1 times weights.personal, so that n days in a
// fresh half year cost n·(n-1)/2 times it. It is convex: of two people the one
// who was away less is always the cheaper one to send.
func personalPrice(p *person, away []int32) float64 {
	if p.personal == 0 {
		return 0
	}
	sum, first, before := 0, 0, len(p.before)
	for i, t := range away {
		for int(away[first]) <= int(t)-planning.HalfYearDays {
			first++
		}
		for before > 0 && p.before[len(p.before)-before] <= int(t)-planning.HalfYearDays {
			before--
		}
		sum += i - first + before
	}
	return p.personal * float64(sum)
}

// secondments counts the blocks that begin: runs of days present at one centre
// away from home. Days on which the person is absent do not end a block, days at
// home or at another centre do. The last duty before day 0 may be the block's
// first day.
func secondments(p *person, row []int, away []int32) (starts int) {
	for _, t := range away {
		before := p.lastAt
		for s := int(t) - 1; s >= 0; s-- {
			if row[s] >= 0 {
				before = row[s]
				break
			}
		}
		if before != row[t] {
			starts++
		}
	}
	return starts
}

// Starts is the part of what Row asks for that is for beginnings of secondments,
// in points.
func (b *Book) Starts(e int, row []int) float64 {
	price := b.in.Weights.SecondmentStart
	if price <= 0 || !b.people[e].several {
		return 0
	}
	var away []int32
	for t, c := range row {
		if c != b.in.Staff[e].Home && c >= 0 {
			away = append(away, int32(t))
		}
	}
	return price * float64(secondments(&b.people[e], row, away))
}
