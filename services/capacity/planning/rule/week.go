package rule

// readWeeks sets the weekly caps. Days away that the plan cannot change count
// even where they exceed the cap.
func (b *Book) readWeeks() {
	in := b.in
	b.week = make([]int, b.T)
	for t := range b.week {
		b.week[t] = (in.Weekday0 + t) / 7
	}
	b.weeks = b.week[b.T-1] + 1
	b.limit = make([]int32, len(in.Staff)*b.weeks)
	forced := make([]int32, b.weeks)
	for e := range in.Staff {
		clear(forced)
		for t := range b.T {
			if in.Avail[e][t] > 0 && b.at(e, t) != in.Staff[e].Home && b.forced(e, t) {
				forced[b.week[t]]++
			}
		}
		most := in.MaxMovedPerWeek
		if m := in.Staff[e].MaxMovedPerWeek; m != nil {
			most = *m
		}
		for w := range b.weeks {
			b.limit[e*b.weeks+w] = max(int32(most), forced[w])
			if w == 0 {
				b.limit[e*b.weeks] = max(int32(most-in.Staff[e].AwayBefore), forced[0])
			}
		}
	}
}

// overWeek: a person works away from home at most so many days of a week, Monday
// to Sunday.
func overWeek(b *Book, e int, row []int) bool {
	home, n, week := b.in.Staff[e].Home, int32(0), -1
	for t, c := range row {
		if b.week[t] != week {
			week, n = b.week[t], 0
		}
		if c >= 0 && c != home {
			if n++; n > b.limit[e*b.weeks+week] {
				return true
			}
		}
	}
	return false
}
