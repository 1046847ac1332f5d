package search

// candidate is a step with the least it can cost by prices; heads is what it
// changes in missing heads if taken alone.
type candidate struct {
	step
	floor, heads int64
}

func (c candidate) least() int64 { return c.floor + c.heads }

// list holds candidates by day.
type list struct {
	all   []candidate
	start []int32 // by day; start[T] is the end
}

func (l *list) day(t int) []candidate { return l.all[l.start[t]:l.start[t+1]] }

// collect fills the list with the steps of days from..to-1 that cost at most
// limit by prices, heads apart, one for all who are alike. Steps back home are
// always taken in.
func (s *state) collect(l *list, limit int64, from, to int) {
	T := s.in.Horizon
	l.all, l.start = l.all[:0], l.start[:0]
	type seen struct {
		at      int32
		minutes int
		prev    int
	}
	var known []seen
	for t := range T {
		l.start = append(l.start, int32(len(l.all)))
		if t < from || t >= to || s.closed != nil && s.closed[t] {
			continue
		}
		for _, group := range s.alike {
			known = known[:0]
		people:
			for _, e := range group {
				i := int32(e*T + t)
				if s.at[i] < 0 || s.last[i]-s.first[i] < 2 {
					continue
				}
				now := s.options[s.at[i]]
				home := int32(s.in.Staff[e].Home)
				w := e*s.weeks + int(s.week[t])
				full := now.c == home && s.away[w] >= s.limit[w]
				if full {
					continue // all its steps lead away
				}
				me := seen{now.c, s.in.Avail[e][t], s.in.Prev[e][t]}
				for _, k := range known {
					if k == me {
						continue people
					}
				}
				known = append(known, me)
				minutes, base := int64(me.minutes), s.worthOf(e, t, now.c)
				leave, asked := int64(0), false
				for o := s.first[i]; o < s.last[i]; o++ {
					if o == s.at[i] {
						continue
					}
					to := s.options[o]
					floor := to.cost - now.cost - minutes*(s.worthOf(e, t, to.c)-base) - s.risks.most(s, e, t, int(to.c))
					if floor > limit && to.c != home {
						continue
					}
					if !asked { // what takes longest, only of those who may be worth it
						if asked = true; !s.mayGoAlone(i) {
							break
						}
						leave = s.headsBy(int(now.c), t, e, -1)
					}
					l.all = append(l.all, candidate{step{i, o}, floor, leave + s.headsBy(int(to.c), t, e, 1)})
				}
			}
		}
	}
	l.start = append(l.start, int32(len(l.all)))
}

// dice is a small seeded generator: O'Neill's PCG XSH-RR 64/32 (2014).
type dice uint64

func newDice(seed uint64) *dice {
	d := dice(seed*2 + 0x9e3779b97f4a7c15)
	d.next()
	return &d
}

func (d *dice) next() uint32 {
	old := uint64(*d)
	*d = dice(old*6364136223846793005 + 1442695040888963407)
	x := uint32(((old >> 18) ^ old) >> 27)
	r := uint32(old >> 59)
	return x>>r | x<<((32-r)&31)
}

// below draws from 0..n-1.
func (d *dice) below(n int) int { return int(uint64(d.next()) * uint64(n) >> 32) }

// unit draws from (0, 1].
func (d *dice) unit() float64 { return (float64(d.next()) + 1) / (1 << 32) }
