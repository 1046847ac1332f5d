package rule

import "github.com/lotse-hamburg/lotse/services/capacity/planning"

// duty is what is known of when a person works on a day, in minutes after
// midnight. Where they may work one of several shifts each figure is the best
// there is, so that only what no shift allows is forbidden.
type duty struct {
	known bool
	end   int16 // earliest
	start int16 // latest
	work  int16 // least minutes of work
}

func (b *Book) readDuties() {
	in := b.in
	if in.Duties == nil && in.Shifts == nil {
		return
	}
	var open duty
	for _, s := range in.Shifts {
		open = open.or(s)
	}
	b.duties = make([]duty, len(in.Staff)*b.T)
	for e := range in.Staff {
		for t := range b.T {
			switch {
			case in.Avail[e][t] <= 0:
			case in.Duties != nil && in.Duties[e][t] != planning.Span{}:
				b.duties[e*b.T+t] = duty{}.or(in.Duties[e][t])
			default:
				b.duties[e*b.T+t] = open
			}
		}
	}
}

func (d duty) or(s planning.Span) duty {
	x := duty{true, int16(s[1]), int16(s[0]), int16(worked(s[1] - s[0]))}
	if d.known {
		x.end, x.start, x.work = min(x.end, d.end), max(x.start, d.start), min(x.work, d.work)
	}
	return x
}

// worked is how much of a duty of so many minutes is work: without the break of
// 30 minutes above six hours of work and 45 above nine (§§ 2 (1), 4 ArbZG).
func worked(minutes int) int {
	switch {
	case minutes <= 6*60:
		return minutes
	case minutes <= 9*60+30:
		return max(6*60, minutes-30)
	}
	return max(9*60, minutes-45)
}

// way is the travel that counts as work when a person is sent to a centre: from
// the home centre there, or back. The way between the person's door and their
// home centre is their own, and so is that to the other centre as far as it is
// not longer; where they live is not known, so the whole way between the two
// centres counts as the part that is longer.
func (b *Book) way(e, c int, back bool) int {
	home := b.in.Staff[e].Home
	switch {
	case c == home:
		return 0
	case back:
		return b.in.Travel[c][home]
	}
	return b.in.Travel[home][c]
}

// tooLong: work and ordered travel of one day are at most ten hours (§ 3 ArbZG;
// eight on average is for the roster to keep).
func tooLong(b *Book, e, t, c int) bool {
	if b.duties == nil || c == b.in.Staff[e].Home {
		return false
	}
	d := &b.duties[e*b.T+t]
	return d.known && int(d.work)+b.way(e, c, false)+b.way(e, c, true) > b.in.DayLimit()
}

// slack is how much travel fits between the duties of a day and the next one
// beside the rest.
func (b *Book) slack(e, t int) (minutes int, known bool) {
	d, next := &b.duties[e*b.T+t], &b.duties[e*b.T+t+1]
	return 24*60 + int(next.start) - int(d.end) - b.in.RestLimit(), d.known && next.known
}

// tight tells whether some travel could leave the person too little rest.
func (b *Book) tight(e int) bool {
	if b.duties == nil {
		return false
	}
	longest := 0
	for c := range b.in.Centres {
		longest = max(longest, b.way(e, c, false), b.way(e, c, true))
	}
	for t := range b.T - 1 {
		if m, known := b.slack(e, t); known && m < 2*longest {
			return true
		}
	}
	return false
}

// tooLittleRest: between the end of a duty with the way back and the start of the
// next day's with the way there lie at least eleven hours (§ 5 (1) ArbZG). Duties
// that leave less even without travel are the roster's; to send somebody on such
// a day is forbidden, to leave them where the plan cannot change it is not.
func tooLittleRest(b *Book, e int, row []int, away []int32) bool {
	for _, at := range away {
		t := int(at)
		if t > 0 && b.restless(e, t-1, row) || t+1 < b.T && b.restless(e, t, row) {
			return true
		}
	}
	return false
}

// restless tells whether too little rest lies between a day and the next one and
// somebody has sent the person who need not have.
func (b *Book) restless(e, t int, row []int) bool {
	if row[t] < 0 || row[t+1] < 0 {
		return false
	}
	m, known := b.slack(e, t)
	if !known || b.way(e, row[t], true)+b.way(e, row[t+1], false) <= m {
		return false
	}
	home := b.in.Staff[e].Home
	return row[t] != home && !b.forced[e*b.T+t] || row[t+1] != home && !b.forced[e*b.T+t+1]
}
